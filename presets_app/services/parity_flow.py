"""A check's way from two finished runs to a verdict."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils import timezone

from presets_app import measure, wiring
from presets_app.artifacts import put_json
from presets_app.core import gates, noise_floor, parity, parity_review, policy
from presets_app.core.generation import RawDigests
from presets_app.core.lifecycle import FINISHED_RUN
from presets_app.core.parity import PairJudgement
from presets_app.models import Check, Item, Pair, Run
from presets_app.queries import parity_gates
from presets_app.queries import parity_noise as noise
from presets_app.queries import parity_review as review
from presets_app.services import audit, parity_looks, parity_noise, parity_outcome, parity_verdict, queue
from presets_app.services.audit import MATCHFRAME

PICTURES = ("left", "right", "heatmap")  # of one bad frame, as measure names them


def run_ended(run: Run) -> None:
    """Wake the checks that waited for this run and have both sides now; call it in the run's transaction."""
    for check in Check.objects.filter(Q(left=run) | Q(right=run), state="rendering").select_related("left", "right"):
        other = check.right if check.left_id == run.pk else check.left
        if other.pk == run.pk or other.state in FINISHED_RUN:
            send_to_judge(check)


def send_to_judge(check: Check) -> None:
    Check.objects.filter(pk=check.pk).update(state="judging", version=F("version") + 1)
    queue.later(queue.Job.JUDGE, check.pk)


def judge(check_id: str) -> None:
    """Measure the pairs that are not measured yet, then judge them all; safe to call again after a crash."""
    check = Check.objects.select_related("project", "preset", "left", "right").get(pk=check_id)
    if check.state != "judging":
        return
    _measure_missing(check)
    parity_looks.recall(check)
    _conclude(check)


def give_up(check_id: str) -> None:
    """The judging itself broke down: say so on the check, so that nobody waits for it in vain."""
    text = "The judging broke down; the worker's log has the reason."
    reason = {"code": "judging_failed", "severity": "fail", "message": text}
    Check.objects.filter(pk=check_id, state="judging").update(
        state="failed",
        verdict="error",
        outcome="error",
        sentence=text,
        reasons=[reason],
        cause="ours",
        version=F("version") + 1,
    )
    for check in Check.objects.filter(pk=check_id, state="failed", kind="noise"):
        with transaction.atomic():
            parity_noise.settle(check)


def _measure_missing(check: Check) -> None:
    open_pairs = list(check.pairs.filter(pair_class="").select_related("left", "right").order_by("position"))
    ready = [pair for pair in open_pairs if pair.left.state == pair.right.state == "done"]
    for pair in open_pairs:
        if pair not in ready:
            _keep(check, pair, parity_verdict.unrendered(pair), {})
    family = check.preset.family if check.preset else ""
    trial = gates.dry(parity_gates.trials(check.project))
    check.noise, check.review = noise.for_check(check), review.doubt_of(check)
    Check.objects.filter(pk=check.pk).update(noise=check.noise, review=check.review)
    with tempfile.TemporaryDirectory(prefix="matchframe-heat-") as folder:
        files = [_files(pair, Path(folder) / str(pair.pk)) for pair in ready]

        def keep(position: int, measured: dict[str, Any]) -> None:
            pair = ready[position]
            pair.pictures = "\n".join(_store_pictures(measured))
            floor = check.noise.get("gate")
            judged = parity.classify(measured, family=family, key=pair.key, dry_run=trial, noise=floor)
            if check.review:
                judged = parity_review.doubted(judged, check.review["kind"])
            _keep(check, pair, judged, measured)

        measure.measure_pairs(files, on_result=keep)


def _files(pair: Pair, heat: Path) -> measure.PairFiles:
    heat.mkdir()
    return measure.PairFiles(
        wiring.artifact_path(pair.left.video),
        wiring.artifact_path(pair.right.video),
        _raw(pair.left),
        _raw(pair.right),
        heat,
        frames=True,
    )


