"""`manage.py parity`: plan a sample, compare two targets input by input, decide what a person must decide."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from presets_app.core import parity_bounds, sampling
from presets_app.core.errors import Invalid
from presets_app.core.inputs import ITEM_LIMIT
from presets_app.core.parity_review import KEYS
from presets_app.core.permissions import Actor
from presets_app.management import waiting
from presets_app.management.acting import actor, decider, project_of
from presets_app.management.json_command import DONE, REFUSED, Answer, FeatureCommand, taking
from presets_app.management.parity_questions import Questions
from presets_app.queries import listing, parity_costs, parity_review, parity_streak, projects, rows
from presets_app.services import decisions, parity_anything, parity_outcome, ticks
from presets_app.services import parity as service

WHOLE = {"type": int, "required": True}


def _planning(parser: ArgumentParser) -> None:
    parser.add_argument("--batch", type=int, required=True, help="how many items the batch has")
    parser.add_argument("--standard", default="standard", help="smoke, standard or release")
    parser.add_argument("--percent", type=int, default=5, help="1 to 5")


def _stating(parser: ArgumentParser) -> None:
    taking("--batch", "--sample", "--failed", batch=WHOLE, sample=WHOLE, failed=WHOLE)(parser)
    parser.add_argument("--confidence", type=float, default=parity_bounds.CONFIDENCE)


def _checking(parser: ArgumentParser) -> None:
    parser.add_argument("preset")
    for name, text in (("left", "a target"), ("right", "another"), ("inputs", "the batch to draw from")):
        parser.add_argument(f"--{name}", required=True, help=text)
    parser.add_argument("--preview", default="", help="a preview set that is compared too, and reported apart")
    parser.add_argument("--percent", type=int, default=5, help="1 to 5")
    parser.add_argument("--standard", default="", help="the project's policy says which when left out")
    parser.add_argument("--override", type=int, metavar="N", help="a sample of N in place of the standard's minimum")
    parser.add_argument("--reason", default="", help="why the minimum is overridden")
    parser.add_argument("--seed", type=int, help="what the sample is drawn by; chosen and recorded when left out")
    parser.add_argument("--revision", default="", help="a commit or number; the newest when left out")
    parser.add_argument("--note", default="")
    waiting.arguments(parser)


def _deciding(parser: ArgumentParser) -> None:
    taking("id", "key")(parser)
    parser.add_argument("choice", choices=decisions.CHOICES)
    parser.add_argument("--reason", default="", help="what you saw; it is kept with the decision")


def _ticking(parser: ArgumentParser) -> None:
    parser.add_argument("id")
    parser.add_argument("area", help=f"one of: {', '.join(KEYS)}")
    parser.add_argument("--note", default="", help="what you saw; it is kept with the tick")
    parser.add_argument("--undo", action="store_true", help="take the tick back")


def _extending(parser: ArgumentParser) -> None:
    taking("id", "more", more={"type": int})(parser)
    waiting.arguments(parser)


def _repeating(parser: ArgumentParser) -> None:
    taking("id")(parser)
    parser.add_argument(
        "--same-seeds", action="store_true", help="for a cold start; without it every input gets a new seed"
    )
    waiting.arguments(parser)


def _comparing(parser: ArgumentParser) -> None:
    for side in ("left", "right"):
        words = "run:ID, PRESET[@REVISION]/TARGET, baseline:PRESET/TARGET or pins:PRESET/TARGET@COMMIT"
        parser.add_argument(f"--{side}", required=True, metavar="SIDE", help=words)
    parser.add_argument("--inputs", default="", help="what is rendered now; without it, what the other side was")
    parser.add_argument("--count", type=int, default=parity_anything.MOST, help="at most so many inputs")
    parser.add_argument("--note", default="")
    waiting.arguments(parser)


class Command(FeatureCommand, Questions):
    help = "Parity checks. plan and sentence need no database."
    subcommands = {
        "plan": ("How many pairs to compare, and why.", _planning),
        "sentence": ("What a sample says about its batch.", _stating),
        "check": ("Render a sample on two targets and judge it.", _checking),
        "list": ("The newest checks.", taking("--limit", limit={"type": int, "default": listing.LIMIT})),
        "show": ("One check, with its pairs and decisions.", taking("id")),
        "decide": ("Accept or reject a pair that needs a person.", _deciding),
        "tick": ("Tick what you looked at, where no number decides.", _ticking),
        "extend": ("Compare more items of the same draw.", _extending),
        "again": ("The same check once more, with new seeds.", _repeating),
        "compare": ("Two sides of any kind, input by input.", _comparing),
        **Questions.questions,
    }

    def do_plan(self, *, batch: int, standard: str, percent: int, **options: Any) -> Answer:
        _refuse_huge(batch)
        return sampling.plan(batch, percent, standard).as_json(), DONE

    def do_sentence(self, *, batch: int, sample: int, failed: int, confidence: float, **options: Any) -> Answer:
        _refuse_huge(batch)
        try:
            return parity_bounds.sentence(batch, sample, failed, confidence).as_json(), DONE
        except ValueError as error:
            raise Invalid(f"These numbers contradict each other: {error}.", code="numbers_contradict") from None

    def do_check(self, *, preset: str, left: str, right: str, **options: Any) -> Answer:
        project = project_of(options)
        override: int | None = options["override"]
        person = decider(project, options) if override is not None else actor(project, options, self.say)
        found = projects.preset(project, preset)
        wish = service.Wish(
            found,
            projects.target(project, left),
            projects.target(project, right),
            projects.input_set(project, options["inputs"]),
            revision=listing.revision(found, options["revision"]).commit,
            preview=projects.input_set(project, options["preview"]) if options["preview"] else None,
            percent=options["percent"],
            standard=options["standard"],
            override=override,
            reason=options["reason"],
            seed=options["seed"],
            note=options["note"],
        )
        waiting.require_queue()
        return self._followed(service.start(wish, person), options)

    def do_list(self, *, limit: int, **options: Any) -> Answer:
        return listing.checks(project_of(options), limit), DONE

    def do_show(self, *, id: str, **options: Any) -> Answer:
        return _shown(projects.check(project_of(options), id)), DONE

    def do_decide(self, *, id: str, key: str, choice: str, reason: str, **options: Any) -> Answer:
        project = project_of(options)
        check = projects.check(project, id)
        pair = decisions.decide(check, decider(project, options), key, choice, reason)
        check.refresh_from_db()
        return {"check": check.id, "outcome": check.outcome, "undecided": check.undecided, **rows.of_pair(pair)}, DONE

    def do_tick(self, *, id: str, area: str, note: str, undo: bool, **options: Any) -> Answer:
        project = project_of(options)
        check = ticks.tick(projects.check(project, id), decider(project, options), area, done=not undo, note=note)
        standing = {"check": check.id, "outcome": check.outcome, "undecided": check.undecided}
        return {**standing, "review": parity_review.as_json(check)}, DONE

    def do_extend(self, *, id: str, more: int, **options: Any) -> Answer:
        project = project_of(options)
        check = projects.check(project, id)
        person: Actor = actor(project, options, self.say)
        if more < 1:
            raise Invalid("Say how many more items to compare.", code="no_inputs")
        waiting.require_queue()
        service.extend(check, person, more)
        return self._followed(check, options)

    def do_again(self, *, id: str, same_seeds: bool, **options: Any) -> Answer:
        project = project_of(options)
        person: Actor = actor(project, options, self.say)
        waiting.require_queue()
        return self._followed(service.again(projects.check(project, id), person, fresh=not same_seeds), options)

    def do_compare(self, *, left: str, right: str, inputs: str, count: int, note: str, **options: Any) -> Answer:
        project = project_of(options)
        person: Actor = actor(project, options, self.say)
        one, other = (parity_anything.side_named(project, words) for words in (left, right))
        chosen = projects.input_set(project, inputs) if inputs else None
        waiting.require_queue()
        made = parity_anything.compare(one, other, person, chosen=chosen, count=count, note=note)
        return self._followed(projects.check(project, made.id), options)

    def _followed(self, check: Any, options: dict[str, Any]) -> Answer:
        """The check as it stands; with --wait, as it was judged, and refused unless that is good."""
        if not options["wait"]:
            check.refresh_from_db()
            return _shown(check), DONE
        waiting.for_check(check, self.say, options["timeout"])
        return _shown(check), DONE if check.outcome in parity_outcome.GOOD else REFUSED


def _refuse_huge(batch: int) -> None:
    if batch > ITEM_LIMIT:
        text = f"A batch of {batch:,} is more than the {ITEM_LIMIT:,} items that an input set holds."
        raise Invalid(text, code="batch_too_large", hint="Plan for each set.")


def _shown(check: Any) -> dict[str, Any]:
    row = parity_streak.of_check(check)
    streak = {"count": row.count, "needed": row.needed, "met": row.met, "checks": list(row.checks), "text": row.text}
    standing = {"standing": check.standing, "streak": streak, "costs": parity_costs.of_check(check)}
    standing["review"] = parity_review.as_json(check)
    return {**rows.of_check(check), **standing, "pairs": rows.pairs(check), "decisions": rows.decisions(check)}
