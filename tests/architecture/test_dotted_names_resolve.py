"""Names in strings are invisible to the import contracts; each must lead to something, in the room it is allowed in."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator
from importlib import import_module

import pytest
from django.conf import settings

from presets_app.backends import registry
from presets_app.services.queue import ALLOWED, Job
from runner import worker
from tests.architecture.tree import ROOT, files, parsed, under

DOTTED = re.compile(r"(?:presets_app|runner)(?:\.[A-Za-z_][A-Za-z0-9_]*)+")
JOBS = "presets_app.jobs."


def dotted_strings(name: str) -> Iterator[tuple[int, str]]:
    for node in ast.walk(parsed(name)):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and DOTTED.fullmatch(node.value):
            yield node.lineno, node.value


def top_names(name: str) -> set[str]:
    """What a module binds at its top level, read without importing it: torch takes seconds."""
    found = {
        alias.asname or alias.name.split(".")[0]
        for node in parsed(name).body
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    for node in parsed(name).body:
        if isinstance(node, ast.FunctionDef | ast.ClassDef | ast.AsyncFunctionDef):
            found.add(node.name)
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        found.update(target.id for target in targets if isinstance(target, ast.Name))
    return found


def module_file(dotted: str) -> str:
    path = dotted.replace(".", "/")
    return next((name for name in (f"{path}.py", f"{path}/__init__.py") if name in files()), "")


def leads_somewhere(dotted: str) -> bool:
    if module_file(dotted) or (ROOT / dotted.replace(".", "/")).is_dir():
        return True
    holder, _, attribute = dotted.rpartition(".")
    return bool(module_file(holder)) and attribute in top_names(module_file(holder))


def loaded(dotted: str) -> Callable[..., object]:
    holder, _, attribute = dotted.rpartition(".")
    return getattr(import_module(holder), attribute)


def test_every_dotted_string_leads_to_something() -> None:
    migrations = "presets_app/migrations/"  # its dotted names are of tables
    names = [name for name in under("presets_app/", "runner/", suffix=".py") if not name.startswith(migrations)]
    lost = [
        f"{name}:{line} {text}" for name in names for line, text in dotted_strings(name) if not leads_somewhere(text)
    ]
    assert lost == []


@pytest.mark.parametrize("job", Job)
def test_every_job_is_a_function_of_the_jobs_room_on_a_known_queue(job: Job) -> None:
    queue, dotted = job.value
    assert queue in settings.RQ_QUEUES
    assert dotted.startswith(JOBS)
    assert loaded(dotted).__module__ + "." + loaded(dotted).__name__ == dotted


def test_every_registered_vendor_lies_in_the_backends_room() -> None:
    places = [*registry._CLOUDS.values(), *registry._SERVERS.values()]
    assert [place for place in places if not place.startswith("presets_app.backends.")] == []


def test_the_web_side_asks_the_runner_only_for_what_it_will_run() -> None:
    asked = {text for name in under("presets_app/", suffix=".py") for _, text in dotted_strings(name)}
    asked = {text for text in asked if text.startswith("runner.worker.")}
    assert asked == worker.ALLOWED
    assert all(callable(loaded(name)) for name in worker.ALLOWED)


def test_the_runner_tells_the_web_side_only_what_it_will_hear() -> None:
    told = {text for name in under("runner/", suffix=".py") for _, text in dotted_strings(name)}
    told = {text for text in told if text.startswith("presets_app.")}
    assert told, "the runner names no function of the web side any more: this test looks in the wrong place"
    assert told <= ALLOWED


def test_every_dotted_setting_imports() -> None:
    template = settings.TEMPLATES[0]["OPTIONS"]
    names = [*settings.MIDDLEWARE, *template["context_processors"], *settings.AUTHENTICATION_BACKENDS]
    names += [settings.WSGI_APPLICATION, settings.ASGI_APPLICATION]
    assert [name for name in names if loaded(name) is None] == []
    assert [name for name in [*template["builtins"], settings.ROOT_URLCONF] if import_module(name) is None] == []
