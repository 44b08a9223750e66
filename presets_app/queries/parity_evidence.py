"""The whole evidence of a check as one JSON object, and the pictures that go with it."""

from __future__ import annotations

import base64
from typing import Any

from presets_app import wiring
from presets_app.core import parity_charts
from presets_app.core.errors import MatchframeError
from presets_app.core.parity_ladder import Rung
from presets_app.models import Check, Decision, Item, Pair, Run
from presets_app.queries import parity_charts as parity_charts_of
from presets_app.queries import parity_costs, parity_ladder, parity_noise, parity_review, parity_streak, people

FORMAT = "matchframe/evidence-bundle/1"
PICTURED = 5  # pairs with pictures in the page, the worst
MOST_BYTES = 24 * 1024 * 1024  # of pictures in one page


def bundle(check: Check) -> dict[str, Any]:
    """Everything a reader needs who has no access: what was compared and how it was drawn, every verdict and reason,
    what people decided, the noise it is counted in, and digests of all requests and outputs."""
    pairs = list(check.pairs.select_related("left", "right").order_by("-severity", "position"))
    listed = [_pair(pair) for pair in pairs]
    row = parity_streak.of_check(check)
    return {
        "format": FORMAT,
        "check": check.id,
        "kind": check.kind,
        "preset": check.preset.slug if check.preset else None,
        "about": check.about,
        "note": check.note,
        "revision": check.revision,
        "document_digest": check.digest,
        "evidence": check.evidence,
        "judged_at": check.judged_at.isoformat(timespec="seconds") if check.judged_at else None,
        "verdict": check.verdict,
        "outcome": check.outcome,
        "sentence": check.said,
        **{name: check.standing.get(name, getattr(check, name)) for name in ("counts", "reasons", "requirements")},
        "gates": {name: value for name, value in check.rules.items() if name != "muted"},
        "plan": check.plan,
        "noise": check.noise,
        "noise_sentence": parity_noise.sentence(check),
        "streak": {"count": row.count, "needed": row.needed, "checks": list(row.checks), "text": row.text},
        "sides": {name: _side(run) for name, run in (("left", check.left), ("right", check.right))},
        "costs": parity_costs.of_check(check),
        "waterfall": parity_charts.waterfall(listed),
        "distribution": parity_charts.distribution(listed, check.noise.get("difference") or None),
        "paired": [test.as_json() for test in parity_charts_of.tests(pairs)],
        "why": [rung.as_json() for rung in _why(check, pairs)],
        "review": _review(check),
        "decisions": _decisions(check),
        "pairs": listed,
    }


def _side(run: Run) -> dict[str, Any]:
    preset = run.preset.slug if run.preset else None
    about = {
        "run": run.id,
        "name": run.name,
        "preset": preset,
        "target": run.target.slug,
        "target_name": run.target.name,
    }
    return {**about, "stand_in": run.target.stand_in, "manifest": run.manifest, "inputs": run.inputs_digest}


def _pair(pair: Pair) -> dict[str, Any]:
    video = pair.measurement.get("video") or {}
    return {
        "key": pair.key,
        "labels": pair.labels,
        "preview": pair.preview,
        "class": pair.pair_class,
        "verdict": pair.verdict,
        "needs_person": pair.needs_person,
        "decision": pair.decision,
        "reasons": pair.reasons,
        "primary": pair.primary,
        "severity": pair.severity,
        "ssim": (video.get("ssim") or {}).get("mean"),
        "psnr": (video.get("psnr") or {}).get("mean"),
        "per_frame": video.get("per_frame"),
        "barcode": video.get("barcode"),
        "worst_frames": video.get("worst_frames", []),
        "container": pair.measurement.get("container"),
        "audio": pair.measurement.get("audio"),
        "left": _output(pair.left),
        "right": _output(pair.right),
    }


def _output(item: Item) -> dict[str, Any]:
    made = {"video": item.video, "frames": item.raw_frames, "samples": item.raw_samples, "seeds": item.seeds}
    kept = {"request": item.request, "result": item.result, "seconds": item.seconds, "warm": item.warm}
    return {**made, **kept, "peak_memory": item.peak_memory, "failure": item.failure}


def _why(check: Check, pairs: list[Pair]) -> list[Rung]:
    """Of the pair that differs most; what differs in it differs in most."""
    first = next((pair for pair in pairs if pair.left.request and pair.right.request), None)
    return parity_ladder.of_pair(check, first) if first and check.kind != "noise" else []


def _review(check: Check) -> dict[str, Any] | None:
    found = parity_review.as_json(check)
    if found is None:
        return None
    names = people.names({event["by"] for event in found["history"]})
    named = {
        rows: [{**row, "by": names.get(row["by"], row["by"])} for row in found[rows]] for rows in ("areas", "history")
    }
    return {**found, **named}


def _decisions(check: Check) -> list[dict[str, Any]]:
    rows = list(Decision.objects.filter(project_id=check.project_id, check_id=check.id).order_by("number"))
    names = people.names({row.by for row in rows})
    return [
        {"number": row.number, "key": row.key, "choice": row.choice, "reason": row.reason}
        | {"by": names.get(row.by, row.by), "at": row.at.isoformat(timespec="seconds")}
        for row in rows
    ]


def pictures(found: dict[str, Any]) -> dict[str, str]:
    """{digest: data address} of the worst frames of the worst pairs, as many as a page can hold."""
    held: dict[str, str] = {}
    room = MOST_BYTES
    for pair in found["pairs"][:PICTURED]:
        for frame in pair["worst_frames"]:
            for digest in (frame.get("left"), frame.get("right"), frame.get("heatmap")):
                data = _picture(digest) if isinstance(digest, str) and digest not in held else b""
                if data and len(data) <= room:
                    room -= len(data)
                    held[str(digest)] = "data:image/png;base64," + base64.b64encode(data).decode("ascii")
    return held


def _picture(digest: str) -> bytes:
    try:
        with wiring.artifacts().open(digest) as source:
            return source.read(MOST_BYTES)
    except (MatchframeError, OSError, ValueError):
        return b""
