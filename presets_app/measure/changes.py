"""What became of the pictures between two sides that show the same: colour, tone, drift, flicker, place of change."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from presets_app.measure.colour import delta_e
from presets_app.measure.differences import GRID, Differences
from presets_app.measure.stills import rounded
from presets_app.measure.texture import Pairing

WINDOW = 9  # frames over which brightness is taken as steady; what is faster is flicker
DARK, SEEN = 19.0, 17.0  # luma levels: black, and how much lighter the other side must be
EDGE = 6.0  # levels between neighbours, of the strongest steps; below there are no edges to speak of
JUMP = 1.0  # levels by which a frame must leave its neighbourhood to count as a jump
Array = NDArray[Any]


def changes(differences: Differences, texture: Pairing, first: int, size: tuple[int, int]) -> dict[str, Any]:
    """Numbers over the compared pairs; `first` is the left side's first compared frame, `size` (width, height)."""
    moved, levels = differences.moved, differences.levels
    if not len(moved):
        return {
            "colour": None,
            "tone": None,
            "drift": None,
            "flicker": None,
            "apart": None,
            "dark": None,
            "edges": None,
        }
    return {
        "colour": _colour(levels, moved, first, size),
        "tone": _tone(differences),
        "drift": _drift(levels, moved),
        "flicker": _flicker(moved[:, 0], first, size),
        "apart": _apart(differences.apart, first, size),
        "dark": _dark(levels[:, 0], moved[:, 0], first, size),
        "edges": _edges(texture, first),
    }


def _colour(levels: Array, moved: Array, first: int, size: tuple[int, int]) -> dict[str, Any]:
    """Distances of mean colours by region, each of the median picture: a bad moment is no tint."""
    before, change = np.median(levels, axis=0), np.median(moved, axis=0)
    after = before + change
    distances = np.array([
        [delta_e(tuple(before[:, row, column]), tuple(after[:, row, column])) for column in range(GRID)]
        for row in range(GRID)
    ])  # fmt: skip
    row, column = divmod(int(distances.argmax()), GRID)
    strength = np.abs(moved).mean(axis=(1, 2, 3))
    return {
        "delta_e": rounded(float(np.median(distances))),
        "delta_e_quarter": rounded(float(np.quantile(distances, 0.75))),
        "delta_e_most": rounded(float(distances.max())),
        "region": region_of(row, column, size),
        "frame": first + int(strength.argmax()),
    }


def _tone(differences: Differences) -> dict[str, Any]:
    """The straight lines that turn the left side's luma and chroma into the right's, of the median picture: 1 is no
    change of contrast or saturation. The agreement says how well a line explains it."""
    left, right, common, tint, tinted, tints = differences.sums.T
    return {
        "contrast": _median_ratio(np.sqrt(right), np.sqrt(left), left),
        "contrast_agreement": _median_ratio(common, np.sqrt(left * right), np.minimum(left, right)),
        "saturation": _median_ratio(np.sqrt(tinted), np.sqrt(tint), tint),
        "chroma": rounded(float(np.sqrt(np.median(tint))), 3),
        "saturation_agreement": _median_ratio(tints, np.sqrt(tint * tinted), np.minimum(tint, tinted)),
    }


def _median_ratio(value: Array, base: Array, variance: Array) -> float | None:
    """Over the pictures that have something to go by: a standard deviation of at least a level and a half."""
    known = variance > 2
    return rounded(float(np.median(value[known] / base[known])), 4) if known.any() else None


def _drift(levels: Array, moved: Array) -> dict[str, Any]:
    """Colour of the right side against the left's from the first to the last eighth. A constant change of contrast or
    colour moves a bright moment further than a dark one, which is no drift: only what is left without it counts. Mean
    of the middle half of the regions, so that something new in a corner is none either."""
    seen, known = _middle_half(moved), _middle_half(_explained(levels, moved))
    paler = known.copy()
    paler[:, 1:] = _middle_half(_paler(levels, moved))
    gained, eighths = _gained(seen)
    lefts = [_gained(seen - part) for part in (known, paler)]
    for left, _ in lefts:
        gained = np.where(gained * left > 0, np.sign(gained) * np.minimum(np.abs(gained), np.abs(left)), 0.0)
    return {
        "luma": rounded(float(gained[0])),
        "chroma": [rounded(float(value)) for value in gained[1:]],
        "luma_range": rounded(min(float(np.ptp(part[:, 0])) for part in (eighths, lefts[0][1]))),
        "start_luma": rounded(float(eighths[0, 0])),
        "start_chroma": rounded(float(np.hypot(*eighths[0, 1:]))),
    }


