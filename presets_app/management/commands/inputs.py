"""`manage.py inputs`: frozen lists of what to render."""

from __future__ import annotations

from argparse import ArgumentParser
from collections import Counter
from typing import Any

from presets_app.core.documents import INPUT_SET_LIMITS, parse
from presets_app.core.errors import Invalid
from presets_app.core.inputs import inputs_digest, validate_inputs
from presets_app.core.problems import Problem, has_errors
from presets_app.management.acting import decider, project_of
from presets_app.management.json_command import COULD_NOT, DONE, REFUSED, Answer, FeatureCommand, read_file, taking
from presets_app.queries import listing, projects, rows
from presets_app.services import inputs as service


def _freezing(parser: ArgumentParser) -> None:
    parser.add_argument("file")
    parser.add_argument("--replace", action="store_true", help="replace the frozen set of this name")
    parser.add_argument("--reason", default="", help="why it is replaced; needed with --replace")


class Command(FeatureCommand):
    help = "Input sets. check needs no database."
    subcommands = {
        "check": ("What is wrong with a file.", taking("file")),
        "list": ("The frozen sets.", taking("--limit", limit={"type": int, "default": listing.LIMIT})),
        "show": ("One set, with its items.", taking("slug")),
        "freeze": ("Freeze a file as a set.", _freezing),
    }

    def do_check(self, *, file: str, **options: Any) -> Answer:
        parsed = parse(read_file(file), limits=INPUT_SET_LIMITS)
        document = parsed.document
        problems = [*parsed.problems, *(validate_inputs(document) if document is not None else [])]
        told = {"problems": [problem.as_json() for problem in problems]}
        if document is None:
            return {"file": file, "digest": None, **told}, COULD_NOT
        if has_errors(problems):
            return {"file": file, "digest": None, **told}, REFUSED
        return {"file": file, **_about(document), **told}, DONE

    def do_list(self, *, limit: int, **options: Any) -> Answer:
        return listing.input_sets(project_of(options), limit), DONE

    def do_show(self, *, slug: str, **options: Any) -> Answer:
        project = project_of(options)
        found = projects.input_set(project, slug)
        return {**rows.of_input_set(found), "document": service.load(project, slug, found.commit)}, DONE

    def do_freeze(self, *, file: str, replace: bool, reason: str, **options: Any) -> Answer:
        project = project_of(options)
        parsed = parse(read_file(file), limits=INPUT_SET_LIMITS)
        if parsed.document is None:
            raise Invalid.of(parsed.problems)
        frozen = service.freeze(project, decider(project, options), parsed.document, reason=reason, replace=replace)
        notes: list[Problem] = validate_inputs(parsed.document)
        return {**rows.of_input_set(frozen), "problems": [problem.as_json() for problem in notes]}, DONE


def _about(document: dict[str, Any]) -> dict[str, Any]:
    items = document["items"]
    labels = Counter(label for item in items for label in item.get("labels", []))
    kept = sum(bool(item.get("local_only")) for item in items)
    named = {"name": document["name"], "kind": document["kind"], "items": len(items), "local_only": kept}
    return {**named, "labels": dict(sorted(labels.items())), "digest": inputs_digest(document)}
