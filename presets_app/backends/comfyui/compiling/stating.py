"""What the document says, as literals for nodes; what it leaves open, as the node's own default and a problem."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from presets_app.backends.comfyui.compiling.building import Builder, Fixed, Given, Input
from presets_app.core.families import rules_of

# What a node holds when nobody says anything. Source: the defaults in the nodes' own schemas.
_NODE_DEFAULTS: dict[str, Any] = {
    "seed": 0,
    "steps": 20,
    "guidance": 8.0,
    "sampler": "euler",
    "scheduler": "simple",
    "denoise": 1.0,
}
_LOUD = frozenset({"seed", "steps", "guidance", "sampler", "scheduler"})
_SAME_SAMPLER = {
    "unipc": "uni_pc",
    "flow_match_euler": "euler",
    "dpm++_2m": "dpmpp_2m",
    "dpmpp2m": "dpmpp_2m",
    "dpm++": "dpmpp_2m",
    "euler_a": "euler_ancestral",
}


def stage_literal(build: Builder, index: int, field: str, *, quiet: bool = False) -> Input:
    """A field of a stage. Where the document leaves it open, the node's default holds, and for what decides the
    picture a warning says so (`quiet` where it decides nothing here)."""
    path = f"/stages/{index}/{field}"
    value = build.value(path)
    if value is None:
        return _open(build, path, field, quiet)
    if field == "sampler" and str(value).lower() in _SAME_SAMPLER:
        return Given(path, _SAME_SAMPLER[str(value).lower()], "ComfyUI's name for the same sampler.")
    return Given(path, value)


def _open(build: Builder, path: str, field: str, quiet: bool) -> Fixed:
    shared = _shared(build, path, field)
    if shared is not None:
        return Fixed(shared, "Not stated for this expert: the same as for the one before.")
    default = _NODE_DEFAULTS[field]
    if field in _LOUD and not quiet:
        text = f"The preset does not state the {field}; ComfyUI's nodes then take {default}."
        build.trouble("value_defaulted", "warning", path, text, "State it, so that every target renders the same.")
    return Fixed(default, f"Not stated in the preset at {path}: the node's default.")


def _shared(build: Builder, path: str, field: str) -> Any:
    """Two experts draw one picture: what the second leaves open is the first one's. Its seed draws nothing."""
    index = int(path.split("/")[2])
    if field not in _LOUD - {"seed"} or build.value(f"/stages/{index}/role") != "low_noise" or index == 0:
        return None
    return build.value(f"/stages/{index - 1}/{field}")


def size_literals(build: Builder) -> dict[str, Input]:
    """Width, height and length of the first latent; the note says what the nodes make of a size that does not fit."""
    rules = rules_of(dict(build.document))
    made: dict[str, Input] = {}
    for name, path in (("width", "/width"), ("height", "/height"), ("length", "/frames")):
        value = build.value(path)
        step = 0 if rules is None else rules.frames_step if name == "length" else rules.size_step
        fits = (value - 1 if name == "length" else value) % step == 0 if step else True
        made[name] = Given(path, value) if fits else _floored(build, path, value, step)
    return made


def _floored(build: Builder, path: str, value: int, step: int) -> Given:
    near = (value - 1) // step * step + 1 if path == "/frames" else value // step * step
    note = f"Sent as it is; the nodes work in steps of {step} and render {near}, which is {value - near} less."
    return Given(path, value, note, "approximated")


def option(build: Builder, index: int, name: str, default: Any) -> Input:
    """One of a stage's scheduler_options, with the node's default where it is open."""
    path = f"/stages/{index}/scheduler_options/{name}"
    if build.ledger.has(path):
        return Given(path, build.value(path))
    return Fixed(default, f"Not stated in the preset at {path}: the node's default.")


def rate(document: Mapping[str, Any], path: str = "fps") -> Fraction:
    """Frames a second, exactly. `document` has passed the schema."""
    value = document[path]
    if isinstance(value, str):
        above, below = value.split("/")
        return Fraction(int(above), int(below))
    return Fraction(str(value))


def told_rate(build: Builder) -> str:
    """Where the rate stands that an LTX model is told: the video's own, unless an option of the first stage differs."""
    own = "/stages/0/guidance_options/frame_rate"
    stated = build.value(own)
    return own if isinstance(stated, (int, float)) and not isinstance(stated, bool) and stated > 0 else "/fps"


def rate_literal(build: Builder, path: str, *, whole: bool) -> Given:
    """A frame rate for a node that takes a FLOAT or, with `whole`, an INT; the note says how far off it is."""
    own = build.value(path)
    exact = rate({"fps": own})
    near: float = round(exact) if whole else float(exact)
    if whole and near < 1:
        near = 1
    taken: int | float = int(near) if float(near).is_integer() else near
    if Fraction(taken) == exact:
        return Given(path, taken if isinstance(own, str) else own)
    if isinstance(own, (int, float)) and not whole:
        return Given(path, own)
    return Given(path, taken, _error(exact, taken, whole=whole), "approximated")


def _error(exact: Fraction, taken: float, *, whole: bool) -> str:
    off = abs(Fraction(taken) - exact)
    kind = "a whole number" if whole else "a floating point number"
    return f"The node takes {kind}: {taken} instead of {exact}, off by {float(off):.2g} fps ({float(off / exact):.1e})."
