"""How far one side is from itself: the same inputs rendered again, and once more with one benign change.

A side that answers the same request with other frames is not deterministic; how far apart a benign change drives the
frames is the noise that every difference is shown in multiples of.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

# Beyond this (1 - SSIM) a benign change already makes another take; the gate for `same` is not widened further, or
# any other take would pass for noise. Own choice.
WIDEST = 0.3
DTYPES = ("float32", "bfloat16")


@dataclass(frozen=True)
class Change:
    """One value of the preset for the benign render: a JSON pointer, its value now and then, and how it is called."""

    path: str
    label: str
    before: Any
    after: Any

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True)
class Repeat:
    """One input rendered twice. `ssim` and `psnr` are means over the frames, None where all frames are equal or the
    pictures could not be compared; `fault` says why the pair is of no use, "" when it is."""

    key: str
    identical: bool
    ssim: float | None = None
    psnr: float | None = None
    fault: str = ""


def benign_changes(document: Mapping[str, Any]) -> list[Change]:
    """Changes that keep the picture and move its numbers, the likeliest to be possible first: a shorter number format
    where there is a longer one, else decoding in tiles, which needs no more memory than there is."""
    runtime = document.get("runtime") or {}
    whole = runtime.get("dtype") or "bfloat16"
    text = runtime.get("text_encoder_dtype") or whole
    tiled = bool(runtime.get("vae_tiling"))
    found = [
        Change("/runtime/vae_tiling", "decoding in tiles", tiled, not tiled),
        Change("/runtime/text_encoder_dtype", "number format of the text encoder", text, _other(text)),
    ]
    number = Change("/runtime/dtype", "number format", whole, _other(whole))
    return [number, *found] if whole == DTYPES[0] else [*found, number]


def _other(dtype: str) -> str:
    return DTYPES[0] if dtype != DTYPES[0] else DTYPES[1]


def floor_of(again: Sequence[Repeat], benign: Sequence[Repeat] | None = None) -> dict[str, Any]:
    """{"deterministic", "again", "benign", "ssim", "psnr", "difference", "usable", "text"}: the farthest pair of both.

    `difference` is 1 - SSIM of the farthest pair, 0 where all were identical. `usable` is false when nothing could be
    measured, or when the same request gave a broken picture.
    """
    usable = [pair for pair in again if not pair.fault]
    moved = [pair for pair in benign or () if not pair.fault]
    deterministic = bool(usable) and all(pair.identical for pair in usable)
    farthest = min((pair.ssim for pair in (*usable, *moved) if pair.ssim is not None), default=None)
    lowest = min((pair.psnr for pair in (*usable, *moved) if pair.psnr is not None), default=None)
    found = {
        "deterministic": deterministic if usable else None,
        "again": _summed(again),
        "benign": _summed(benign) if benign is not None else None,
        "ssim": 1.0 if farthest is None and usable else farthest,
        "psnr": lowest,
        "difference": round(1 - farthest, 6) if farthest is not None else 0.0,
        "usable": bool(usable),
    }
    return {**found, "text": _words(found)}


def _summed(pairs: Iterable[Repeat]) -> dict[str, Any]:
    listed = list(pairs)
    seen = [pair.ssim for pair in listed if pair.ssim is not None and not pair.fault]
    return {
        "pairs": len(listed),
        "identical": sum(pair.identical for pair in listed),
        "ssim": min(seen, default=None),
        "faults": [f"{pair.key}: {pair.fault}" for pair in listed if pair.fault][:5],
    }


def _words(found: Mapping[str, Any]) -> str:
    if not found["usable"]:
        faults = found["again"]["faults"]
        return f"Nothing could be measured: {faults[0]}" if faults else "Nothing could be measured."
    pairs, same = found["again"]["pairs"], found["again"]["identical"]
    first = (
        f"The same request gave the same frames {same} of {pairs} times: this side is deterministic."
        if found["deterministic"]
        else f"The same request gave other frames {pairs - same} of {pairs} times: this side is not deterministic."
    )
    return f"{first} {_benign_words(found)}"


def _benign_words(found: Mapping[str, Any]) -> str:
    benign = found["benign"]
    if benign is None:
        return "No benign change was rendered."
    if benign["ssim"] is None:
        if benign["identical"]:
            return "The benign change moved nothing: choose another one."
        return f"The benign change could not be measured. {benign['faults'][0]}"
    far = 1 - benign["ssim"]
    said = f"A benign change moves the frames by {far:.4f} (1 - SSIM)."
    return said if far <= WIDEST else f"{said} That is another take already: noise does not tell takes apart here."


def combined(floors: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    """The floor that a pair of two sides is judged in: the wider of theirs, {} when neither is measured. `gate` holds
    the numbers that widen the class `same`, never beyond `WIDEST`."""
    held = [floor for floor in floors if floor.get("usable")]
    if not held:
        return {}
    difference = max(float(floor["difference"]) for floor in held)
    levels = [float(floor["psnr"]) for floor in held if floor["psnr"] is not None]
    narrow = difference <= WIDEST
    gate = {"ssim": 1 - min(difference, WIDEST), "psnr": min(levels, default=None) if narrow else None}
    return {"difference": difference, "gate": gate}


def in_noise(ssim: float | None, noise: Mapping[str, Any]) -> float | None:
    """A pair's difference in multiples of the floor; None without a floor, or where a repeat differs in nothing."""
    difference = float(noise.get("difference") or 0)
    return None if ssim is None or difference <= 0 else round((1 - ssim) / difference, 3)


def machine(driver: Mapping[str, Any]) -> dict[str, str]:
    """{"card", "driver", "torch"} of a fingerprint's driver section, as far as it says; without a GPU the card is the
    CPU."""
    gpu = driver.get("gpu") or {}
    cards = ", ".join(str(card.get("name", card)) if isinstance(card, dict) else str(card) for card in _cards(gpu))
    cpu = driver.get("cpu") or {}
    found = {"card": cards or cpu.get("model"), "driver": gpu.get("driver")}
    found["torch"] = (driver.get("libraries") or {}).get("torch")
    return {name: value for name, value in found.items() if isinstance(value, str) and value}


def _cards(gpu: Mapping[str, Any]) -> list[Any]:
    cards = gpu.get("devices")
    return cards if isinstance(cards, list) else []


def why_expired(then: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """What of {"document", "manifest", "machine"} changed since a floor was measured; "" while it holds."""
    changed = [name for name in ("document", "manifest") if then.get(name) != now.get(name)]
    old, new = then.get("machine") or {}, now.get("machine") or {}
    changed += [f"{name} ({old.get(name)} to {new.get(name)})" for name in (*old,) if old.get(name) != new.get(name)]
    return ", ".join(changed)
