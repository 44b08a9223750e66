"""Why two sides differ: what each was really sent and ran with, where that differs, ordered by known impact.

The order is that of public reports on video models: a schedule or a default that differs makes another film, a number
format or an attention kernel makes noise, an encoder only another file.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Any

from presets_app.core.ledger import BOOKKEEPING, UNKNOWN, leaves

Facts = Mapping[str, Any]

# (rung, its name, what its places look like): the first that fits, from the most telling on.
RUNGS: tuple[tuple[str, str, str], ...] = (
    ("model", "model and weights", r"/model$|/models(/|$)|/variant$|/weights(/|$)|/stages/\d+/model$"),
    ("sigmas", "sigmas and steps", r"/sigmas$|/steps$|/(start|end)_step$|/denoise$|/scheduler_options/|/num_.*steps$"),
    ("sampler", "sampler and scheduler", r"/sampler$|/scheduler$|/add_noise$"),
    ("seed", "seed and noise device", r"/seed$|/seeds(/|$)|/noise_device$"),
    ("prompt", "prompt rewriting", r"prompt"),
    ("lora", "LoRA", r"/loras?(/|$)"),
    ("guidance", "guidance of each expert", r"/guidance|/boundary|cfg|_guidance"),
    ("shift", "flow shift", r"/shift$|flow_shift"),
    ("inputs", "input pictures and sound", r"/inputs(/|$)|/references(/|$)|/shots(/|$)|image|video$"),
    ("size", "size and length", r"/(width|height|frames|num_frames|duration|resolution|aspect_ratio|size|scale)$"),
    ("dtype", "number format", r"dtype$|/quantization$|/tf32$"),
    ("attention", "attention", r"/attention$|/compile$"),
    ("tiling", "decoding in tiles", r"tiling$|slicing$|/offload$"),
    ("fps", "frame rate", r"fps$|frame_rate$"),
    ("libraries", "libraries", r"^/ran/(torch|diffusers|transformers)$"),
    ("machine", "card and driver", r"^/ran/(card|driver|cuda)$"),
    ("audio", "sound", r"audio"),
    ("encoder", "encoder", r"/output(/|$)|codec$|crf$|format$"),
)
ORDER = tuple(name for name, _, _ in RUNGS)
NAMES = {name: words for name, words, _ in RUNGS} | {"other": "other"}


@dataclass(frozen=True)
class Value:
    """What one side has at a place. Not `known`: the side does not take it or does not say it, and `note` says so.
    `fits` is false where the value is said in other words than the document's, such as seconds for frames."""

    value: Any = None
    known: bool = True
    note: str = ""
    fits: bool = True


@dataclass(frozen=True)
class Rung:
    """One difference. `path` is the place in the document ("" for what is none), `change` what a local render would
    be given to test it ({pointer: value}), None with `why_not` where it cannot be tested."""

    rung: str
    label: str
    path: str
    left: Any
    right: Any
    note: str
    change: dict[str, Any] | None = None
    side: str = ""
    why_not: str = ""

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


def rung_of(path: str) -> str:
    return next((name for name, _, pattern in RUNGS if re.search(pattern, path)), "other")


def of_request(request: Facts) -> dict[str, Value]:
    """{place: value} of a request as it was sent: a runner's document and weights, or a service's body as the ledger
    of its conversion explains it."""
    document = request.get("document") or {}
    asked = {path: Value(value) for path, value in leaves(document) if path.split("/")[1] not in BOOKKEEPING}
    if "body" not in request:
        weights = request.get("weights") or {}
        return asked | {
            f"/weights/{name}": Value(weights[name]) for name in ("repository", "revision") if name in weights
        }
    sent: dict[str, Value] = {path: Value(None, False, "not sent") for path in asked}
    for loss in request.get("losses") or ():
        sent.update(_sent(loss, asked))
    return {**sent, "/weights/repository": Value(request.get("model"))}


def _sent(loss: Facts, asked: Mapping[str, Value]) -> Iterator[tuple[str, Value]]:
    path, status, note = str(loss.get("path", "")), loss.get("status"), str(loss.get("note", ""))
    if not path and status == "defaulted":
        given = loss.get("to")
        yield f"/service{loss.get('target_path', '')}", Value(given, given not in (None, UNKNOWN), note)
    elif path in asked:
        if status in ("carried", "mapped"):
            yield path, asked[path]
        elif status == "approximated":
            same_word = path.rsplit("/", 1)[-1] == str(loss.get("target_path", "")).rsplit("/", 1)[-1]
            yield path, Value(loss.get("to"), True, note, same_word)
        else:
            yield path, Value(None, False, note or "The service does not take it.")


def of_result(result: Facts) -> dict[str, Value]:
    """What a side says it ran with: kernels, libraries, card, and the seeds it returned."""
    fingerprint = result.get("fingerprint") or {}
    driver, flags = fingerprint.get("driver") or {}, fingerprint.get("determinism") or {}
    libraries, gpu = driver.get("libraries") or {}, driver.get("gpu") or {}
    cards = [card.get("name") for card in gpu.get("devices") or () if isinstance(card, dict)]
    found = {name: libraries.get(name) for name in ("torch", "diffusers", "transformers")}
    found |= {name: flags.get(name) for name in ("attention", "noise_device", "tf32")}
    found |= {"cuda": driver.get("cuda"), "driver": gpu.get("driver")}
    found["card"] = ", ".join(map(str, cards)) or (driver.get("cpu") or {}).get("model")
    ran = {f"/ran/{name}": Value(value) for name, value in found.items() if isinstance(value, (str, bool, int))}
    for used in result.get("seeds") or ():
        if used.get("returned") is not None and used.get("returned") != used.get("sent"):
            ran[f"/ran/seeds/{used.get('stage')}"] = Value(used["returned"], True, "as the maker returned it")
    return ran


