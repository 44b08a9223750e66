"""Fixtures for whatever needs a project: settings that point into the test's own folder, people, targets, a queue."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from redis import Redis

from tests.support.redis_server import running_redis


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """A file's tests stay in one process, so that what a file prepares (clips, checkpoints) is prepared once."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(str(item.path.relative_to(item.config.rootpath))))


@pytest.fixture(scope="session", autouse=True)
def quick_flush() -> Iterator[None]:
    """After a test with transactions every table is emptied. Django would then write content types and permissions for
    every model again, which nothing here reads and which takes longer than most of those tests."""
    with patch("django.core.management.commands.flush.emit_post_migrate_signal"):
        yield


@pytest.fixture
def places(settings: Any, tmp_path: Path) -> Path:
    """Everything that lies outside the database lies in the test's folder; answers that folder."""
    data = tmp_path / "data"
    data.mkdir()
    for name in ("artifacts", "stores", "weights", "static"):
        setattr(settings, "STATIC_ROOT" if name == "static" else f"{name.upper()}_DIR", data / name)
    settings.DATA_DIR = data
    settings.SECRET_KEY = "the key of one test"
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}  # nothing is collected for a test
    settings.STORAGES = {**settings.STORAGES, "staticfiles": plain}
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a slow one would slow each test
    settings.REDIS_URL = f"unix://{data}/no-redis-in-this-test.sock"
    return data


@pytest.fixture
def project(db: None, places: Path) -> Any:
    """The project "studio", empty but for its policy, by which one pass is enough: a test renders once."""
    from presets_app.services import audit, projects

    return projects.create("studio", "Studio", audit.MATCHFRAME, rules={"streak": 1})


@pytest.fixture
def people(project: Any) -> Any:
    """Ada (author), Grace (approver), Olu (owner), Vic (viewer), Mallory (no role), as actors in `project`."""
    from tests.support.people import settle

    return settle(project)


@pytest.fixture
def saved(project: Any, people: Any) -> Any:
    """A preset by Ada, in its first revision."""
    from tests.support.project import save

    return save(project, people.ada)


@pytest.fixture
def local(project: Any, people: Any) -> Any:
    """A local target that has said what it is."""
    from tests.support.project import add_local

    return add_local(project, people.olu)


@pytest.fixture(scope="session")
def stand_in(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a WaveSpeed stand-in process without weights: it answers, and cannot render."""
    from tests.support.project import running_stand_in

    with running_stand_in(tmp_path_factory.mktemp("stand-in")) as address:
        yield address


@pytest.fixture
def cloud(project: Any, people: Any, stand_in: str) -> Any:
    """A WaveSpeed target at the stand-in that has said what it is."""
    from tests.support.project import add_cloud

    return add_cloud(project, people.olu, stand_in)


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with running_redis(tmp_path_factory.mktemp("redis")) as url:
        yield url


@pytest.fixture
def redis_url(redis_server: str, settings: Any, places: Path) -> Iterator[str]:
    """A real, empty Redis that settings and queues point to. Jobs are enqueued on commit: use it with
    `@pytest.mark.django_db(transaction=True)`."""
    with Redis.from_url(redis_server) as client:
        client.flushall()
    settings.REDIS_URL = redis_server
    settings.RQ_QUEUES = {name: {**queue, "URL": redis_server} for name, queue in settings.RQ_QUEUES.items()}
    yield redis_server
