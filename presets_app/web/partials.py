"""One URL, two renderings: the whole page, or the one fragment that htmx asked for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render, resolve_url
from django.utils.cache import patch_vary_headers

from presets_app.core.errors import Conflict, MatchframeError, NotPermitted, Unavailable


def page(
    request: HttpRequest, template: str, context: dict[str, Any], *, partial: str = "", status: int = 200, say: str = ""
) -> HttpResponse:
    """Render `template`, or its `partial` for a poll by htmx. `say` is read out by the page's status line."""
    fragment = bool(partial) and wants_fragment(request)
    response = render(request, f"{template}#{partial}" if fragment else template, context, status=status)
    patch_vary_headers(response, ["HX-Request"])
    if fragment and say:
        response["HX-Trigger"] = json.dumps({"say": say})
    return response


def wants_fragment(request: HttpRequest) -> bool:
    """An htmx request that is neither boosted nor a restored history entry."""
    headers = request.headers
    return headers.get("HX-Request") == "true" and not (
        headers.get("HX-Boosted") or headers.get("HX-History-Restore-Request")
    )


def see_other(to: str, **names: str) -> HttpResponse:
    """303 to a page by its name or address: what answers a form that was accepted."""
    return HttpResponseRedirect(resolve_url(to, **names), status=303)


def unchanged(request: HttpRequest, version: object) -> HttpResponse | None:
    """204, which htmx swaps nowhere, when a poll has seen this version already."""
    if wants_fragment(request) and request.GET.get("seen") == str(version):
        return HttpResponse(status=204)
    return None


@dataclass(frozen=True)
class Refusal:
    """A form that was not accepted: its word on the page, and why."""

    form: str
    error: MatchframeError


def refused(form: str, error: MatchframeError, values: dict[str, str] | None = None) -> dict[str, Any]:
    """What the page shows above a form that was not accepted, with what the person had typed."""
    errors = {problem.path.rsplit("/", 1)[-1]: problem.message for problem in error.problems if problem.path}
    return {
        "form": form,
        "code": error.code,
        "message": str(error),
        "hint": error.problems[0].hint,
        "path": error.problems[0].path,
        "problems": error.problems if len(error.problems) > 1 else [],
        "errors": errors,
        "values": values or {},
    }


def status_of(error: MatchframeError) -> int:
    """The HTTP status of a refusal that is shown on its own page."""
    for kind, status in ((Conflict, 409), (NotPermitted, 403), (Unavailable, 503)):
        if isinstance(error, kind):
            return status
    return 422
