"""`manage.py targets`: the places that render, the values they need, and what they say of themselves."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from typing import Any

from presets_app.core.documents import slug_of
from presets_app.core.errors import Invalid
from presets_app.management import asking
from presets_app.management.acting import decider, project_of
from presets_app.management.json_command import DONE, Answer, FeatureCommand, read_file, taking
from presets_app.queries import listing, projects, rows, variables
from presets_app.services import servers
from presets_app.services import targets as service

KIND_NAMES = {"comfyui": "ComfyUI"}  # what a target is called that nobody gave a name


def _adding(parser: ArgumentParser) -> None:
    parser.add_argument("--kind", required=True, help=f"one of: {', '.join(service.KINDS)}")
    parser.add_argument("--name", default="", help="what people call it; the short name when left out")
    parser.add_argument("--slug", default="", help="its short name; made of --name when left out")
    parser.add_argument("--url", default="", help="where a cloud service or a ComfyUI server answers")
    parser.add_argument("--allow-private", action="store_true", help="the server may stand in your own network")
    parser.add_argument("--models-folder", default="", help="a ComfyUI server's models, where this machine sees them")
    parser.add_argument("--pool", default="", help="the runners' queue of a local target")
    parser.add_argument("--in-flight", type=int, help="how many requests may be out at once")
    parser.add_argument("--model", action="append", default=[], metavar="WEIGHTS=CLOUD_MODEL", dest="models")
    parser.add_argument("--stand-in", default="", help="what it really is, where it is not the real thing")


def _probing(parser: ArgumentParser) -> None:
    parser.add_argument("slug", metavar="target")
    parser.add_argument("--timeout", type=float, default=120.0, help="seconds to wait")
    parser.add_argument("--preset", action="append", default=[], dest="presets", help="what a server lacks for these")


def _keeping(parser: ArgumentParser) -> None:
    parser.add_argument("slug", metavar="target")
    parser.add_argument("--set", default="", dest="name", metavar="NAME", help="keep a value behind this name")
    parser.add_argument("--from-file", default="-", dest="source", metavar="FILE", help="where it is read; - is stdin")
    parser.add_argument("--remove", default="", dest="gone", metavar="NAME", help="forget the value behind this name")


class Command(FeatureCommand):
    help = "Targets: places that render."
    subcommands = {
        "list": ("The targets.", taking()),
        "show": ("One target, and its last answer.", taking("slug")),
        "add": ("Add a target.", _adding),
        "probe": ("Ask a target what it is, and wait.", _probing),
        "set-value": ("Keep a value, read from standard input.", taking("slug", "variable")),
        "secrets": ("The names it has values for; set or remove one.", _keeping),
    }

    def do_list(self, **options: Any) -> Answer:
        return {"targets": listing.targets(project_of(options))}, DONE

    def do_show(self, *, slug: str, **options: Any) -> Answer:
        target = projects.target(project_of(options), slug)
        answer = service.last_answer(target) if target.probe else None
        return {**rows.of_target(target), "answer": answer}, DONE

    def do_add(self, *, kind: str, name: str, slug: str, **options: Any) -> Answer:
        project = project_of(options)
        name = name or (slug or KIND_NAMES.get(kind, ""))
        if not name:
            raise Invalid("The target needs a name.", code="name_missing", hint="Give --name or --slug.")
        made = service.add(
            project,
            decider(project, options),
            slug or slug_of(name),
            name=name,
            kind=kind,
            options=_settings(kind, options),
            stand_in=options["stand_in"],
        )
        return rows.of_target(made), DONE

    def do_probe(self, *, slug: str, timeout: float, **options: Any) -> Answer:
        project = project_of(options)
        wanted = [projects.preset(project, name).slug for name in options["presets"]]
        target = asking.ask(projects.target(project, slug), self.say, timeout)
        answer = service.last_answer(target)
        found = {**rows.of_target(target), "answer": answer}
        if not target.is_served:
            return found, DONE
        told = {name: answer[name] for name in ("version", "commit", "devices", "custom_nodes")}
        return {**found, **told, "presets": servers.lacking(target, wanted)}, DONE

    def do_set_value(self, *, slug: str, variable: str, **options: Any) -> Answer:
        project = project_of(options)
        target = projects.target(project, slug)
        person = decider(project, options)
        service.set_value(target, person, variable, _value("-"))
        return rows.of_target(target), DONE

    def do_secrets(self, *, slug: str, name: str, source: str, gone: str, **options: Any) -> Answer:
        project = project_of(options)
        target = projects.target(project, slug)
        if name:
            service.set_value(target, decider(project, options), name, _value(source))
        if gone:
            service.remove_value(target, decider(project, options), gone)
        kept = [{**row, "when": row["when"].isoformat()} for row in variables.kept(target)]
        return {"target": target.slug, "variables": kept}, DONE


def _value(source: str) -> str:
    """A value from a file or standard input, never from the command line, where other programs could read it."""
    if source == "-":
        return sys.stdin.read(service.LONGEST_VALUE + 100)
    try:
        return read_file(source).decode()
    except UnicodeDecodeError:
        raise Invalid("The value is not text in UTF-8.", code="value_not_text", hint="Give the key as text.") from None


def _settings(kind: str, options: dict[str, Any]) -> dict[str, Any]:
    if kind == "local":
        return {"pool": options["pool"] or "local"}
    if kind == "files":
        return {}
    if kind == "comfyui":
        return _of_server(options)
    found: dict[str, Any] = {"base_url": options["url"], "models": dict(_pair(text) for text in options["models"])}
    return {**found, **({"in_flight": options["in_flight"]} if options["in_flight"] is not None else {})}


def _of_server(options: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = {"base_url": options["url"]}
    if options["allow_private"]:
        found["private"] = True
    if options["models_folder"]:
        found["models_folder"] = options["models_folder"]
    return {**found, **({"in_flight": options["in_flight"]} if options["in_flight"] is not None else {})}


def _pair(text: str) -> tuple[str, str]:
    weights, separator, model = text.partition("=")
    if not (weights and separator and model):
        hint = "For example matchframe/tiny-ltx-2=matchframe/tiny-ltx-2/text-to-video."
        raise Invalid("--model takes WEIGHTS=CLOUD_MODEL.", code="model_pair_invalid", hint=hint)
    return weights, model
