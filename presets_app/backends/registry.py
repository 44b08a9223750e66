"""Which backends there are that are reached over HTTP, by the kind that a target names."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from presets_app.backends.base import CloudBackend, ServerBackend
from presets_app.core.errors import NotFound

_CLOUDS = {
    "wavespeed": "presets_app.backends.wavespeed",
}
_SERVERS = {
    "comfyui": "presets_app.backends.comfyui.serving",
}
CLOUD_KINDS = tuple(_CLOUDS)
SERVER_KINDS = tuple(_SERVERS)


def load(kind: str) -> CloudBackend:
    """The cloud backend of a kind. Raises NotFound for a kind that is not in the table."""
    backend = _backend(_CLOUDS, kind, "cloud backend")
    if not isinstance(backend, CloudBackend):
        raise TypeError(f"{_CLOUDS[kind]}.BACKEND is not a CloudBackend")
    return backend


def load_server(kind: str) -> ServerBackend:
    """The backend of a kind of server. Raises NotFound for a kind that is not in the table."""
    backend = _backend(_SERVERS, kind, "server")
    if not isinstance(backend, ServerBackend):
        raise TypeError(f"{_SERVERS[kind]}.BACKEND is not a ServerBackend")
    return backend


def _backend(places: dict[str, str], kind: str, what: str) -> Any:
    place = places.get(kind)
    if place is None:
        known = ", ".join(places)
        raise NotFound(f"There is no {what} of the kind {kind!r}.", code="backend_unknown", hint=f"Known: {known}.")
    return import_module(place).BACKEND
