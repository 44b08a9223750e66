"""A browser of a person, and how many queries a page asks."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import get_user_model
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

FRAGMENT = {"HX-Request": "true"}


def browser(username: str | None) -> Client:
    """A client signed in as that person; nobody for None."""
    client = Client()
    if username:
        user = get_user_model().objects.get(username=username)
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def queries(client: Client, address: str) -> int:
    """How many queries one GET of a page takes; the page must answer."""
    with CaptureQueriesContext(connection) as seen:
        answer: Any = client.get(address)
    assert answer.status_code == 200
    return len(seen)
