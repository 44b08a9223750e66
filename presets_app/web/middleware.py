"""Every answer carries a request id; every refusal becomes a page (or JSON) that says what to do."""

from __future__ import annotations

import logging
import secrets
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from presets_app.core.errors import Conflict, MatchframeError, NotFound, NotPermitted, Unavailable
from presets_app.web.uploads import refuse_too_large

logger = logging.getLogger(__name__)
_STATUS = ((NotFound, 404), (NotPermitted, 403), (Conflict, 409), (Unavailable, 503))
Answer = Callable[[HttpRequest], HttpResponse]


class RequestIdMiddleware:
    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.META["MATCHFRAME_REQUEST_ID"] = secrets.token_hex(6)
        response = self.get_response(request)
        response["X-Request-Id"] = request.META["MATCHFRAME_REQUEST_ID"]
        return response


class RefusalMiddleware:
    """Views may let the house's own exceptions through; here each gets its status and its words."""

    def __init__(self, get_response: Answer) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return refuse_too_large(request) or self.get_response(request)

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        if not isinstance(error, MatchframeError):
            return None
        status = next((code for kind, code in _STATUS if isinstance(error, kind)), 422)
        logger.info("refused %s %s: %s", request.method, request.path, error.code)
        problems = [problem.as_json() for problem in error.problems]
        if request.headers.get("Accept", "").startswith("application/json"):
            return JsonResponse({"problems": problems}, status=status)
        context = {"problems": error.problems, "status": status, "back": request.META.get("HTTP_REFERER", "/")}
        return render(request, "shared/refused.html", context, status=status)
