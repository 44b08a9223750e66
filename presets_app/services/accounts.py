"""A person's own settings."""

from __future__ import annotations

from typing import Any

from presets_app.models import Taste


def set_theme(user: Any, theme: str) -> None:
    """Keep how a person likes the pages; a word that is no theme is passed over."""
    if theme in dict(Taste.THEMES):
        Taste.objects.update_or_create(user=user, defaults={"theme": theme})