def _raw(item: Item) -> RawDigests | None:
    return RawDigests(item.raw_frames, item.raw_samples or None) if item.raw_frames else None


def _store_pictures(measured: dict[str, Any]) -> list[str]:
    """Move the worst frames, both sides and their difference, into the artifact store; the record then names digests,
    not paths."""
    kept = []
    for frame in (measured.get("video") or {}).get("worst_frames", []):
        for name in PICTURES:
            if frame.get(name):
                frame[name] = wiring.artifacts().put_file(Path(frame[name]))
                kept.append(frame[name])
    return kept


def _keep(check: Check, pair: Pair, judged: PairJudgement, measured: dict[str, Any]) -> None:
    pair.pair_class, pair.verdict = judged.pair_class, judged.verdict
    pair.reasons, pair.primary = list(judged.reasons), _counted(judged.primary, check.noise)
    pair.severity = judged.severity
    pair.needs_person = judged.needs_person
    pair.measurement = measured
    pair.save()
    Check.objects.filter(pk=check.pk).update(version=F("version") + 1)


def _counted(primary: dict[str, Any], floor: dict[str, Any]) -> dict[str, Any]:
    """The primary measure with its difference in multiples of the whole noise floor, also where that is too wide to
    widen a class."""
    value = primary["value"] if primary["metric"] == "ssim_mean" else None
    return {**primary, "in_noise": noise_floor.in_noise(value, floor)}


def _conclude(check: Check) -> None:
    pairs = list(check.pairs.select_related("left", "right").order_by("position"))
    rules = {**policy.merged(check.project.policy), "on_trial": gates.dry(parity_gates.trials(check.project))}
    verdict = parity_verdict.of(check, pairs, rules)
    record = _record(check, pairs, verdict, rules)
    with transaction.atomic():
        locked = Check.objects.select_for_update().get(pk=check.pk)
        locked.state, locked.judged_at = "judged", timezone.now()
        for name in ("verdict", "sentence", "reasons", "counts", "requirements"):
            setattr(locked, name, verdict[name])
        locked.cause = parity_verdict.cause(pairs) if verdict["verdict"] in ("error", "fail") else ""
        locked.rules = rules
        locked.evidence = put_json(wiring.artifacts(), record)
        locked.save()
        parity_outcome.refresh(locked)
        if locked.kind == "noise":
            parity_noise.settle(locked)
        detail = {"verdict": locked.verdict, "evidence": locked.evidence}
        audit.note(check.project, MATCHFRAME, "check.judge", "check", check.id, detail=detail)


def _record(check: Check, pairs: list[Pair], verdict: dict[str, Any], rules: dict[str, Any]) -> dict[str, Any]:
    """The evidence: everything that was judged and how, by digest."""
    return {
        "format": "matchframe/evidence/1",
        "check": check.id,
        "kind": check.kind,
        "document_digest": check.digest,
        "revision": check.revision,
        "policy": policy.version(check.project.policy),
        "on_trial": rules["on_trial"],
        "plan": check.plan,
        "noise": check.noise,
        **({"review": check.review} if check.review else {}),
        "sides": {name: _side(run) for name, run in (("left", check.left), ("right", check.right))},
        "pairs": [_pair_record(pair) for pair in pairs],
        **verdict,
    }


def _side(run: Run) -> dict[str, Any]:
    return {
        "run": run.id,
        "name": run.name,
        "target": run.target.slug,
        "manifest": run.manifest,
        "inputs": run.inputs_digest,
    }


def _pair_record(pair: Pair) -> dict[str, Any]:
    return {
        "key": pair.key,
        "preview": pair.preview,
        "labels": pair.labels,
        "class": pair.pair_class,
        "verdict": pair.verdict,
        "reasons": pair.reasons,
        "primary": pair.primary,
        "left": _item_record(pair.left),
        "right": _item_record(pair.right),
    }


def _item_record(item: Item) -> dict[str, Any]:
    kept = {"item": item.id, "video": item.video, "frames": item.raw_frames, "samples": item.raw_samples}
    return {**kept, "request": item.request, "result": item.result}
