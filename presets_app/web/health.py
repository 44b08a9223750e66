"""Is the process alive, and is every part ready: for supervisors and for people who wonder."""

from __future__ import annotations

from django.http import HttpRequest, JsonResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from presets_app.queries import health


@never_cache
@require_safe
def alive(request: HttpRequest) -> JsonResponse:
    return JsonResponse({"status": "ok"})


@never_cache
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    parts = health.parts()
    good = all(part["ok"] for part in parts.values())
    return JsonResponse({"status": "ready" if good else "not ready", "parts": parts}, status=200 if good else 503)
