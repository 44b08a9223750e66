"""`manage.py manifests`: what a preset is pinned to on a target, whether that is still so, and how to rebuild it."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from presets_app.core import diff, environments, manifest
from presets_app.core.documents import parse
from presets_app.core.errors import Invalid
from presets_app.core.problems import Problem, has_errors
from presets_app.management import asking
from presets_app.management.acting import actor, decider, project_of
from presets_app.management.json_command import DONE, REFUSED, Answer, FeatureCommand, read_file, taking
from presets_app.queries import listing, outputs, projects, rows
from presets_app.services import manifests as service

Document = dict[str, Any]


def _asking(parser: ArgumentParser) -> None:
    taking("preset", "target", "--revision", "--timeout", timeout=asking.TIMEOUT)(parser)
    parser.add_argument("--no-probe", action="store_true", help="take the target's last answer; do not ask again")


def _declaring(parser: ArgumentParser) -> None:
    taking("preset", "target")(parser)
    parser.add_argument("name", help="SECTION.NAME, for example driver.driver")
    parser.add_argument("value")


def _exporting(parser: ArgumentParser) -> None:
    taking("preset", "target")(parser)
    # Behind this subcommand --as is a form; a person is named in front of it.
    parser.add_argument("--as", choices=tuple(environments.FORMS), required=True, dest="form")
    parser.add_argument("--commit", default="", help="the manifest as this commit holds it; the newest when left out")


class Command(FeatureCommand):
    help = "Manifests: the pins of a preset on a target."
    subcommands = {
        "capture": ("Ask the target what it is, and pin the preset to that.", _asking),
        "show": ("The pins of one side.", taking("preset", "target")),
        "output": ("The pins and seeds that one output was rendered with.", taking("run", "key")),
        "diff": ("What differs between two, each a file or PRESET/TARGET.", taking("left", "right")),
        "verify": ("Ask again, and compare with what is pinned.", _asking),
        "declare": ("State a pin that the target does not tell.", _declaring),
        "export": ("The environment, for the tool that rebuilds it.", _exporting),
    }

    def do_capture(self, *, preset: str, target: str, revision: str, **options: Any) -> Answer:
        project = project_of(options)
        person = actor(project, options, self.say)
        person.must("manifest.pin")
        found, side = projects.preset(project, preset), projects.target(project, target)
        commit = listing.revision(found, revision).commit
        self._ask(side, options)
        pinned = service.pin(found, side, person, commit)
        return _shown(pinned, service.pinned(found, target)), DONE

    def do_show(self, *, preset: str, target: str, **options: Any) -> Answer:
        found = projects.preset(project_of(options), preset)
        return _shown(listing.manifest(found, target), service.pinned(found, target)), DONE

    def do_output(self, *, run: str, key: str, **options: Any) -> Answer:
        found = outputs.item(projects.run(project_of(options), run), key)
        return outputs.pins(found), DONE

    def do_diff(self, *, left: str, right: str, **options: Any) -> Answer:
        one, other = (_named(text, options) for text in (left, right))
        return _compared(one, other), DONE

    def do_verify(self, *, preset: str, target: str, revision: str, **options: Any) -> Answer:
        project = project_of(options)
        found, side = projects.preset(project, preset), projects.target(project, target)
        pinned = service.pinned(found, target)
        self._ask(side, options)
        commit = listing.revision(found, revision).commit
        about = {"preset": preset, "target": target}
        try:
            now = manifest.carried_over(service.capture(found, side, commit), pinned)
        except Invalid as error:
            # What cannot even be captured is not what was pinned.
            told = [problem.as_json() for problem in error.problems]
            return {**about, "same": False, "left": manifest.digest(pinned), "changes": [], "problems": told}, REFUSED
        value = _compared(pinned, now)
        return {**about, **value}, DONE if value["same"] else REFUSED

    def do_declare(self, *, preset: str, target: str, name: str, value: str, **options: Any) -> Answer:
        project = project_of(options)
        found, side = projects.preset(project, preset), projects.target(project, target)
        made = service.declare(found, side, decider(project, options), name, value)
        return _shown(made, service.pinned(found, target)), DONE

    def do_export(self, *, preset: str, target: str, form: str, commit: str, **options: Any) -> Answer:
        found = projects.preset(project_of(options), preset)
        document = service.at(found, target, commit) if commit else service.pinned(found, target)
        made = environments.FORMS[form](document)
        problems = [problem.as_json() for problem in made.problems]
        about = {"preset": preset, "target": target, "as": form, "digest": manifest.digest(document)}
        code = REFUSED if has_errors(made.problems) else DONE
        return {**about, "name": made.name, "text": made.text, "problems": problems}, code

    def words(self, value: Document, **options: Any) -> None:
        """An environment for people is the file itself; what is missing from it is said beside it."""
        if options["action"] == "export" and value.get("text"):
            for problem in value["problems"]:
                self.say(f"{problem['severity']}: {problem['message']} {problem['hint']}")
            self.stdout.write(value["text"], ending="")
        else:
            super().words(value, **options)

    def _ask(self, target: Any, options: Document) -> None:
        if not options["no_probe"]:
            asking.ask(target, self.say, options["timeout"])


def _shown(row: Any, document: Document) -> Document:
    gaps = manifest.is_complete(document)
    return {**rows.of_manifest(row), "manifest": document, "problems": [problem.as_json() for problem in gaps]}


def _compared(one: Document, other: Document) -> Document:
    found = manifest.differences(one, other)
    changes = [{**change.as_json(), "sentence": diff.sentence(change)} for change in found]
    digests = {"left": manifest.digest(one), "right": manifest.digest(other)}
    return {"same": not found, **digests, "changes": changes, "problems": []}


def _named(text: str, options: Document) -> Document:
    """A manifest file, or the one pinned for PRESET/TARGET, as a commit holds it with PRESET/TARGET@COMMIT."""
    if Path(text).is_file():
        return _from_file(text)
    side, _, commit = text.partition("@")
    preset, separator, target = side.partition("/")
    if not separator:
        hint = "Name a file, or PRESET/TARGET, or PRESET/TARGET@COMMIT."
        raise Invalid(f"{text[:80]!r} names no manifest.", code="manifest_unnamed", hint=hint)
    found = projects.preset(project_of(options), preset)
    return service.at(found, target, commit) if commit else service.pinned(found, target)


def _from_file(name: str) -> Document:
    parsed = parse(read_file(name))
    problems: list[Problem] = list(parsed.problems)
    if parsed.document is None:
        raise Invalid.of(problems)
    document = parsed.document
    # What `manifests show --json` wrote holds the manifest beside other facts.
    inner = document.get("manifest")
    document = inner if isinstance(inner, dict) else document
    problems += manifest.validate_manifest(document)
    if has_errors(problems):
        raise Invalid.of(problems)
    return document