def _gained(series: Array) -> tuple[Array, Array]:
    """From the first to the last eighth, and each eighth's median."""
    part = max(1, len(series) // 8)
    eighths = np.stack([np.median(chunk, axis=0) for chunk in np.array_split(series, min(8, len(series)))])
    return np.median(series[-part:], axis=0) - np.median(series[:part], axis=0), eighths


def _explained(levels: Array, moved: Array) -> Array:
    """What one linear change of the left's luma and chroma, the same throughout, explains of `moved`. It is found from
    how regions of one moment differ, so that it knows nothing of time."""
    centre = np.array([128.0, 128.0, 128.0])[None, :, None, None]
    thin = slice(None, None, max(1, len(levels) // 32))
    given, gained = (
        np.moveaxis(part[thin] - part[thin].mean(axis=(2, 3), keepdims=True), 1, 0).reshape(3, -1)
        for part in (levels, moved)
    )
    gram = given @ given.T + given.shape[1] * np.eye(3)  # a level of uncertainty: flat pictures explain nothing
    change = np.linalg.solve(gram, given @ gained.T).T
    return np.asarray(np.einsum("ij,tjrc->tirc", change, levels - centre))


def _paler(levels: Array, moved: Array) -> Array:
    """What another saturation explains of the change of chroma."""
    given, gained = levels[:, 1:] - 128.0, moved[:, 1:]
    return np.asarray(given * (float((given * gained).sum()) / max(float(np.square(given).sum()), 1.0)))


def _middle_half(regions: Array) -> Array:
    """(pairs, 3): means of the regions without the lowest and the highest quarter."""
    ranked = np.sort(regions.reshape(*regions.shape[:2], -1), axis=2)
    quarter = ranked.shape[2] // 4
    return np.asarray(ranked[:, :, quarter : ranked.shape[2] - quarter].mean(axis=2))


def _flicker(luma: Array, first: int, size: tuple[int, int]) -> dict[str, Any]:
    """Fast changes of brightness that only one side has: of the whole picture, and of the region with the most."""
    whole = _quick(luma.mean(axis=(1, 2)))
    regions = _quick(luma.reshape(len(luma), -1))
    strengths = np.sqrt(np.square(regions).mean(axis=0))
    place = int(strengths.argmax())
    jumps = np.abs(whole) > JUMP
    return {
        "levels": rounded(float(np.sqrt(np.square(whole).mean()))),
        "jumps": int(jumps.sum()),
        "turns": _turns(whole),
        "frame": first + int(np.abs(whole).argmax()),
        "region_levels": rounded(float(strengths[place])),
        "region_turns": _turns(regions[:, place]),
        "region_frame": first + int(np.abs(regions[:, place]).argmax()),
        "region": region_of(*divmod(place, GRID), size),
    }


def own_flicker(means: list[float]) -> dict[str, Any]:
    """Fast changes of one side's own brightness."""
    whole = _quick(np.array(means))
    return {"levels": rounded(float(np.sqrt(np.square(whole).mean()))), "turns": _turns(whole)}


def _quick(series: Array) -> Array:
    """A series along axis 0 free of everything slower than a few frames."""
    half = min(WINDOW, len(series)) // 2
    padded = np.concatenate([series[half:0:-1], series, series[-2 : -half - 2 : -1]]) if half else series
    sums = np.cumsum(np.concatenate([np.zeros_like(padded[:1]), padded]), axis=0, dtype=np.float64)
    width = len(padded) - len(series) + 1
    return np.asarray(series - (sums[width:] - sums[:-width]) / width)


def _turns(quick: Array) -> int:
    """How often the series crosses from clearly above to clearly below, or back."""
    signs = np.sign(quick[np.abs(quick) > JUMP])
    return int(np.count_nonzero(np.diff(signs)))


def _apart(apart: Array, first: int, size: tuple[int, int]) -> dict[str, Any]:
    """Where and when luma differs most, against how much it differs elsewhere."""
    frame, row, column = (int(part) for part in np.unravel_index(int(apart.argmax()), apart.shape))
    steady = np.median(apart, axis=0)
    place = divmod(int(steady.argmax()), GRID)
    return {
        "usual": rounded(float(np.median(apart))),
        "most": rounded(float(apart.max())),
        "frame": first + frame,
        "region": region_of(row, column, size),
        "lasting": rounded(float(steady.max())),
        "lasting_usual": rounded(float(np.quantile(steady, 0.75))),
        "lasting_there": rounded(float(steady[row, column])),
        "lasting_region": region_of(*place, size),
    }


def _dark(levels: Array, moved: Array, first: int, size: tuple[int, int]) -> dict[str, Any]:
    """Regions that are black on one side only, by side: how many at most, where and for how many frames."""
    sides = {"left": (levels, levels + moved), "right": (levels + moved, levels)}
    found: dict[str, Any] = {}
    for side, (own, partner) in sides.items():
        dark = (own < DARK) & (partner > DARK + SEEN)
        count = dark.sum(axis=(1, 2))
        frame = int(count.argmax())
        place = np.unravel_index(int(dark.sum(axis=0).argmax()), dark.shape[1:])
        where = region_of(int(place[0]), int(place[1]), size) if dark.any() else None
        frames = int((count > 0).sum())
        found[side] = {"regions": int(count[frame]), "frame": first + frame, "frames": frames, "region": where}
    return found


def _edges(texture: Pairing, first: int) -> dict[str, Any] | None:
    """What is left of fine structure: its energy, the part of it that agrees, and the steepness of strong edges."""
    if not texture.curved:
        return None
    left, right, common = np.array(texture.curved).sum(axis=0)
    heavy, kept, heavier, back, steps, others = np.array(texture.edged).sum(axis=0)
    frames = [(b / a if a > 0 else 1.0) for a, b, _ in texture.curved]
    low = min(range(len(frames)), key=lambda index: min(frames[index], 1 / max(frames[index], 1e-6)))
    added = np.median(np.array(texture.added), axis=0)
    return {
        "energy": rounded(right / left, 4) if left > 0 else None,
        "agreement": rounded(common / np.sqrt(left * right), 4) if min(left, right) > 0 else None,
        "steepness": rounded(kept / heavy, 4) if heavy > 0 else None,
        "steepness_back": rounded(back / heavier, 4) if heavier > 0 else None,
        "strength": rounded((heavier / heavy) ** 0.25, 4) if heavy > 0 else None,
        "steps": [rounded(math.sqrt(a / b)) if b > 0 else 0.0 for a, b in ((heavy, steps), (heavier, others))],
        "by_time": _spread(
            [(b / a) ** 0.25 for a, _, b, _, c, d in texture.edged if a > 0 and (a > EDGE**2 * c or b > EDGE**2 * d)]
        ),
        "by_place": _spread(
            [(b / a) ** 0.25 for a, b in texture.banded.T if a > 0 and max(a / heavy, b / max(heavier, 1e-9)) > 0.02]
        ),
        "frame": first + texture.places[low],
        "added": rounded(float(added[0])),
        "added_correlation": rounded(float(added[1]), 4),
    }


def _spread(values: list[float]) -> list[float | None] | None:
    """[lower quartile, upper quartile] of the strength that is left; of few values nearly the lowest and highest."""
    if len(values) < 2:
        return None
    ranked, quarter = sorted(values), len(values) // 8 if len(values) <= 2 * 8 else len(values) // 4
    return [rounded(ranked[quarter], 4), rounded(ranked[-1 - quarter], 4)]


def region_of(row: int, column: int, size: tuple[int, int]) -> dict[str, int]:
    """One of 8 x 8 regions in pixels."""
    width, height = size
    x, y = column * width // GRID, row * height // GRID
    return {"x": x, "y": y, "width": (column + 1) * width // GRID - x, "height": (row + 1) * height // GRID - y}


def barcode(apart: Array, first: int, points: int) -> dict[str, Any]:
    """Difference by time and region, each the worst of `step` frames, in tenths of a level."""
    step = max(1, -(-len(apart) // points))
    parts = [apart[start : start + step].max(axis=0) for start in range(0, len(apart), step)]
    values = [np.rint(np.minimum(part, 255) * 10).astype(int).ravel().tolist() for part in parts]
    return {"first": first, "step": step, "rows": GRID, "columns": GRID, "unit": "0.1 luma levels", "values": values}
