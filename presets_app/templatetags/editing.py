"""The tags of the preset editor: one field with its problems, and one list of stages or LoRAs."""

from __future__ import annotations

from typing import Any

from django import template
from django.template.context import Context

from presets_app.core.diff import Words, word_changes
from presets_app.core.editing import Field, Listing
from presets_app.templatetags import sheets, wording

register = template.Library()


@register.inclusion_tag("presets/edit_field.html", takes_context=True)
def edit_field(context: Context, field: Field) -> dict[str, Any]:
    """One labelled control. Problems come from `faults` in the context, by the control's id."""
    faults = (context.get("faults") or {}).get(field.id, ())
    return {
        "field": field,
        "faults": faults,
        "wrong": any(fault.severity == "error" for fault in faults),
        "focus": bool(field.path) and context.get("focus") == field.path,
        "reshape": field.path in ("/family", "/task", "/variant") and context.get("reshape", ""),
    }


@register.inclusion_tag("presets/edit_listing.html", takes_context=True)
def edit_listing(context: Context, listing: Listing, level: int = 3) -> dict[str, Any]:
    """Elements with their buttons; `level` is that of their headings."""
    names = ("faults", "focus", "address", "reshape")
    return {**{name: context.get(name) for name in names}, "listing": listing, "level": level, "inner": level + 1}


@register.filter
def figured(value: Any, path: str) -> str:
    """A field's value as the document's page shows it, with its unit; `path` is its pointer."""
    return sheets.figure(path.rsplit("/", 1)[-1], value)


@register.filter
def words_from(value: Any, base: Any) -> Words:
    """What a text changed, word by word, where that reads better than the text itself; () elsewhere."""
    return word_changes(base, value) if wording.is_prose(base, value) else ()
