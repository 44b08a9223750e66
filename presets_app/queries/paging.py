"""Keyset pages: the next rows after the last one seen, never an offset and never a count."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet
from django.utils.http import urlencode

SIZE = 50


class Page(NamedTuple):
    rows: list[Any]
    pages: dict[str, str | None]


def by_id(rows: QuerySet[Any], asked: dict[str, str], *, size: int = SIZE) -> Page:
    """A page of rows, newest id first. `asked` are the page's query parameters; `before` and `after` hold an id."""
    before, after = asked.get("before", ""), asked.get("after", "")
    if after:
        found = list(rows.filter(pk__gt=after).order_by("pk")[: size + 1])[::-1]
        more_newer, more_older = len(found) > size, True
        found = found[-size:]
    else:
        found = list((rows.filter(pk__lt=before) if before else rows).order_by("-pk")[: size + 1])
        more_newer, more_older = bool(before), len(found) > size
        found = found[:size]
    keep = {key: value for key, value in asked.items() if key not in ("before", "after") and value}
    newer = "?" + urlencode({**keep, "after": found[0].pk}) if found and more_newer else None
    older = "?" + urlencode({**keep, "before": found[-1].pk}) if found and more_older else None
    return Page(found, {"newer": newer, "older": older})


def by_moment(rows: QuerySet[Any], asked: dict[str, str], field: str, *, size: int = SIZE) -> Page:
    """A page of rows, newest `field` (a time) first, then newest id. `before` and `after` hold "<time>_<id>"; one that
    cannot be read asks for the first page."""
    before, after = _place(asked.get("before", "")), _place(asked.get("after", ""))
    if after:
        found = list(rows.filter(_beyond(field, "gt", *after)).order_by(field, "pk")[: size + 1])[::-1]
        more_newer, more_older = len(found) > size, True
        found = found[-size:]
    else:
        below = rows.filter(_beyond(field, "lt", *before)) if before else rows
        found = list(below.order_by(f"-{field}", "-pk")[: size + 1])
        more_newer, more_older = bool(before), len(found) > size
        found = found[:size]
    ends = [f"{getattr(row, field).isoformat()}_{row.pk}" for row in (found[:1] + found[-1:])]
    keep = {key: value for key, value in asked.items() if key not in ("before", "after") and value}
    newer = "?" + urlencode({**keep, "after": ends[0]}) if found and more_newer else None
    older = "?" + urlencode({**keep, "before": ends[1]}) if found and more_older else None
    return Page(found, {"newer": newer, "older": older})


def _place(text: str) -> tuple[datetime, int] | None:
    moment, _, number = text.rpartition("_")
    try:
        at = datetime.fromisoformat(moment)
        return (at.astimezone(UTC), int(number)) if at.tzinfo and 0 <= int(number) < 2**63 else None
    except (ValueError, OverflowError):  # the latter for an end of the calendar that lies outside it in UTC
        return None


def _beyond(field: str, way: str, at: datetime, number: int) -> Q:
    return Q(**{f"{field}__{way}": at}) | Q(**{field: at, f"pk__{way}": number})
