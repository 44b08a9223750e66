"""`manage.py recipes`: documents of steps, and doing them."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from presets_app.core.documents import slug_of
from presets_app.core.errors import Invalid, Unavailable
from presets_app.core.problems import Problem, has_errors
from presets_app.core.recipes import SHAPES, read, recipe_digest, review, shaped, written
from presets_app.core.recipes.shapes import Wish
from presets_app.management import waiting
from presets_app.management.acting import actor, decider, project_of
from presets_app.management.json_command import COULD_NOT, DONE, REFUSED, Answer, FeatureCommand, read_file, taking
from presets_app.queries import recipes as shown
from presets_app.services import recipes as service
from presets_app.services import recipes_acting, recipes_frames

MANY = 50
LIMIT = {"type": int, "default": MANY, "help": "how many, newest first"}
REQUIRED = {"required": True}


def _new(parser: ArgumentParser) -> None:
    parser.add_argument("shape", choices=sorted(SHAPES), metavar="SHAPE", help=", ".join(SHAPES))
    parser.add_argument("name", help="what the recipe is called")
    parser.add_argument("--first", required=True, metavar="PRESET", help="the preset of the first render")
    parser.add_argument("--then", default="", metavar="PRESET", help="the preset of the second render")
    parser.add_argument("--target", required=True, help="where the first step is done")
    parser.add_argument("--then-target", default="", help="where the second one is; the same when left out")
    parser.add_argument("--model", default="", help="a language model, for expand-final")
    parser.add_argument("--endpoint", default="", help="the address of one that is served")
    parser.add_argument("--picture", default="image", help="the second preset's input that a chosen frame becomes")
    parser.add_argument("--out", default="", metavar="FILE", help="write the document there")


def _checking(parser: ArgumentParser) -> None:
    parser.add_argument("file")
    parser.add_argument("--here", action="store_true", help="also what this project lacks for it; needs the database")


def _running(parser: ArgumentParser) -> None:
    taking("recipe", "--note")(parser)
    parser.add_argument("--ask", default="", metavar="STEP", help="choose the frame of this step anew")
    waiting.arguments(parser)


def _choosing(parser: ArgumentParser) -> None:
    taking("id", "step", "--item")(parser)
    parser.add_argument("--frame", type=int, required=True, help="from 0; -1 is the last")
    waiting.arguments(parser)


def _again(parser: ArgumentParser) -> None:
    taking("id", "step", "--reason")(parser)
    waiting.arguments(parser)


class Command(FeatureCommand):
    help = "Recipes: steps that take what earlier steps made. new and check need no database."
    subcommands = {
        "new": ("A recipe of a ready-made shape, as a document.", _new),
        "check": ("What is wrong with a recipe file.", _checking),
        "save": ("Save a file as a new recipe or revision.", taking("file", "--message", "--recipe", "--expected")),
        "list": ("The recipes, newest change first.", taking("--limit", limit=LIMIT)),
        "show": ("A recipe, or one run of it by its id.", taking("name")),
        "run": ("Do a recipe; what was done before is taken over.", _running),
        "choose": ("Choose the frame that a run waits for.", _choosing),
        "again": ("Do a step again that did not finish.", _again),
        "cancel": ("Stop what is not done yet.", taking("id", "--reason")),
    }

    def do_new(self, *, shape: str, name: str, out: str, **options: Any) -> Answer:
        names = ("first", "then", "target", "then_target", "model", "endpoint", "picture")
        document = shaped(shape, Wish(name, **{key: options[key] for key in names}))
        problems = review(document)
        if has_errors(problems):
            raise Invalid.of(problems)
        if out:
            _write(out, written(document).encode())
        return {"document": document, "digest": recipe_digest(document), "problems": _told(problems)}, DONE

    def do_check(self, *, file: str, here: bool, **options: Any) -> Answer:
        document, problems = _read(file)
        if document is None:
            return {"file": file, "digest": None, "problems": _told(problems)}, COULD_NOT
        found = service.check(project_of(options), document) if here else review(document)
        value = {"file": file, "digest": recipe_digest(document), "problems": _told([*problems, *found])}
        return value, REFUSED if has_errors(found) else DONE

    def do_save(self, *, file: str, message: str, recipe: str, expected: str, **options: Any) -> Answer:
        project = project_of(options)
        document, problems = _read(file)
        if document is None:
            raise Invalid.of(problems)
        if recipe:
            shown.recipe(project, recipe)
        name = document.get("name", "")
        slug = recipe or (slug_of(name) if isinstance(name, str) else "")
        saved = service.save(
            project, decider(project, options), document, message=message, slug=slug, expected=expected or None
        )
        return {**shown.of_recipe(saved), "problems": _told([*problems, *service.check(project, document)])}, DONE

    def do_list(self, *, limit: int, **options: Any) -> Answer:
        return shown.listed(project_of(options), limit), DONE

    def do_show(self, *, name: str, **options: Any) -> Answer:
        project = project_of(options)
        if shown.is_run(name):
            return shown.of_run(shown.run(project, name)), DONE
        found = shown.recipe(project, name)
        document = service.load(project, found.slug, found.head)
        problems = service.check(project, document)
        newest = shown.runs_of(found, MANY)
        return {**shown.of_recipe(found), "document": document, "runs": newest, "problems": _told(problems)}, DONE

    def do_run(self, *, recipe: str, note: str, ask: str, **options: Any) -> Answer:
        project = project_of(options)
        found = shown.recipe(project, recipe)
        person = actor(project, options, self.say)
        waiting.require_queue()
        return self._followed(service.start(found, person, note=note, ask=ask), options)

    def do_choose(self, *, id: str, step: str, item: str, frame: int, **options: Any) -> Answer:
        project = project_of(options)
        run = shown.run(project, id)
        person = decider(project, options)
        waiting.require_queue()
        recipes_frames.choose(shown.step(run, step), person, item, frame)
        return self._followed(run, options)

    def do_again(self, *, id: str, step: str, reason: str, **options: Any) -> Answer:
        project = project_of(options)
        run = shown.run(project, id)
        person = actor(project, options, self.say)
        waiting.require_queue()
        recipes_acting.again(shown.step(run, step), person, reason)
        return self._followed(run, options)

    def do_cancel(self, *, id: str, reason: str, **options: Any) -> Answer:
        project = project_of(options)
        run = shown.run(project, id)
        recipes_acting.cancel(run, actor(project, options, self.say), reason)
        return shown.of_run(run), DONE

    def _followed(self, run: Any, options: dict[str, Any]) -> Answer:
        """The run as it stands; with --wait, as it is when nothing more happens by itself: refused when it failed."""
        if options["wait"]:
            self._wait(run, options["timeout"])
        run.refresh_from_db()
        return shown.of_run(run), REFUSED if run.state in ("failed", "cancelled") else DONE

    def _wait(self, run: Any, seconds: float | None) -> None:
        told = ""

        def over() -> bool:
            nonlocal told
            run.refresh_from_db()
            words = ", ".join(f"{row.name} {row.state}" for row in run.steps.order_by("position"))
            if words != told:
                self.say(f"{run.recipe.name}: {words}")
                told = words
            return run.state in shown.STOPPED

        waiting.wait(over, f"the recipe run {run.id}", seconds)

    def words(self, value: dict[str, Any], **options: Any) -> None:
        """A new document for people is the file itself; a run is its steps, one a line."""
        if options["action"] == "new" and "document" in value:
            self.stdout.write(written(value["document"]), ending="")
        elif "steps" in value and "state" in value:
            self.stdout.write(f"{value['recipe']} {value['id']}: {value['state']}")
            for step in value["steps"]:
                taken = " (taken over)" if step["reused"] else ""
                self.stdout.write(f"  {step['name']:16}{step['state']:10}{taken} {step['why']}")
                for output in step["outputs"]:
                    self.stdout.write(f"      {output['key']}: {_made(output)}")
        else:
            super().words(value, **options)


def _made(output: dict[str, Any]) -> str:
    if output.get("failure"):
        return f"{output['failure']['message']} {output['failure']['hint']}"
    if "text" in output:
        return str(output["text"]["text"])
    files = [output[name]["sha256"][:12] for name in ("video", "image") if name in output]
    return " ".join([*files, *(f"{stage} {seed}" for stage, seed in output.get("seed", {}).items())]) or output["state"]


def _read(file: str) -> tuple[dict[str, Any] | None, list[Problem]]:
    return read(read_file(file))


def _write(file: str, data: bytes) -> None:
    try:
        Path(file).write_bytes(data)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "that is no file name"
        raise Unavailable(f"{file!r} cannot be written: {why}.", code="file_unwritable", hint="Name a file.") from None


def _told(problems: list[Problem]) -> list[dict[str, str]]:
    return [problem.as_json() for problem in problems]
