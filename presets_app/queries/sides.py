"""How a target is named and marked wherever a page shows it, and what it honestly is."""

from __future__ import annotations

from typing import Any

from django.urls import reverse

from presets_app.models import Project, Target


def side(target: Target) -> dict[str, Any]:
    """{kind: "local" or "cloud", label, slug, name}; the mark follows the kind."""
    kind = "cloud" if target.is_cloud else "local"
    return {"kind": kind, "label": target.name, "slug": target.slug, "name": target.name}


def pair_of_sides(left: Target, right: Target) -> tuple[dict[str, Any], dict[str, Any]]:
    """Both sides of a comparison. Two of one kind are marked as from and to, so that they can be told apart."""
    one, other = side(left), side(right)
    if one["kind"] == other["kind"]:
        one["kind"], other["kind"] = "from", "to"
        if left.pk == right.pk:
            one["label"], other["label"] = f"{left.name}, then", f"{right.name}, again"
    return one, other


def honest(*targets: Target) -> list[str]:
    """What stands behind these targets where it is not the real thing, each sentence once."""
    return list(dict.fromkeys(target.stand_in for target in targets if target.stand_in))


def video_url(project: Project, digest: str) -> str | None:
    return media_url(project, "video", digest)


def media_url(project: Project, kind: str, digest: str) -> str | None:
    """The address of a video ("video"), heatmap ("heat") or chosen frame ("frame"), None without one."""
    if not digest:
        return None
    return reverse("media.show", kwargs={"project": project.slug, "kind": kind, "digest": digest})


def preset_of(preset: Any, note: str = "") -> dict[str, str] | None:
    """{slug, name} of a preset; None for what was brought in as files."""
    return {"slug": preset.slug, "name": preset.name} if preset else None
