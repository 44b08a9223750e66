"""The one table of what events are called: words for people, and the state whose mark each carries."""

from __future__ import annotations

from typing import Any

from presets_app.models import AuditEvent
from presets_app.queries.activity_names import Names

WORDS: dict[str, tuple[str, str]] = {
    "project.create": ("Made the project", ""),
    "policy.change": ("Changed the policy", ""),
    "problem.mute": ("Turned off a warning", ""),
    "problem.unmute": ("Turned on a warning", ""),
    "member.change": ("Gave", ""),
    "preset.save": ("Saved", "draft"),
    "inputs.draft": ("Began the input set", "draft"),
    "inputs.freeze": ("Froze the input set", "frozen"),
    "manifest.pin": ("Pinned", "pinned"),
    "manifest.declare": ("Declared pins of", "declared"),
    "run.start": ("Started to render", "running"),
    "run.cancel": ("Cancelled rendering", "cancelled"),
    "run.retry": ("Tried again:", "running"),
    "run.bring": ("Brought in", "done"),
    "run.finish": ("Finished rendering", "finished"),
    "baseline.set": ("Kept as baseline:", "good"),
    "recipe.save": ("Saved the recipe", "draft"),
    "recipe.run": ("Started the recipe", "running"),
    "recipe.choose": ("Chose a frame in", "person"),
    "recipe.again": ("Did a step again of", "running"),
    "recipe.cancel": ("Cancelled the recipe", "cancelled"),
    "recipe.finish": ("Finished the recipe", "finished"),
    "check.start": ("Started a check of", "running"),
    "check.extend": ("Asked for more pairs in the check of", "running"),
    "rung.test": ("Tested a cause of difference of", "running"),
    "noise.measure": ("Measured the noise floor of", "running"),
    "check.judge": ("Judged the check of", "judged"),
    "pair.decide": ("Decided", "person"),
    "check.tick": ("Reviewed the check of", "person"),
    "migration.open": ("Opened the migration of", "open"),
    "migration.attach": ("Attached a check to the migration of", "open"),
    "migration.fill": ("Filled the checklist for", "open"),
    "migration.tick": ("Ticked the checklist for", "open"),
    "migration.approve": ("Approved", "approved"),
    "migration.reject": ("Rejected", "rejected"),
    "migration.withdraw": ("Withdrew", "withdrawn"),
    "release.publish": ("Published", "published"),
    "release.roll_back": ("Rolled back", "rolled_back"),
    "release.lift": ("Let updates through again for", ""),
    "snapshot.take": ("Took a snapshot", "good"),
    "target.add": ("Added the target", ""),
    "target.change": ("Changed the settings of the target", ""),
    "target.set_value": ("Set a value of the target", ""),
    "target.remove_value": ("Removed a value of the target", ""),
    "comment.write": ("Wrote about", "person"),
}
KINDS = [
    ("", "Everything"),
    ("preset", "Presets and releases"),
    ("manifest", "Pins"),
    ("inputs", "Input sets"),
    ("run", "Runs"),
    ("recipe", "Recipes"),
    ("check", "Checks"),
    ("pair", "Decisions on pairs"),
    ("migration", "Migrations"),
    ("snapshot", "Snapshots"),
    ("target", "Targets"),
    ("person", "People"),
    ("policy", "Policy"),
]
SAID_IN_FULL = ("snapshot", "policy")  # kinds whose commits are titled better than we could say here


def state(verb: str, detail: dict[str, Any]) -> str:
    """The state whose mark an event carries, "" for the quiet ring."""
    if verb == "check.judge":
        return str(detail.get("verdict", "judged"))
    if verb == "recipe.finish":
        return str(detail.get("state", "finished"))
    if verb == "run.finish" and detail.get("failed"):
        return "failed"
    return WORDS.get(verb, ("", ""))[1]


def sentence(event: AuditEvent, names: Names) -> str:
    """What was done to what; a verb that the table lacks is told in the event's own words."""
    if event.verb not in WORDS or (event.commit and event.subject_kind in SAID_IN_FULL):
        return event.subject_name or f"{event.verb} {event.subject}"
    name = names.get((event.subject_kind, event.subject)) or event.subject_name or event.subject
    return f"{WORDS[event.verb][0]} {name}{_tail(event)}"


def _tail(event: AuditEvent) -> str:
    detail = event.detail
    if event.verb == "preset.save" and event.subject_name:
        return f": {event.subject_name}"
    if event.verb == "member.change":
        return f" the role {detail.get('role', '')}"
    if event.verb in ("target.set_value", "target.remove_value"):
        return f": {detail.get('name', '')}"
    if event.verb == "check.judge":
        return f": {detail.get('verdict', '')}"
    if event.verb == "run.finish":
        return f": {detail.get('done', 0)} done, {detail.get('failed', 0)} failed"
    return ""
