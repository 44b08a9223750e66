"""Which cloud backends there are, by the kind that a target names."""

from __future__ import annotations

from importlib import import_module

from presets_app.backends.base import CloudBackend
from presets_app.core.errors import NotFound

_PLACES = {
    "wavespeed": "presets_app.backends.wavespeed",
}
CLOUD_KINDS = tuple(_PLACES)


def load(kind: str) -> CloudBackend:
    """The backend of a kind. Raises NotFound for a kind that is not in the table."""
    place = _PLACES.get(kind)
    if place is None:
        known = ", ".join(CLOUD_KINDS)
        raise NotFound(
            f"There is no cloud backend of the kind {kind!r}.", code="backend_unknown", hint=f"Known: {known}."
        )
    backend = import_module(place).BACKEND
    if not isinstance(backend, CloudBackend):
        raise TypeError(f"{place}.BACKEND is not a CloudBackend")
    return backend
