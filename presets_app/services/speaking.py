"""What a service says of a failure, fit to be kept: it may repeat what it was sent, the key included."""

from __future__ import annotations

from presets_app.core.errors import Unavailable
from presets_app.core.problems import Failure
from presets_app.core.redacting import scrubbed
from presets_app.models import Project
from presets_app.services.presets import known_secrets


def speakable(failure: Failure, project: Project) -> Failure:
    """The failure without the project's stored values and without anything that has the shape of a secret."""
    try:
        known = known_secrets(project)
    except Unavailable:  # values of another install's key: nothing of this process could have sent them
        known = []
    return Failure.from_json(scrubbed(failure.as_json(), known))