def ladder(left: Mapping[str, Value], right: Mapping[str, Value], *, testable: Iterable[str] = ()) -> list[Rung]:
    """Where the sides differ, the most telling first. `testable` names the sides that can be rendered here with
    another value: "left", "right"."""
    own = tuple(testable)
    found = []
    for path in dict.fromkeys((*left, *right)):
        one, other = left.get(path), right.get(path)
        if _agree(one, other) or (_is_silent(path) and (one is None or other is None)):
            continue
        found.append(_rung(path, one or _absent(path, right), other or _absent(path, left), own))
    loud = [rung for rung in found if not _is_unstated(rung)]
    ranked = sorted(loud, key=lambda rung: (_rank(rung.rung), not rung.change, rung.path))
    return [*ranked, *_unstated([rung for rung in found if _is_unstated(rung)])]


def _is_unstated(rung: Rung) -> bool:
    """Neither side states it; whether a prompt is rewritten is worth its own line all the same."""
    return rung.left is None and rung.right is None and rung.rung != "prompt"


def _unstated(rungs: list[Rung]) -> list[Rung]:
    """One line for all that is left to each side's own default."""
    if not rungs:
        return []
    names = ", ".join(sorted({rung.label for rung in rungs}))
    why = "State it in the preset, where the service takes it, and check again."
    return [Rung("other", f"left to each side's own default: {names}", "", None, None, "", None, "", why)]


def _agree(one: Value | None, other: Value | None) -> bool:
    if one is None or other is None:
        there = one or other  # a place that one document leaves out and the other leaves empty
        return there is not None and there.known and there.value is None
    return one.known == other.known and _plain(one.value) == _plain(other.value)


def _is_silent(path: str) -> bool:
    """What a service never says of itself: a difference that nobody can see is none to look at."""
    return rung_of(path) in ("libraries", "machine") or path == "/ran/tf32"


def _plain(value: Any) -> str:
    number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return json.dumps(float(value) if number else value, sort_keys=True)


def _absent(path: str, others: Mapping[str, Value]) -> Value:
    """A place that only one side has: what a service says of itself, or what it does not say."""
    unsaid = path.startswith(("/ran/", "/service/", "/weights/"))
    return Value(None, not unsaid, "not said" if unsaid else "not set")


def _rank(rung: str) -> int:
    return ORDER.index(rung) if rung in ORDER else len(ORDER)


def _rung(path: str, left: Value, right: Value, testable: tuple[str, ...]) -> Rung:
    note = "; ".join(dict.fromkeys(text for text in (left.note, right.note) if text))
    change, side, why_not = _test(path, left, right, testable)
    shown = [value.value if value.known else None for value in (left, right)]
    return Rung(rung_of(path), _label(path), path, shown[0], shown[1], note, change, side, why_not)


def _test(path: str, left: Value, right: Value, testable: tuple[str, ...]) -> tuple[dict[str, Any] | None, str, str]:
    """Render one side with what the other has."""
    if path.startswith("/ran/seeds/"):
        return (None, "", "Rendered with the seed that was returned.") if testable else (None, "", _NOBODY)
    if path.startswith(("/ran/", "/service/", "/weights/")):
        return None, "", "This is no value of the preset; pin it on the side itself."
    for side, wanted in (("left", right), ("right", left)):
        if side in testable and wanted.known and wanted.fits:
            return {path: wanted.value}, side, ""
    if not testable:
        return None, "", _NOBODY
    said = left.known and right.known
    return None, "", "The two say it in different words." if said else "The other side does not say what it used."


_NOBODY = "Neither side can be rendered here with another value."


def _label(path: str) -> str:
    parts = [part for part in path.split("/")[1:] if part]
    stage = f"stage {int(parts[1]) + 1}, " if parts[:1] == ["stages"] and parts[1:2] and parts[1].isdecimal() else ""
    rest = parts[2:] if stage else parts[1:] if parts[0] in ("ran", "service", "runtime") else parts
    return stage + " ".join(rest).replace("_", " ")


def effect(before: Iterable[float], after: Iterable[float], classes: Iterable[str]) -> dict[str, Any]:
    """What a test showed: SSIM to the other side of the same inputs before and after, and the classes after.

    {"word": "explains" | "part" | "nothing" | "worse", "before", "after", "text"}; `part` from a quarter of the
    distance on, which is this project's own choice.
    """
    old, new, kinds = list(before), list(after), list(classes)
    if not kinds or not old or not new:
        return {"word": "unclear", "before": None, "after": None, "text": "Nothing could be compared."}
    mean_old, mean_new = sum(old) / len(old), sum(new) / len(new)
    word = _word(mean_old, mean_new, kinds)
    told = {
        "explains": "With this value both sides are the same: it explains the difference.",
        "part": "It brings the sides closer and does not explain everything.",
        "nothing": "It changes nothing that matters.",
        "worse": "It drives the sides further apart.",
    }[word]
    numbers = {"before": round(mean_old, 4), "after": round(mean_new, 4)}
    return {"word": word, **numbers, "text": f"{told} SSIM {mean_old:.3f} before, {mean_new:.3f} after."}


def _word(before: float, after: float, classes: list[str]) -> str:
    if all(kind in ("identical", "same") for kind in classes):
        return "explains"
    gap = max(1 - before, 1e-9)
    if after - before >= 0.25 * gap:
        return "part"
    return "worse" if before - after >= 0.25 * gap else "nothing"
