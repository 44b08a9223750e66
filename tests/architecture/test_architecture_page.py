"""docs/architecture.md says what the code says."""

from __future__ import annotations

import re
import tomllib

from presets_app.gitstore import paths
from presets_app.management import processes
from presets_app.services.queue import Job
from runner import worker
from tests.architecture.tree import ROOT, text, under

PAGE = "docs/architecture.md"


def table(first: str) -> list[tuple[str, ...]]:
    """The rows of the table whose head begins with this word, without backticks."""
    rows = text(PAGE).split(f"| {first} |", 1)[1].split("\n\n", 1)[0].splitlines()[2:]
    return [tuple(cell.strip(" `") for cell in row.strip("|").split(" | ")) for row in rows]


def test_the_layers_are_those_of_the_import_contract() -> None:
    contracts = tomllib.loads(text("pyproject.toml"))["tool"]["importlinter"]["contracts"]
    layers = next(contract["layers"] for contract in contracts if contract["id"] == "layers")
    drawn = re.search(r"```\n(config\n.*?)```", text(PAGE), re.S)
    assert drawn is not None
    assert drawn[1].splitlines() == layers


def test_every_function_that_a_queue_runs_is_listed_and_no_other() -> None:
    listed = {(queue, function) for queue, function, _ in table("queue")}
    assert listed == {job.value for job in Job} | {("gpu:<pool>", function) for function in worker.ALLOWED}


def test_every_kind_of_file_in_a_repository_is_listed() -> None:
    assert {kind for kind, _ in table("kind")} == set(paths._LAYOUT.values())


def test_every_listed_process_is_one_that_the_supervisor_starts() -> None:
    named = {name for name, _ in table("process")}
    sources = ["presets_app/management/commands/up.py", processes.__name__.replace(".", "/") + ".py"]
    assert [name for name in named if not any(f'"{name}"' in text(source) for source in sources)] == []


def test_every_module_that_the_page_names_exists() -> None:
    named = re.findall(r"`((?:[a-z_]+/)+[a-z_]+\.py)`", text(PAGE))
    assert named
    assert [name for name in named if not ((ROOT / "presets_app" / name).is_file() or (ROOT / name).is_file())] == []
    rooms = {name.removesuffix(".py").removeprefix("presets_app/") for name in under("presets_app/", suffix=".py")}
    dotted = re.findall(r"`((?:services|core|queries|management)\.[a-z_]+)`", text(PAGE))
    assert [name for name in dotted if name.replace(".", "/") not in rooms] == []


def test_every_document_that_the_code_names_exists() -> None:
    lost = []
    for name in under("presets_app/", "runner/", suffix=".py"):
        lost += [
            f"{name}: {page}" for page in re.findall(r"docs/[\w/-]+\.md", text(name)) if not (ROOT / page).is_file()
        ]
    assert lost == []
