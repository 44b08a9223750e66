"""The one place that turns settings into stores, readers and clients."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings
from redis import Redis

from presets_app.artifacts import ArtifactStore, LocalStore
from presets_app.backends import registry
from presets_app.backends.base import CloudClient, ServerClient
from presets_app.backends.chat import complete
from presets_app.backends.local.client import LocalClient
from presets_app.backends.local.steps import StepClient
from presets_app.core.errors import Unavailable
from presets_app.gitstore import Store


def artifacts() -> ArtifactStore:
    return LocalStore(Path(settings.ARTIFACTS_DIR))


def store_path(project: str) -> Path:
    """The bare repository of a project, by its slug."""
    return Path(settings.STORES_DIR) / f"{project}.git"


def store(project: str) -> Store:
    """A reader and writer of one project's repository; open it for one request, job or command, then close it."""
    return Store(store_path(project))


def redis() -> Redis:
    return Redis.from_url(settings.REDIS_URL, socket_connect_timeout=2)


def weights_dir() -> Path:
    return Path(settings.WEIGHTS_DIR)


def _fernet() -> Fernet:
    # Stored values are sealed with a key derived from the install's secret key, which lies outside the database.
    seed = hashlib.sha256(b"matchframe target secrets\n" + settings.SECRET_KEY.encode()).digest()
    return Fernet(base64.urlsafe_b64encode(seed))


def seal(value: str) -> bytes:
    return _fernet().encrypt(value.encode())


def unseal(token: bytes) -> str:
    """Raises Unavailable when the value was sealed under another secret key."""
    try:
        return _fernet().decrypt(bytes(token)).decode()
    except InvalidToken:
        hint = "Restore the install's secret_key file, or set the value again."
        text = "A stored value cannot be opened with this install's secret key."
        raise Unavailable(text, code="secret_unreadable", hint=hint) from None


def local_client(pool: str) -> LocalClient:
    return LocalClient(settings.REDIS_URL, pool)


def step_client(pool: str) -> StepClient:
    """The way to a pool of runners for steps of recipes that render nothing."""
    return StepClient(settings.REDIS_URL, pool)


def chat(endpoint: str, model: str, text: str, options: Mapping[str, Any]) -> str:
    """What a served language model answers. Raises BackendFailed or LocalOnly."""
    return complete(endpoint, model, text, options)


def chat_endpoints() -> frozenset[str]:
    """The addresses that this install names as language models'."""
    return frozenset(address.rstrip("/") for address in settings.LLM_ENDPOINTS)


def cloud_client(kind: str, options: Mapping[str, Any], key: str, *, local_only: bool) -> CloudClient:
    """The client of a cloud target. `options` is the target's settings: `base_url`, `output_hosts`."""
    open_client = registry.load(kind).open_client
    return open_client(options["base_url"], key, output_hosts=options.get("output_hosts", []), local_only=local_only)


def server_client(kind: str, options: Mapping[str, Any], *, local_only: bool) -> ServerClient:
    """The client of a server of the team's own. `options` is the target's settings: `base_url`, `private`."""
    open_client = registry.load_server(kind).open_client
    return open_client(options["base_url"], private=bool(options.get("private")), local_only=local_only)


def artifact_path(digest: str) -> Path:
    """An artifact as a file on this machine, for the measuring child."""
    return LocalStore(Path(settings.ARTIFACTS_DIR)).path(digest)


def artifact_leftovers() -> int:
    """Remove what killed writers left in the artifact store; returns how many files."""
    return LocalStore(Path(settings.ARTIFACTS_DIR)).sweep()


def upload_limit() -> int:
    """Bytes of the largest request body that is read."""
    return int(settings.UPLOAD_LIMIT)
