"""A vendor's folder, its line in the registry and its line in the import contract come and go together."""

from __future__ import annotations

import tomllib

from presets_app.backends import registry
from presets_app.backends.base import CloudBackend
from tests.architecture.tree import ROOT, files

BACKENDS = "presets_app/backends/"
NO_CLOUD = {"local"}  # the GPU runner, reached through the queue
SHAPE = {"capability.py", "client.py", "compiling.py", "failures.py"}


def folders() -> set[str]:
    inside = [name.removeprefix(BACKENDS) for name in files() if name.startswith(BACKENDS)]
    return {name.split("/")[0] for name in inside if "/" in name}


def test_the_registry_names_every_vendor_folder_and_no_other() -> None:
    assert set(registry.CLOUD_KINDS) == folders() - NO_CLOUD


def test_the_import_contract_keeps_every_vendor_folder_apart() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    listed = next(contract["modules"] for contract in contracts if contract["id"] == "vendors-apart")
    assert sorted(listed) == sorted(f"presets_app.backends.{folder}" for folder in folders())


def test_every_vendor_folder_has_the_same_shape() -> None:
    missing = {
        folder: sorted(name for name in SHAPE if f"{BACKENDS}{folder}/{name}" not in files()) for folder in folders()
    }
    assert {folder: names for folder, names in missing.items() if names} == {}


def test_every_registered_kind_loads() -> None:
    assert [kind for kind in registry.CLOUD_KINDS if not isinstance(registry.load(kind), CloudBackend)] == []
