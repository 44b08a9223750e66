"""The subcommands of `manage.py parity` that ask further questions about a preset's sides: how noisy each is."""

from __future__ import annotations

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from presets_app.core import evidence_page
from presets_app.core.errors import Conflict, Invalid, NotFound
from presets_app.management import waiting
from presets_app.management.acting import actor, project_of
from presets_app.management.json_command import DONE, REFUSED, Answer, Fill, taking
from presets_app.queries import parity_bisect, parity_evidence, parity_ladder, parity_looks, projects
from presets_app.queries import parity_noise as floors
from presets_app.services import parity_ladder as trying
from presets_app.services import parity_noise


def _measuring(parser: ArgumentParser) -> None:
    taking("preset", "target")(parser)
    parser.add_argument("--inputs", required=True, help="the set whose first items are rendered")
    parser.add_argument("--count", type=int, default=parity_noise.USUAL, help="how many of them")
    example = "the benign change, such as /runtime/vae_tiling=true"
    parser.add_argument("--change", default="", metavar="PATH=VALUE", help=example)
    parser.add_argument("--no-change", action="store_true", help="only the same request again")
    waiting.arguments(parser)


def _trying(parser: ArgumentParser) -> None:
    taking("id", "path")(parser)
    parser.add_argument(
        "--count", type=int, default=parity_ladder.TESTED, help="how many of the pairs that differ most"
    )
    waiting.arguments(parser)


class Questions:
    """Mixed into the command; `say` is the command's."""

    questions: dict[str, tuple[str, Fill]] = {
        "noise": ("Measure how far one side is from itself.", _measuring),
        "looks": ("Looks that people accepted, input by input.", taking("preset", "--key")),
        "why": ("Where the two sides of a check differ, the most telling first.", taking("id", "--key")),
        "try": ("Render a few inputs with the other side's value at one place.", _trying),
        "bisect": ("Which change of a side's pins broke it.", taking("preset", "target", "--good", "--bad")),
        "evidence": ("The whole evidence of a check, as JSON or as files.", taking("id", "--out")),
        "floors": ("The noise floors of every preset and side.", taking("--preset")),
    }

    def say(self, text: str) -> None:
        raise NotImplementedError

    def do_noise(self, *, preset: str, target: str, **options: Any) -> Answer:
        project = project_of(options)
        found, side = projects.preset(project, preset), projects.target(project, target)
        chosen = projects.input_set(project, options["inputs"])
        change = {} if options["no_change"] else _change(options["change"])
        person = actor(project, options, self.say)
        waiting.require_queue()
        floor = parity_noise.measure(found, side, chosen, person, count=options["count"], change=change)
        if options["wait"]:
            for check in (floor.again, floor.benign):
                if check is not None:
                    waiting.for_check(check, self.say, options["timeout"])
            floor.refresh_from_db()
        row = floors.row_of(found, side, floor, floors.facts_of(found, side))
        return _plain(row), REFUSED if row["state"] == "failed" else DONE

    def do_looks(self, *, preset: str, key: str, **options: Any) -> Answer:
        found = projects.preset(project_of(options), preset)
        return {"looks": [parity_looks.row(look) for look in parity_looks.listed(found, key)]}, DONE

    def do_why(self, *, id: str, key: str, **options: Any) -> Answer:
        check = projects.check(project_of(options), id)
        rows = check.pairs.select_related("left", "right")
        pair = rows.filter(key=key).first() if key else next(iter(parity_ladder.worst(check, 1)), None)
        if pair is None:
            raise NotFound("This check has no such pair.", code="pair_not_found")
        known = parity_ladder.tests(check)
        rungs = [{**rung.as_json(), "test": known.get(rung.path)} for rung in parity_ladder.of_pair(check, pair)]
        return {"check": check.id, "key": pair.key, "rungs": rungs}, DONE

    def do_try(self, *, id: str, path: str, count: int, **options: Any) -> Answer:
        project = project_of(options)
        check = projects.check(project, id)
        person = actor(project, options, self.say)
        waiting.require_queue()
        made = trying.try_rung(check, person, path, count=count)
        if options["wait"]:
            waiting.for_check(made, self.say, options["timeout"])
        return {"check": made.id, "of": check.id, "path": path, **parity_ladder.tests(check)[path]}, DONE

    def do_bisect(self, *, preset: str, target: str, good: str, bad: str, **options: Any) -> Answer:
        project = project_of(options)
        found = parity_bisect.of_side(projects.preset(project, preset), projects.target(project, target), good, bad)
        for row in found["manifests"]:
            row["at"] = row["at"].isoformat(timespec="seconds")
        return found, DONE

    def do_evidence(self, *, id: str, out: str, **options: Any) -> Answer:
        check = projects.check(project_of(options), id)
        if check.state != "judged":
            raise Conflict("The check is not judged yet; there is no evidence to take away.", code="not_judged")
        found = parity_evidence.bundle(check)
        if not out:
            return found, DONE
        folder = Path(out)
        folder.mkdir(parents=True, exist_ok=True)
        files = [folder / f"check-{check.id}.{suffix}" for suffix in ("json", "html")]
        files[0].write_text(json.dumps(found, allow_nan=False, indent=2, sort_keys=True) + "\n", encoding="utf-8")
        files[1].write_text(evidence_page.page(found, parity_evidence.pictures(found)), encoding="utf-8")
        return {"check": check.id, "outcome": check.outcome, "files": [str(place) for place in files]}, DONE

    def do_floors(self, *, preset: str, **options: Any) -> Answer:
        return {"floors": [_plain(row) for row in floors.listed(project_of(options), preset)]}, DONE


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {**row, "at": row["at"].isoformat(timespec="seconds") if row["at"] else None}


def _change(text: str) -> dict[str, Any] | None:
    if not text:
        return None
    path, sign, value = text.partition("=")
    if not sign or not path.startswith("/"):
        hint = "For example /runtime/vae_tiling=true."
        raise Invalid("Write a change as PATH=VALUE.", code="change_unknown", hint=hint)
    try:
        return {path: json.loads(value)}
    except ValueError:
        return {path: value}
