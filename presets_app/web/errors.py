"""The pages for what Django itself refuses; each carries the request id, so that a report can be found in the log."""

from __future__ import annotations

from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from presets_app.core.problems import Problem
from presets_app.web.uploads import page as too_large


def _page(request: HttpRequest, status: int, problem: Problem) -> HttpResponse:
    context = {"problems": [problem], "status": status, "back": "/"}
    return render(request, "shared/refused.html", context, status=status)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    text = "There is nothing at this address, or it is not yours to see."
    return _page(request, 404, Problem("not_found", "error", "", text, "Check the address, or start at the home page."))


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return _page(
        request, 403, Problem("not_permitted", "error", "", "You may not do this.", "Ask an owner of the project.")
    )


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    if isinstance(exception, RequestDataTooBig):
        return too_large(request, "This text is too long to be pasted into a form.")
    text = "The request could not be understood."
    return _page(request, 400, Problem("bad_request", "error", "", text, "Load the page again and retry."))


def failed(request: HttpRequest) -> HttpResponse:
    """The last resort; no template that could fail as well, and nothing of the error itself."""
    number = request.META.get("MATCHFRAME_REQUEST_ID", "")
    text = f"Matchframe could not answer request {number}. The server's log has the reason under that number.\n"
    return HttpResponse(text, status=500, content_type="text/plain; charset=utf-8")
