"""The contracts of pyproject.toml hold, and they are the ones that the design asks for."""

from __future__ import annotations

import os
import subprocess
import sys
import tomllib
from pathlib import Path

from tests.architecture.tree import ROOT

CONTRACTS = {
    "layers",
    "core-is-pure",
    "adapters-know-no-django",
    "doors",
    "vendors-apart",
    "runner-alone",
    "no-gpu-in-web",
    "git-behind-gitstore",
    "acyclic",
    "sockets-behind-clients",
    "websockets-behind-one-door",
}
LINT = Path(sys.executable).with_name("lint-imports")


def settings() -> dict:
    return tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]


def lint(folder: Path, config: Path) -> subprocess.CompletedProcess[str]:
    argv = [str(LINT), "--no-cache", "--no-logo", "--config", str(config)]
    environment = {**os.environ, "PYTHONPATH": str(folder), "COLUMNS": "120"}
    return subprocess.run(argv, cwd=folder, env=environment, check=False, capture_output=True, text=True, timeout=200)


def test_every_import_keeps_to_the_contracts() -> None:
    answer = lint(ROOT, ROOT / "pyproject.toml")
    assert answer.returncode == 0, answer.stdout[-4000:] + answer.stderr[-1000:]
    assert f"{len(CONTRACTS)} kept, 0 broken" in answer.stdout


def test_no_contract_was_dropped_and_none_has_exemptions() -> None:
    contracts = settings()["contracts"]
    assert {contract["id"] for contract in contracts} == CONTRACTS
    assert [contract["id"] for contract in contracts if contract.get("ignore_imports")] == []
    assert next(contract for contract in contracts if contract["id"] == "layers")["exhaustive"] is True


def test_an_import_upwards_is_seen(tmp_path: Path) -> None:
    for name, source in {"top": "", "bottom": "from house import top\n"}.items():
        (tmp_path / "house").mkdir(exist_ok=True)
        (tmp_path / "house" / "__init__.py").touch()
        (tmp_path / "house" / f"{name}.py").write_text(source, "utf-8")
    config = tmp_path / "contracts.toml"
    config.write_text(
        "[tool.importlinter]\nroot_package = 'house'\n[[tool.importlinter.contracts]]\n"
        "name = 'down only'\ntype = 'layers'\ncontainers = ['house']\nlayers = ['top', 'bottom']\n",
        "utf-8",
    )
    answer = lint(tmp_path, config)
    assert answer.returncode == 1
    assert "house.bottom is not allowed to import house.top" in answer.stdout
