"""docs/cli.md names every command and subcommand that there is, and none that there is not."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from presets_app.management.commands import (
    approvals,
    audit,
    inputs,
    manifests,
    memory,
    parity,
    preset_migrations,
    presets,
    projects,
    recipes,
    releases,
    runs,
    snapshots,
    targets,
)
from presets_app.management.json_command import FeatureCommand

PAGE = (Path(__file__).parents[2] / "docs" / "cli.md").read_text(encoding="utf-8")
RECORDS = (approvals, audit, manifests, preset_migrations, presets, projects, releases, snapshots)
FEATURES = (*RECORDS, inputs, memory, parity, recipes, runs, targets)


@pytest.mark.parametrize("module", FEATURES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_subcommand_stands_on_its_feature_s_lines(module: object):
    command: type[FeatureCommand] = module.Command  # type: ignore[attr-defined]
    feature = command.__module__.rpartition(".")[2]
    lines = [line for line in PAGE.splitlines() if line.startswith(f"| `{feature} ")]
    cells = " ".join(line.split(" | ")[0].replace("\\|", "/") for line in lines)
    named = {re.split(r"[ `]", code.removeprefix(f"{feature} "))[0] for code in re.findall(r"`([^`]+)`", cells)}
    assert named == set(command.subcommands)


def test_every_subcommand_has_its_method():
    for module in FEATURES:
        for name in module.Command.subcommands:
            assert callable(getattr(module.Command, "do_" + name.replace("-", "_")))
