"""Requests that are too large: refused by what they announce, before their body is read."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from presets_app import wiring
from presets_app.core.problems import Problem

_SLACK = 64 * 1024  # bytes for the other fields of the form
_DRAINED = 64 * 1024 * 1024  # bytes read and dropped, so that a browser gets the page and not a broken connection
_CHUNK = 1 << 16


def refuse_too_large(request: HttpRequest) -> HttpResponse | None:
    """The page that says so, for a request over the limit; None for any other."""
    try:
        announced = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return None
    limit = wiring.upload_limit()
    if announced <= limit + _SLACK:
        return None
    _drain(request, min(announced, _DRAINED))
    return page(request, f"This file has {announced:,} bytes; at most {limit:,} are taken.")


def page(request: HttpRequest, words: str) -> HttpResponse:
    hint = "A preset is a small text: keep videos, pictures and weights in files of their own and name them in it."
    problem = Problem("upload_too_large", "error", "", words, hint)
    context = {"problems": [problem], "status": 413, "back": request.path}
    return render(request, "shared/refused.html", context, status=413)


def _drain(request: HttpRequest, count: int) -> None:
    while count > 0 and (chunk := request.read(min(_CHUNK, count))):
        count -= len(chunk)
