"""`manage.py presets`: look at presets, save them, bring them in and take them out."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from presets_app.core import diff
from presets_app.core.documents import document_digest, parse, slug_of, to_json_bytes, to_yaml_bytes
from presets_app.core.errors import Invalid, NotFound, Unavailable
from presets_app.core.lints import review
from presets_app.core.losses import Loss
from presets_app.core.problems import Problem, has_errors
from presets_app.management import mending
from presets_app.management.acting import decider, project_of
from presets_app.management.json_command import COULD_NOT, DONE, REFUSED, Answer, FeatureCommand, read_file, taking
from presets_app.queries import listing, projects, rows, variables
from presets_app.services import bringing_assets, converting, drafting, embedded
from presets_app.services import presets as service
from presets_app.services.bringing_assets import Given

Document = dict[str, Any]
LIMIT = {"type": int, "default": listing.LIMIT, "help": "how many, newest first"}
REVISION = {"metavar": "REVISION", "help": "a commit, its first digits, a number; the newest when left out"}
FORMATS = {"json": to_json_bytes, "yaml": to_yaml_bytes}


def _exporting(parser: ArgumentParser) -> None:
    taking("slug", "--revision", revision=REVISION)(parser)
    parser.add_argument("--format", choices=sorted(FORMATS), default="json", dest="form")


def _saving(parser: ArgumentParser) -> None:
    taking("file", "--message", "--preset", "--expected")(parser)
    _assets(parser)


def _importing(parser: ArgumentParser) -> None:
    taking("file", "--message")(parser)
    _assets(parser)


def _assets(parser: ArgumentParser) -> None:
    text = "a picture, video or sound that the preset names; may be given several times"
    parser.add_argument("--asset", action="append", default=[], dest="assets", metavar="FILE", help=text)


class Command(FeatureCommand):
    help = "Presets. check, fix, diff and convert need no database."
    subcommands = {
        "check": ("What is wrong with a preset file.", mending.checking),
        "fix": ("A preset file with one kind of problem mended.", mending.fixing),
        "diff": ("What differs between two preset files, by meaning.", taking("left", "right")),
        "convert": ("A file in another form, either way.", taking("file", "--to", to={"required": True})),
        "list": ("The presets, newest change first.", taking("--limit", limit=LIMIT)),
        "show": ("One preset, with its document.", taking("slug", "--revision", revision=REVISION)),
        "save": ("Save a file as a new preset or revision.", _saving),
        "import": ("Bring a file in as a new preset.", _importing),
        "history": ("The revisions of a preset.", taking("slug", "--limit", limit=LIMIT)),
        "restore": ("Save an old revision as the newest.", taking("slug", "revision", "--message")),
        "export": ("The document of a preset as a file.", _exporting),
    }

    def do_check(self, *, file: str, target: str, **options: Any) -> Answer:
        document, problems = _read(file)
        if document is None:
            return {"file": file, "digest": None, "problems": _told(problems)}, COULD_NOT
        more: list[Problem] = []
        if target:
            more = variables.lacking(projects.target(project_of(options), target), document)
        return mending.checked(file, document, problems, more)

    def do_fix(self, *, file: str, code: str, path: str | None, **options: Any) -> Answer:
        return mending.fixed(file, code, path)

    def do_diff(self, *, left: str, right: str, **options: Any) -> Answer:
        (one, faults), (other, more) = _read(left), _read(right)
        if one is None or other is None:
            return {"changes": None, "problems": _told([*faults, *more])}, COULD_NOT
        found = diff.changes(one, other)
        value = {
            "same": not found,
            "summary": diff.summary(found),
            "changes": [{**change.as_json(), "sentence": diff.sentence(change)} for change in found],
            "left": document_digest(one),
            "right": document_digest(other),
            "problems": _told([*faults, *more]),
        }
        return value, DONE

    def do_convert(self, *, file: str, to: str, **options: Any) -> Answer:
        if to not in converting.FORMS:
            hint = f"Known: {', '.join(converting.FORMS)}."
            raise NotFound(f"There is no form of the name {to[:40]!r}.", code="form_unknown", hint=hint)
        key = "document" if to == converting.DOCUMENT else "output"
        try:
            found = _converted(file)
        except (Invalid, Unavailable) as error:
            code = REFUSED if error.code.startswith("secret") else COULD_NOT
            return {key: None, "problems": _told(list(error.problems)), "losses": []}, code
        if any(fault.code.startswith("secret") for fault in found.problems):
            return {key: None, "problems": _told(found.problems), "losses": []}, REFUSED
        if to == converting.DOCUMENT or found.document is None:
            held = {key: found.document, "problems": _told(found.problems), "losses": _fates(found.losses)}
            return held, REFUSED if found.document is None or has_errors(found.problems) else DONE
        return self._exported(found, found.document, to)

    def _exported(self, found: converting.Converted, document: Document, to: str) -> Answer:
        try:
            made = converting.to_form(document, to)
        except Invalid as error:
            return {"output": None, "losses": [], "problems": _told(list(error.problems))}, REFUSED
        own = {problem.path for problem in made.problems}
        problems = [*made.problems, *(fault for fault in found.problems if fault.path not in own)]
        held = {"output": made.output, "losses": _fates(made.losses), "problems": _told(problems)}
        return held, REFUSED if has_errors(problems) else DONE

    def do_list(self, *, limit: int, **options: Any) -> Answer:
        return listing.presets(project_of(options), limit), DONE

    def do_show(self, *, slug: str, revision: str, **options: Any) -> Answer:
        preset = projects.preset(project_of(options), slug)
        found = listing.revision(preset, revision)
        document = service.load(preset.project, slug, found.commit)
        shown = {**rows.of_preset(preset), "revision": rows.of_revision(found), "document": document}
        return {**shown, "problems": _told(review(document))}, DONE

    def do_save(self, *, file: str, message: str, preset: str, expected: str, **options: Any) -> Answer:
        project = project_of(options)
        document, problems = _must_read(file)
        person = decider(project, options)
        files = _given(options["assets"])
        kept = bringing_assets.keep(person, document, files, known=service.known_secrets(project))
        document = kept.document
        slug = preset or slug_of(document.get("name", ""))
        if preset:
            projects.preset(project, preset)
        saved = service.save(project, person, document, message=message, slug=slug, expected=expected or None)
        return _saved(saved, [*problems, *kept.problems, *review(document)]), DONE

    def do_import(self, *, file: str, message: str, assets: list[str], **options: Any) -> Answer:
        project = project_of(options)
        files = _given([file, *assets])
        saved, draft = drafting.bring(project, decider(project, options), files, message=message)
        return _saved(saved, [*draft.problems, *draft.off]), DONE

    def do_history(self, *, slug: str, limit: int, **options: Any) -> Answer:
        preset = projects.preset(project_of(options), slug)
        return {"preset": preset.slug, **listing.history(preset, limit)}, DONE

    def do_restore(self, *, slug: str, revision: str, message: str, **options: Any) -> Answer:
        project = project_of(options)
        preset = projects.preset(project, slug)
        old = listing.revision(preset, revision)
        saved = service.restore(project, decider(project, options), preset, old.commit, message=message)
        return _saved(saved, []), DONE

    def do_export(self, *, slug: str, revision: str, form: str, **options: Any) -> Answer:
        preset = projects.preset(project_of(options), slug)
        found = listing.revision(preset, revision)
        document = service.load(preset.project, slug, found.commit)
        text = FORMATS[form](document).decode()
        about = {"preset": preset.slug, "revision": found.commit, "digest": found.digest, "format": form}
        return {**about, "document": document, "text": text}, DONE

    def words(self, value: Document, **options: Any) -> None:
        """An export for people is the file itself, to be written where they like."""
        if options["action"] == "export" and "text" in value:
            self.stdout.write(value["text"], ending="")
        else:
            super().words(value, **options)


def _read(file: str) -> tuple[Document | None, list[Problem]]:
    parsed = parse(read_file(file))
    return parsed.document, list(parsed.problems)


def _converted(file: str) -> converting.Converted:
    """A video may be of any size: it is not read into this process."""
    if file != "-" and embedded.is_video(Path(file)):
        return converting.named_after(file, converting.of_video(Path(file)))
    return converting.named_after(file, converting.to_document(read_file(file), name=file))


def _fates(losses: list[Loss]) -> list[Document]:
    return [loss.as_json() for loss in losses]


def _must_read(file: str) -> tuple[Document, list[Problem]]:
    document, problems = _read(file)
    if document is None:
        raise Invalid.of(problems)
    return document, problems


def _given(names: list[str]) -> list[Given]:
    return [Given(Path(name).name, read_file(name)) for name in names]


def _saved(revision: Any, problems: list[Problem]) -> Document:
    return {"preset": revision.preset.slug, **rows.of_revision(revision), "problems": _told(problems)}


def _told(problems: list[Problem]) -> list[dict[str, str]]:
    return [problem.as_json() for problem in problems]
