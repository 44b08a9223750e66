"""Servers of the team's own that render: their clients, what they say of themselves, and a document as work for one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils import timezone

from presets_app import wiring
from presets_app.artifacts import put_json
from presets_app.backends import registry
from presets_app.backends.addresses import HostRule
from presets_app.backends.base import Compiled, ServerClient
from presets_app.backends.errors import BackendFailed, FetchRefused, VendorRefused
from presets_app.core.errors import Invalid, LocalOnly
from presets_app.core.problems import Failure, Problem, has_errors
from presets_app.models import Item, Preset, Project, Run, Target
from presets_app.queries.served import compiled
from presets_app.services.presets import load
from presets_app.services.speaking import speakable

SERVED_FORMAT = "matchframe/served-request/1"
PROBE_FORMAT = "matchframe/server-probe/1"
PRESETS_LOOKED_AT = 50  # of a project, where nobody names one
_LACKING = ("missing_node_type", "value_not_in_list")
_OWN_NETWORK = "If this server stands in your own network, an owner can allow that: --allow-private."


def settings_of(kind: str, options: dict[str, Any]) -> dict[str, Any]:
    """The settings as they are kept: with a note when the address lies outside. Raises Invalid for no address."""
    url = str(options.get("base_url", ""))
    try:
        rule = HostRule.configured(url, private=bool(options.get("private")))
    except ValueError as error:
        hint = "Give the server's whole address, for example http://127.0.0.1:8188."
        raise Invalid(f"This address cannot be used: {error}.", code="address_invalid", hint=hint) from None
    if not url.startswith(("http://", "https://")):
        raise Invalid("This address is not one of the web.", code="address_invalid", hint="Begin it with http://.")
    kept = {key: value for key, value in options.items() if key != "outside"}
    return kept if rule.own else {**kept, "outside": True}


def client(target: Target) -> ServerClient:
    return client_for(target.kind, target.settings, target.project)


def client_for(kind: str, options: Mapping[str, Any], project: Project) -> ServerClient:
    return wiring.server_client(kind, options, local_only=project.local_only)


def introduced(kind: str, options: Mapping[str, Any], project: Project) -> tuple[str, Failure | None]:
    """The first answer of a server that is being added: (digest of what it says, why it said nothing). Raises Invalid
    when something else answers there, or when the address may not be asked."""
    try:
        return _described(client_for(kind, options, project)), None
    except FetchRefused as error:
        raise Invalid(str(error), code=error.code, hint=_OWN_NETWORK) from None
    except VendorRefused as error:
        raise Invalid(str(error), code=error.code, hint=error.failure.hint) from None
    except BackendFailed as error:
        return "", speakable(error.failure, project)
    except LocalOnly:
        return "", None


def look(target: Target) -> None:
    """Ask a server now, and keep what it says or why it did not."""
    try:
        target.probe, target.probe_failure = _described(client(target)), None
    except BackendFailed as error:
        target.probe_failure = speakable(error.failure, target.project).as_json()
    target.probed_at = timezone.now()
    target.save(update_fields=["probe", "probed_at", "probe_failure"])


def made_sure(target: Target, document: Mapping[str, Any]) -> None:
    """Ask the server again when what it said last stands against the document, or when it never said anything: files
    and nodes come and go there. Does nothing for targets of other kinds."""
    if not target.is_served:
        return
    stale = not target.probe or any(problem.code in _LACKING for problem in compiled(target, document).problems)
    if stale:
        look(target)


def request(run: Run, document: dict[str, Any], item: Item) -> dict[str, Any]:
    """What the server is sent for an item. Raises Invalid with the reasons when it cannot be sent."""
    made = compiled(run.target, document, run_name=run.name)
    found = [*made.problems, *_not_kept(run.target, made)]
    if has_errors(found):
        raise Invalid.of(found)
    return {
        "format": SERVED_FORMAT,
        "item": item.id,
        "model": made.model,
        "body": made.body,
        "losses": [loss.as_json() for loss in made.losses],
        "document": document,
    }


def lacking(target: Target, slugs: list[str]) -> list[dict[str, Any]]:
    """For each preset (the project's newest where none is named): the node types and files the server lacks for it,
    and every problem that keeps it from rendering there."""
    presets = Preset.objects.filter(project=target.project)
    chosen = presets.filter(slug__in=slugs) if slugs else presets.order_by("-changed_at")[:PRESETS_LOOKED_AT]
    return [_lacking(target, preset) for preset in chosen]


def _lacking(target: Target, preset: Preset) -> dict[str, Any]:
    problems = compiled(target, load(preset.project, preset.slug, preset.head)).problems
    errors = [problem for problem in problems if problem.severity == "error"]
    missing = {code: [problem for problem in errors if problem.code == code] for code in _LACKING}
    return {
        "preset": preset.slug,
        "renders": not errors,
        "missing_nodes": [problem.as_json() for problem in missing["missing_node_type"]],
        "missing_models": [problem.as_json() for problem in missing["value_not_in_list"]],
        "problems": [problem.as_json() for problem in errors],
    }


def _described(asked: ServerClient) -> str:
    """The digest of what a server says; the long list of its nodes stands in an artifact of its own."""
    said = asked.describe()
    nodes = put_json(wiring.artifacts(), said.pop("nodes"))
    return put_json(wiring.artifacts(), {"format": PROBE_FORMAT, **said, "nodes": nodes})


def _not_kept(target: Target, made: Compiled) -> list[Problem]:
    store = wiring.artifacts()
    wanted = registry.load_server(target.kind).uploads(made.body)
    hint = "Give the file beside the preset again."
    return [
        Problem("asset_not_kept", "error", "/inputs", f"The file {upload.sha256[:8]} is not kept here.", hint)
        for upload in wanted
        if not store.has(upload.sha256)
    ]
