"""`manage.py runs`: render a preset on a target, and follow it."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from presets_app.core.errors import Conflict, Invalid, NotFound
from presets_app.core.permissions import Actor
from presets_app.management import asking, baselines, waiting
from presets_app.management.acting import actor, decider, project_of
from presets_app.management.json_command import DONE, REFUSED, Answer, FeatureCommand, taking
from presets_app.queries import listing, outputs, projects, rows
from presets_app.services import baselines as keeping
from presets_app.services import inputs, manifests, presets, replaying
from presets_app.services import runs as service
from presets_app.services.requests import Input

waiting_arguments = waiting.arguments

MOST_WITHOUT_SET = 20
SEEDS = 2**64  # a document's seeds lie below


def _starting(parser: ArgumentParser) -> None:
    parser.add_argument("preset")
    parser.add_argument("--target", required=True)
    parser.add_argument("--inputs", default="", help="an input set; without one the preset itself, seed by seed")
    parser.add_argument("--items", type=int, help="how many; 1 without a set, all of a preview set")
    parser.add_argument(
        "--revision", default="", help="a commit, a number, `newest`; left out: what is live, or newest"
    )
    parser.add_argument("--no-pin", action="store_true", help="refuse a preset that was never pinned on the target")
    parser.add_argument("--note", default="")
    waiting_arguments(parser)


def _following(parser: ArgumentParser) -> None:
    parser.add_argument("id")
    parser.add_argument("key", nargs="?", default="", help="one item; all that failed when left out")
    waiting_arguments(parser)


class Command(FeatureCommand):
    help = "Runs: a preset revision, inputs and a target."
    subcommands = {
        "start": ("Render a preset on a target.", _starting),
        "list": ("The newest runs.", taking("--state", "--limit", limit={"type": int, "default": listing.LIMIT})),
        "show": ("One run, with its items.", taking("id")),
        "cancel": ("Stop what has not been rendered yet.", taking("id", "--reason")),
        "retry": ("Try failed items again.", _following),
        "replay": ("Render one output again, from what is kept of it.", _following),
        "baseline": ("The kept first good run, and what a later one does otherwise.", baselines.arguments),
    }

    def do_start(self, *, preset: str, target: str, revision: str, **options: Any) -> Answer:
        project = project_of(options)
        person = actor(project, options, self.say)
        found, place = projects.preset(project, preset), projects.target(project, target)
        commit = self._commit(found, place, revision)
        chosen = projects.input_set(project, options["inputs"]) if options["inputs"] else None
        items = _from_set(chosen, options["items"]) if chosen else _from_preset(found, commit, options["items"])
        waiting.require_queue()
        work = service.Work(found, place, items, "preview", commit, chosen, options["note"])
        run = self._started(work, person, may_pin=not options["no_pin"])
        pins = manifests.standing(found, place)
        for sentence in pins["changes"]:
            self.say(f"{place.name} is no longer what was pinned: {sentence}")
        value, code = self._followed(run, options)
        return {**value, "pins": pins}, code

    def _started(self, work: service.Work, person: Actor, *, may_pin: bool) -> Any:
        """The run. What was never pinned on the target is pinned first, so that one command renders a new preset."""
        try:
            return service.start(work, person)
        except NotFound as error:
            if error.code != "not_pinned" or not may_pin:
                raise
        person.must("manifest.pin")
        self.say(f"{work.preset.name} was never pinned on {work.target.name}: pinning it to what is there now")
        answered = asking.ask(work.target, self.say, asking.SECONDS)
        manifests.pin(work.preset, answered, person, work.revision)
        return service.start(work, person)

    def _commit(self, preset: Any, target: Any, revision: str) -> str:
        """The revision that was named; else what is live on the target; else, said aloud, the newest."""
        if not revision:
            try:
                return service.live_revision(preset, target.slug)
            except NotFound:
                self.say(f"nothing of {preset.name} is live on {target.name}: rendering its newest revision")
        return str(listing.revision(preset, revision or "newest").commit)

    def do_list(self, *, state: str, limit: int, **options: Any) -> Answer:
        return listing.runs(project_of(options), limit, state=state), DONE

    def do_show(self, *, id: str, **options: Any) -> Answer:
        return _shown(projects.run(project_of(options), id)), DONE

    def do_cancel(self, *, id: str, reason: str, **options: Any) -> Answer:
        project = project_of(options)
        run = projects.run(project, id)
        service.cancel(run, actor(project, options, self.say), reason)
        run.refresh_from_db()
        return _shown(run), DONE

    def do_retry(self, *, id: str, key: str, **options: Any) -> Answer:
        project = project_of(options)
        run = projects.run(project, id)
        person = actor(project, options, self.say)
        waiting.require_queue()
        for item in _failed(run, key):
            service.retry(item, person)
        return self._followed(run, options)

    def do_replay(self, *, id: str, key: str, **options: Any) -> Answer:
        project = project_of(options)
        found = outputs.item(projects.run(project, id), key or "1")
        person = actor(project, options, self.say)
        waiting.require_queue()
        value, code = self._followed(replaying.replay(found, person), options)
        return {**value, "of": {"run": id, **baselines.equal(found, value["items"][0])}}, code

    def do_baseline(self, *, preset: str, target: str, **options: Any) -> Answer:
        project = project_of(options)
        if options["chosen"]:
            chosen = projects.run(project, options["chosen"])
            keeping.replace(chosen, decider(project, options), options["reason"])
        found = projects.preset(project, preset), projects.target(project, target)
        return baselines.answer(project, *found, options["against"]), DONE

    def _followed(self, run: Any, options: dict[str, Any]) -> Answer:
        """The run as it stands; with --wait, as it ended, and refused when not everything was rendered."""
        if not options["wait"]:
            run.refresh_from_db()
            return _shown(run), DONE
        waiting.for_run(run, self.say, options["timeout"])
        return _shown(run), DONE if run.state == "done" and run.done == run.total else REFUSED


def _from_set(chosen: Any, count: int | None) -> list[Input]:
    document = inputs.load(chosen.project, chosen.slug, chosen.commit)
    if count is None and document["kind"] != "preview":
        hint = f"Say how many with --items; the set holds {chosen.items}."
        raise Invalid("Nobody said how many items of this batch to render.", code="items_missing", hint=hint)
    items = document["items"][: _positive(count if count is not None else chosen.items)]
    return [Input.of(item, preview=document["kind"] == "preview") for item in items]


def _from_preset(preset: Any, commit: str, count: int | None) -> list[Input]:
    """The preset as it stands, then again with every seed raised by one, two ..."""
    wanted = _positive(1 if count is None else count)
    if wanted > MOST_WITHOUT_SET:
        hint = "Freeze an input set and name it with --inputs."
        raise Invalid(f"At most {MOST_WITHOUT_SET} items run without an input set.", code="inputs_missing", hint=hint)
    stages = presets.load(preset.project, preset.slug, commit)["stages"]
    seeds = {stage["role"]: stage["seed"] for stage in stages if "seed" in stage}
    made = [Input("preset")]
    for step in range(1, wanted):
        raised = {role: (seed + step) % SEEDS for role, seed in seeds.items()}
        made.append(Input(f"seed-plus-{step}", {"seed": raised} if raised else {}))
    return made


def _positive(count: int) -> int:
    if count < 1:
        raise Invalid("A run needs at least one item.", code="no_inputs")
    return count


def _failed(run: Any, key: str) -> list[Any]:
    found = list(run.items.filter(key=key) if key else run.items.filter(state="failed").order_by("position"))
    if key and not found:
        raise NotFound(f"This run has no item {key[:80]}.", code="item_not_found")
    if not found:
        raise Conflict("Nothing of this run has failed.", code="nothing_failed")
    return found


def _shown(run: Any) -> dict[str, Any]:
    return {**rows.of_run(run), "items": rows.items(run)}
