"""An environment written out from a manifest, in the form of the tool that rebuilds it: pip constraints, a ComfyUI
commit with its nodes, a container reference.

Only plain names and versions are written; what is not one, and what is not known, is a Problem that names it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from presets_app.core import manifest
from presets_app.core.problems import Problem

LIBRARIES = "libraries."
NODES = "custom_nodes."
_PACKAGE = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9._-]{0,98}[A-Za-z0-9])?")
_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z.+!_-]{0,60}")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_IMAGE = re.compile(r"[a-z0-9][A-Za-z0-9._/:-]{0,254}@sha256:[0-9a-f]{64}")
_LOCAL_BUILD = re.compile(r"\+(cpu|cu[0-9]{2,3}|rocm[0-9.]+|xpu)$")
_CAPTURE = "Capture the manifest again, from a target that says it."
Pins = dict[str, Any]


@dataclass(frozen=True)
class Environment:
    """`text` is the whole file, `name` what it is usually called; it can be used when no problem is an error."""

    name: str
    text: str
    problems: list[Problem]


def pip(document: Pins) -> Environment:
    """Constraints for `pip install -c`: every package that the runner's own libraries were loaded from."""
    found, problems = _packages(document)
    if not found:
        return Environment("constraints.txt", "", [_unknown("/driver", "Python packages"), *problems])
    lines = [_headline(document), *_python(document)]
    builds = sorted({match[1] for _, version, _ in found if (match := _LOCAL_BUILD.search(version))})
    lines += [f"# --extra-index-url https://download.pytorch.org/whl/{build}" for build in builds]
    lines += [f"{name}=={version}{aside}" for name, version, aside in found]
    return Environment("constraints.txt", "\n".join(lines) + "\n", problems)


def comfyui(document: Pins) -> Environment:
    """What is checked out where: ComfyUI's version and commit, each node's, and the Python packages beside them."""
    driver = document["driver"]
    core = {key: _value(driver, f"comfyui.{key}") for key in ("version", "commit", "frontend")}
    problems = []
    if not core["commit"] and not core["version"]:
        return Environment("comfyui.json", "", [_unknown("/driver/comfyui.version", "ComfyUI")])
    if not core["commit"] or not _COMMIT.fullmatch(core["commit"]):
        problems.append(
            _open("/driver/comfyui.commit", "ComfyUI's commit is not known; its version is written instead")
        )
    nodes, open_nodes = _nodes(driver)
    packages, refused = _packages(document)
    body = {
        "about": _headline(document).removeprefix("# "),
        "comfyui": {key: value for key, value in core.items() if value},
        "custom_nodes": nodes,
        "models": _models(document),
        "pip": {name: version for name, version, _ in packages},
    }
    text = json.dumps(body, indent=2, ensure_ascii=False) + "\n"
    return Environment("comfyui.json", text, [*problems, *open_nodes, *refused])


def container(document: Pins) -> Environment:
    """The image by its digest, for `docker pull` or a FROM line."""
    image = _value(document["driver"], "container.image")
    if not image:
        why = (document["driver"].get("container.image") or {}).get("why") or "the target did not run in a container"
        text = f"The container image of this manifest is not known: {why}."
        hint = "Set MATCHFRAME_IMAGE to NAME@sha256:DIGEST where the runner starts, and capture again."
        return Environment(
            "image.txt", "", [Problem("environment_unknown", "error", "/driver/container.image", text, hint)]
        )
    if not _IMAGE.fullmatch(image):
        text = "The container image of this manifest is not named by its digest."
        hint = "Set MATCHFRAME_IMAGE to NAME@sha256:DIGEST where the runner starts, and capture again."
        return Environment(
            "image.txt", "", [Problem("environment_unsafe", "error", "/driver/container.image", text, hint)]
        )
    return Environment("image.txt", f"{image}\n", [])


FORMS: dict[str, Callable[[Pins], Environment]] = {"pip": pip, "comfyui": comfyui, "container": container}


def _packages(document: Pins) -> tuple[list[tuple[str, str, str]], list[Problem]]:
    """(name, version, comment) of each installed package, by name; and those that cannot be written."""
    found: dict[str, tuple[str, str]] = {}
    for key, pin in document["driver"].items():
        by = f"  # declared by {_line(pin.get('by'))}, unverified" if pin.get("status") == "declared" else ""
        if key.startswith(LIBRARIES):
            found[key.removeprefix(LIBRARIES)] = (pin.get("value"), by)
        elif key == "packages" and isinstance(pin.get("value"), dict):
            found.update({name: (version, by) for name, version in pin["value"].items()})
    present = {name: entry for name, entry in found.items() if entry[0] is not None}
    plain = {name: entry for name, entry in present.items() if _is_plain(name, entry[0])}
    problems = [_unsafe(name) for name in sorted(present.keys() - plain.keys())]
    return [(name, *plain[name]) for name in sorted(plain, key=str.lower)], problems


def _is_plain(name: str, version: Any) -> bool:
    return bool(_PACKAGE.fullmatch(name)) and isinstance(version, str) and bool(_VERSION.fullmatch(version))


def _nodes(driver: Pins) -> tuple[list[dict[str, Any]], list[Problem]]:
    nodes, problems = [], []
    for key, pin in sorted(driver.items()):
        if not key.startswith(NODES):
            continue
        name = key.removeprefix(NODES)
        version = pin.get("value")
        said = "commit" if isinstance(version, str) and _COMMIT.fullmatch(version) else "version"
        nodes.append({"name": name, said: version})
        if not pin.get("value"):
            problems.append(_open(f"/driver/{key}", f"The version of the node pack {_line(name)} is not known"))
    return nodes, problems


def _models(document: Pins) -> list[dict[str, Any]]:
    model = document["model"]
    known, listed, named = ((model.get(key) or {}).get("value") for key in ("files", "files_known", "named"))
    value: dict[str, Any] = known or listed or {}
    sizes = {path: inner.get("size") for path, inner in value.items() if isinstance(inner, dict)}
    hashes = {path: inner.get("sha256") if isinstance(inner, dict) else inner for path, inner in value.items()}
    paths = sorted({*value, *(named or ())})
    return [{"file": path, "sha256": hashes.get(path), "size": sizes.get(path)} for path in paths]


def _headline(document: Pins) -> str:
    digest = manifest.digest(document)[:12]
    return f"# {_line(document['preset'])} on {_line(document['target'])}, manifest {digest}"


def _python(document: Pins) -> list[str]:
    version = _value(document["driver"], "python")
    return [f"# Python {version}"] if version and _VERSION.fullmatch(version) else []


def _value(pins: Pins, key: str) -> str:
    value = (pins.get(key) or {}).get("value")
    return value if isinstance(value, str) else ""


def _line(text: Any) -> str:
    """Somebody else's words on one line of a file that another program reads."""
    return "".join(sign if sign.isprintable() else " " for sign in str(text))[:120]


def _unknown(path: str, what: str) -> Problem:
    return Problem("environment_unknown", "error", path, f"The manifest does not say which {what} were used.", _CAPTURE)


def _open(path: str, words: str) -> Problem:
    return Problem("environment_open", "warning", path, f"{words}.", _CAPTURE)


def _unsafe(name: str) -> Problem:
    text = f"{_line(name)[:60]!r} is left out: its name or version is not a plain one."
    return Problem("environment_unsafe", "warning", "/driver", text, _CAPTURE)
