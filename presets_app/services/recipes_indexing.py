"""The rows that index `recipes/`."""

from __future__ import annotations

from typing import Any

from presets_app.core.recipes import recipe_digest
from presets_app.gitstore import CommitInfo
from presets_app.models import Project, Recipe


def index_recipe(project: Project, info: CommitInfo, located: Any, document: Any) -> None:
    """What the table must say of a recipe after this commit."""
    values = {
        "name": document["name"],
        "kinds": [step["kind"] for step in document["steps"]],
        "head": info.sha,
        "digest": recipe_digest(document),
        "changed_at": info.at,
        "changed_by": str(info.trailers.get("Matchframe-Actor", info.author.email)),
    }
    Recipe.objects.update_or_create(project=project, slug=located.slug, defaults=values)
