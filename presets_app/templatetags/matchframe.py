"""The tags and filters every page is made from; a builtin library, so that templates need no load line."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django import template
from django.template.context import Context
from django.urls import NoReverseMatch, reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from presets_app.core.diff import word_changes
from presets_app.templatetags import curves, figures, sheets, states, wording

register = template.Library()

SHORT = 8  # characters of a digest that people compare by eye
# Two targets of one kind are told apart as from (left) and to (right), in the hues of those places; a cloud beside the
# name of a local target would say what is not so.
SIDES = {"local": ("local", "local"), "cloud": ("cloud", "cloud"), "from": ("from", "local"), "to": ("to", "cloud")}
RAIL = (
    ("home", "Home"),
    ("presets", "Presets"),
    ("inputs", "Inputs"),
    ("runs", "Runs"),
    ("recipes", "Recipes"),
    ("parity", "Parity"),
    ("migrations", "Migrations"),
    ("releases", "Releases"),
    ("targets", "Targets"),
    ("activity", "Activity"),
)
PLACES = {
    "approvals": "migrations",
    "snapshots": "releases",
    "drift": "targets",
    "manifests": "presets",
    "comments": "presets",
    "audit": "activity",
    "members": "activity",
}


@register.inclusion_tag("shared/mark.html")
def mark(shape: str, label: str = "") -> dict[str, Any]:
    """One symbol of static/img/marks.svg; hidden from readers unless it carries a label."""
    return {"shape": shape, "label": label}


@register.inclusion_tag("shared/state.html")
def state(code: object, word: str = "", loud: bool = False) -> dict[str, Any]:
    """A state as word, shape and hue. `word` replaces the usual word, `loud` tints the ground for page headers."""
    known = states.state_named(code)
    return {"word": word or known.word, "shape": known.shape, "hue": known.hue, "loud": loud}


@register.inclusion_tag("shared/state_mark.html")
def state_mark(code: object) -> dict[str, Any]:
    """The mark of a state alone, its word for readers only; a quiet ring for none."""
    known = states.state_named(code) if code else states.State("", "ring", "quiet")
    return {"word": known.word, "shape": known.shape, "hue": known.hue}


@register.simple_tag
def state_word(code: object) -> str:
    return states.state_named(code).word


@register.simple_tag
def state_hue(code: object) -> str:
    """The class that gives an element the hue and the wash of a state."""
    return f"hue-{states.state_named(code).hue}"


@register.inclusion_tag("shared/side.html")
def side(kind: object, label: str = "", bare: bool = False) -> dict[str, Any]:
    """The mark of a side. `kind` is local or cloud, where a target renders, or from and to; `bare` leaves out words."""
    shape, hue = SIDES.get(str(kind), ("ring", "quiet"))
    return {"shape": shape, "hue": hue, "kind": str(kind), "label": label or str(kind), "bare": bare}


@register.simple_tag
def digest(value: object, length: int = SHORT) -> SafeString | str:
    """The first 8 characters, the whole on hover and on copy; "-" without one."""
    text = str(value or "")
    if not text:
        return figures.NOT_MEASURED
    return format_html('<code class="digest" data-copy="{}" title="{}">{}</code>', text, text, text[:length])


@register.simple_tag(takes_context=True)
def ago(context: Context, value: object) -> SafeString | str:
    """A relative time with the exact UTC one in its title. A context variable `now` fixes the present."""
    then = figures.moment(value)
    if then is None:
        return figures.NOT_MEASURED
    now = figures.moment(context.get("now")) or dt.datetime.now(dt.UTC)
    exact = then.strftime("%Y-%m-%d %H:%M:%S UTC")
    words = figures.relative(then, now)
    return format_html('<time datetime="{}" title="{}">{}</time>', then.isoformat(), exact, words)


@register.inclusion_tag("shared/meter.html")
def meter(value: Any, maximum: Any, label: str = "", word: str = "") -> dict[str, Any]:
    """A progress bar with its share in words; without a maximum it says only that work goes on."""
    part, whole = figures.measured(value), figures.measured(maximum)
    known = part is not None and whole is not None and whole > 0
    share = f"{min(100, 100 * float(part or 0) / float(whole or 1)):.0f}" if known else ""
    return {"value": part, "maximum": whole, "known": known, "share": share, "label": label or "Progress", "word": word}


@register.inclusion_tag("shared/problems.html", takes_context=True)
def problems(
    context: Context,
    rows: Iterable[Any],
    quiet: bool = False,
    off: Sequence[Any] = (),
    mute: str = "",
    unmute: str = "",
) -> dict[str, Any]:
    """A list of Problem values, errors first. `quiet` leaves out the sentence that says there are none.

    `off` are those turned off: {problem, code, preset, reason, person, when}. `mute` and `unmute` are the addresses of
    the forms, "" for who may not."""
    order = {"error": 0, "warning": 1, "note": 2}
    listed = sorted(rows or (), key=lambda row: order.get(_of(row, "severity"), 3))
    refused = context.get("refused") or {}
    kept = _of(refused, "values") or {} if _of(refused, "form") == "mute" else {}
    return {"problems": listed, "quiet": quiet, "off": off or (), "mute": mute, "unmute": unmute, "kept": kept}


@register.inclusion_tag("shared/changes.html")
def changes(rows: Iterable[Any]) -> dict[str, Any]:
    """A readable diff. Rows are `core.diff.Change`, or carry path, label, before, after and perhaps group and note."""
    return {"changes": [_change(row) for row in rows or ()]}


def _of(row: Any, name: str, default: Any = None) -> Any:
    return row.get(name, default) if isinstance(row, Mapping) else getattr(row, name, default)


def _change(row: Any) -> dict[str, Any]:
    before, after, path = _of(row, "before"), _of(row, "after"), str(_of(row, "path", ""))
    kind = "added" if before is None else "removed" if after is None else "changed"
    words = _of(row, "words") or (word_changes(before, after) if wording.is_prose(before, after) else ())
    return {
        "path": path,
        "label": _of(row, "label") or sheets.label_of(path.rsplit("/", 1)[-1] or "document"),
        "group": _of(row, "group", ""),
        "kind": kind,
        "note": _of(row, "note", ""),
        "before": wording.spelled(before),
        "after": wording.spelled(after),
        "words": words,
    }


@register.inclusion_tag("shared/document.html")
def document(value: Mapping[str, Any]) -> dict[str, Any]:
    """A preset document as groups of rows, its stages as a table."""
    return {"groups": sheets.groups_of(value)}


@register.inclusion_tag("shared/curve.html")
def curve(
    values: Sequence[float | None], limit: float | None = None, label: str = "", unit: str = ""
) -> dict[str, Any]:
    """Numbers per frame as a line, with the limit they are held to and a dot on each frame under it."""
    return {"curve": curves.curve_of(values or (), limit), "limit": limit, "label": label, "unit": unit}


@register.inclusion_tag("shared/field.html", takes_context=True)
def field(context: Context, form: str, name: str, label: str, kind: str = "text", **given: Any) -> dict[str, Any]:
    """One labelled control. What a refused POST sent, and why, is read from `refused` in the context:
    {form, errors: {name: sentence}, values: {name: text}}, used when `refused.form` is this form.

    Kinds: text, textarea, select, checkbox, file, or any HTML input type. Given: help, value, options as
    (value, label) pairs, required, rows, `key` (on the keyboard, goes to it), and attributes such as accept, min, max.
    """
    refused = context.get("refused") or {}
    ours = refused if _of(refused, "form") == form else {}
    errors, values = _of(ours, "errors") or {}, _of(ours, "values") or {}
    given["data-key"] = given.pop("key", "")
    bounds = ("min", "max", "step", "maxlength")
    named = ("data-key", "autocomplete", "accept", "multiple", "placeholder", "inputmode", *bounds)
    return {
        "id": f"{form}-{name}",
        "name": name,
        "label": label,
        "kind": kind,
        "error": errors.get(name, ""),
        "value": values.get(name, given.get("value", "")),
        "help": given.get("help", ""),
        "options": [(str(key), word) for key, word in given.get("options") or ()],
        "required": given.get("required", False),
        "rows": given.get("rows", 3),
        "attributes": [(key, given[key]) for key in named if given.get(key) not in (None, "")],
    }


@register.inclusion_tag("shared/rail.html", takes_context=True)
def rail(context: Context) -> dict[str, Any]:
    """The ten entries. One whose page does not exist is shown without a link, so that nothing breaks around it."""
    project = context.get("page_project")
    slug = _of(project, "slug", "") if project else ""
    counts = context.get("nav_counts") or {}
    here = context.get("page_feature") or _feature(context)
    entries = [
        {"feature": key, "title": title, "url": _address(key, slug), "here": key == here, "count": counts.get(key)}
        for key, title in RAIL
    ]
    return {"entries": entries, "here": here}


def _feature(context: Context) -> str:
    match = getattr(context.get("request"), "resolver_match", None)
    word = str(getattr(match, "url_name", "") or "").split(".")[0]
    return PLACES.get(word, word)


def _address(feature: str, project: str) -> str:
    try:
        return reverse(f"{feature}.index", kwargs={"project": project}) if project else ""
    except NoReverseMatch:
        return ""


@register.filter
def number(value: Any, digits: int | None = None) -> str:
    return figures.plain(value, digits)


@register.filter
def unit(value: Any, name: str) -> str:
    """`{{ seconds|unit:"s" }}`; "dB:1" fixes one decimal."""
    word, _, digits = name.partition(":")
    return figures.with_unit(value, word, int(digits) if digits else None)


@register.filter
def count(value: Any, noun: str) -> str:
    """`{{ 2|count:"item" }}` is "2 items"; nouns that take an s."""
    return figures.with_unit(value, noun if value == 1 else f"{noun}s")


@register.filter
def percent(value: Any, digits: int = 0) -> str:
    """A share from 0 to 1 as a percentage."""
    share = figures.measured(value)
    return figures.with_unit(None if share is None else 100 * share, "%", digits)


@register.filter
def money(value: Any, currency: str = "USD") -> str:
    return figures.with_unit(value, currency, 2)


@register.filter
def filesize(value: Any) -> str:
    return figures.size(value)


@register.filter
def seconds(value: Any) -> str:
    return figures.duration(value)


@register.filter
def timecode(value: Any) -> str:
    return figures.timecode(value)


@register.filter
def spelled(value: Any) -> str:
    """Any value as text: absent is "not stated", never an empty space."""
    return wording.spelled(value)


@register.filter
def dash(value: Any) -> Any:
    """The value, or "-" where there is none; 0 is a value."""
    return figures.NOT_MEASURED if value is None or value == "" else value
