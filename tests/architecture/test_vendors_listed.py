"""A vendor's folder, its lines in the registries and its line in the import contract come and go together."""

from __future__ import annotations

import tomllib

from presets_app.backends import forms, registry
from presets_app.backends.base import CloudBackend, ServerBackend
from tests.architecture.tree import ROOT, files

BACKENDS = "presets_app/backends/"
NO_CLOUD = {"local"}  # the GPU runner, reached through the queue
RUNS = {"capability.py", "client.py", "compiling.py", "failures.py"}
CONVERTS = {"importing.py", "exporting.py"}


def folders() -> set[str]:
    inside = [name.removeprefix(BACKENDS) for name in files() if name.startswith(BACKENDS)]
    return {name.split("/")[0] for name in inside if "/" in name}


def running() -> set[str]:
    """Those with a socket; the others only read and write files."""
    return {folder for folder in folders() if f"{BACKENDS}{folder}/client.py" in files()}


def lacking(folder: str, shape: set[str]) -> list[str]:
    """Each part is a file, or a package of its name."""
    inside = {name.removeprefix(f"{BACKENDS}{folder}/") for name in files() if name.startswith(f"{BACKENDS}{folder}/")}
    return sorted(name for name in shape if not {name, f"{name.removesuffix('.py')}/__init__.py"} & inside)


def test_the_registry_names_every_vendor_that_runs_and_no_other() -> None:
    assert {*registry.CLOUD_KINDS, *registry.SERVER_KINDS} == running() - NO_CLOUD
    assert not set(registry.CLOUD_KINDS) & set(registry.SERVER_KINDS)


def test_the_forms_are_the_folders_that_convert() -> None:
    assert {form.replace("-", "_") for form in forms.FORMS} == folders() - NO_CLOUD


def test_the_import_contract_keeps_every_vendor_folder_apart() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    listed = next(contract["modules"] for contract in contracts if contract["id"] == "vendors-apart")
    assert sorted(listed) == sorted(f"presets_app.backends.{folder}" for folder in folders())


def test_every_vendor_folder_has_the_shape_of_what_it_does() -> None:
    missing = {folder: lacking(folder, RUNS) for folder in running()}
    missing |= {folder: lacking(folder, CONVERTS) + missing.get(folder, []) for folder in folders() - NO_CLOUD}
    assert {folder: names for folder, names in missing.items() if names} == {}


def test_every_registered_kind_loads() -> None:
    assert [kind for kind in registry.CLOUD_KINDS if not isinstance(registry.load(kind), CloudBackend)] == []
    assert [kind for kind in registry.SERVER_KINDS if not isinstance(registry.load_server(kind), ServerBackend)] == []
