"""Housekeeping that the queue asks for."""

from presets_app.services import healing


def heal() -> None:
    healing.heal()
