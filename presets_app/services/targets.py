"""Targets: adding one, the values it needs, and asking it what it is."""

from __future__ import annotations

import re
from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from presets_app import wiring
from presets_app.artifacts import get_json, put_json
from presets_app.backends.addresses import HostRule
from presets_app.backends.base import CatalogueModel, CloudClient
from presets_app.backends.errors import BackendFailed
from presets_app.backends.registry import SERVER_KINDS
from presets_app.core import weights_named
from presets_app.core.canonical import digest
from presets_app.core.documents import name_problems, valid_slug
from presets_app.core.errors import Conflict, Invalid, LocalOnly, NotFound, Unavailable
from presets_app.core.ids import new_id
from presets_app.core.permissions import Actor
from presets_app.core.problems import Failure
from presets_app.core.variables import KEY_NAMES
from presets_app.models import Preset, Project, Target, TargetSecret
from presets_app.services import audit, queue, servers
from presets_app.services.presets import load
from presets_app.services.speaking import speakable

VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,127}")
LONGEST_VALUE = 10_000  # characters; no key is longer
KINDS = ("local", "wavespeed", *SERVER_KINDS, "files")


def add(
    project: Project, actor: Actor, slug: str, *, name: str, kind: str, options: dict[str, Any], stand_in: str = ""
) -> Target:
    """Add a place that renders. `stand_in` says in words what it really is, where it is not the real thing. A server
    is asked what it is first: Invalid when something else answers there, kept as not answering when nothing does."""
    actor.must("target.change")
    if kind not in KINDS:
        raise Invalid(
            f"There is no target kind {kind}.", code="target_kind_unknown", hint=f"Kinds: {', '.join(KINDS)}."
        )
    if not valid_slug(slug):
        raise Invalid("A target's short name is small letters, digits and dashes.", code="slug_invalid")
    if name_problems(name):
        raise Invalid.of(name_problems(name))
    options = _checked_settings(kind, options)
    if Target.objects.filter(project=project, slug=slug).exists():
        raise Conflict(f"There is a target {slug} already.", code="target_exists")
    answer = _first_answer(kind, options, project)
    with transaction.atomic():
        target = Target.objects.create(
            project=project, slug=slug, name=name, kind=kind, settings=options, stand_in=stand_in, **answer
        )
        audit.note(project, actor, "target.add", "target", slug, name=name)
    return target


def _first_answer(kind: str, options: dict[str, Any], project: Project) -> dict[str, Any]:
    if kind not in SERVER_KINDS:
        return {}
    probe, failure = servers.introduced(kind, options, project)
    asked = timezone.now() if probe or failure else None
    return {"probe": probe, "probed_at": asked, "probe_failure": failure.as_json() if failure else None}


def _checked_settings(kind: str, options: dict[str, Any]) -> dict[str, Any]:
    """The settings as they are kept. Raises Invalid for what cannot be used."""
    if kind in SERVER_KINDS:
        options = servers.settings_of(kind, options)
    elif kind in KEY_NAMES:
        try:
            HostRule.configured(str(options.get("base_url", "")))
        except ValueError as error:
            hint = "Give the service's whole address, for example https://api.wavespeed.ai."
            raise Invalid(f"This address cannot be used: {error}.", code="address_invalid", hint=hint) from None
    in_flight = options.get("in_flight", 1)
    if not isinstance(in_flight, int) or in_flight < 1:
        raise Invalid("At least one request must be allowed at once.", code="in_flight_invalid")
    return options


def change(target: Target, actor: Actor, options: dict[str, Any]) -> None:
    actor.must("target.change")
    kept = _checked_settings(target.kind, options)
    with transaction.atomic():
        target.settings = kept
        target.save(update_fields=["settings"])
        audit.note(target.project, actor, "target.change", "target", target.slug, name=target.name)


def set_value(target: Target, actor: Actor, name: str, value: str) -> None:
    """Keep the value behind an environment name, encrypted; it is never shown again."""
    actor.must("target.change")
    if not VARIABLE.fullmatch(name):
        hint = "A variable is capital letters, digits and underscores, for example WAVESPEED_API_KEY."
        raise Invalid("This is not the name of a variable.", code="variable_invalid", hint=hint)
    value = value.strip()
    if not value:
        raise Invalid("The value is empty.", code="value_empty")
    if len(value) > LONGEST_VALUE or "\x00" in value:
        raise Invalid(f"A value is plain text of at most {LONGEST_VALUE:,} characters.", code="value_too_long")
    with transaction.atomic():
        kept = {"token": wiring.seal(value), "set_by": actor.username}
        TargetSecret.objects.update_or_create(target=target, name=name, defaults=kept)
        _note_value(target, actor, "target.set_value", name)


def remove_value(target: Target, actor: Actor, name: str) -> None:
    """Forget the value behind a name. Raises NotFound when there is none."""
    actor.must("target.change")
    with transaction.atomic():
        gone, _ = TargetSecret.objects.filter(target=target, name=name[:128]).delete()
        if not gone:
            raise NotFound(f"{target.name} has no value of that name.", code="variable_not_found")
        _note_value(target, actor, "target.remove_value", name)


def _note_value(target: Target, actor: Actor, verb: str, name: str) -> None:
    audit.note(target.project, actor, verb, "target", target.slug, name=target.name, detail={"name": name})


def cloud_client(target: Target, *, local_only: bool = False) -> CloudClient:
    """A client with the target's key. Raises Invalid when the key was never set."""
    name = KEY_NAMES[target.kind]
    row = target.secrets.filter(name=name).first()
    if row is None:
        hint = "Set it on the target's page."
        raise Invalid(f"{target.name} has no value for {name}.", code="key_missing", hint=hint)
    sealed_off = local_only or target.project.local_only
    return wiring.cloud_client(target.kind, target.settings, wiring.unseal(bytes(row.token)), local_only=sealed_off)


def ask(target: Target) -> str:
    """Start asking a target about itself; returns the probe's id. The answer arrives through the queue."""
    if target.kind == "files":
        raise Invalid(f"{target.name} renders nothing; there is nothing to ask.", code="target_has_no_probe")
    if target.is_outside and target.project.local_only:
        raise LocalOnly(f"{target.project.name} is local-only; {target.name} is not asked.")
    probe = f"{new_id()}-{target.pk}"
    if target.is_dispatched:
        queue.later(queue.Job.PROBE_CLOUD, str(target.pk))
    else:
        request = {"format": "matchframe/probe/1", "repositories": repositories(target.project)}
        held = put_json(wiring.artifacts(), request)
        transaction.on_commit(lambda: _send_probe(target, probe, held))
    return probe


def ask_now(target: Target) -> None:
    """Ask a server itself, without the queue; the answer is kept before this returns."""
    if target.is_outside and target.project.local_only:
        raise LocalOnly(f"{target.project.name} is local-only; {target.name} is not asked.")
    servers.look(target)


def _send_probe(target: Target, probe: str, held: str) -> None:
    wiring.local_client(target.settings.get("pool", "local")).probe(probe, held)


def repositories(project: Project) -> list[str]:
    """The repositories and parts of repositories that the project's presets name, so that a probe hashes just
    those."""
    found: set[str] = set()
    for preset in Preset.objects.filter(project=project)[:1000]:
        document = load(project, preset.slug, preset.head)
        found |= {weights_named.repository(document), *(part.name for part in weights_named.parts(document))}
    return sorted(found - {""})


def answered(probe: str, result: str) -> None:
    """A runner's answer arrived: keep its digest with the target."""
    target = Target.objects.filter(pk=int(probe.rpartition("-")[2])).first()
    if target is None:
        raise NotFound("That target is gone.", code="target_not_found")
    _keep(target, result, None)


def ask_cloud(target_id: int) -> None:
    """Read a cloud target's catalogue and balance now, or what a server is, and keep the answer."""
    target = Target.objects.select_related("project").get(pk=target_id)
    if target.is_served:
        servers.look(target)
        return
    try:
        client = cloud_client(target)
        models = [asdict(model) for model in client.catalogue()]
        health = client.check()
    except BackendFailed as error:
        _keep(target, target.probe, speakable(error.failure, target.project))
        return
    record = {"format": "matchframe/cloud-probe/1", "catalogue": models, "facts": dict(health.facts)}
    _keep(target, put_json(wiring.artifacts(), record), None)


def _keep(target: Target, result: str, failure: Failure | None) -> None:
    target.probe = result
    target.probed_at = timezone.now()
    target.probe_failure = failure.as_json() if failure else None
    target.save(update_fields=["probe", "probed_at", "probe_failure"])


def last_answer(target: Target) -> dict[str, Any]:
    """What the target said of itself last. Raises Unavailable when it never did."""
    if not target.probe:
        hint = "Ask it on the targets page, or with `manage.py targets probe`."
        raise Unavailable(f"{target.name} has not been asked about itself yet.", code="target_not_probed", hint=hint)
    answer: dict[str, Any] = get_json(wiring.artifacts(), target.probe)
    return answer


def catalogue(target: Target) -> list[CatalogueModel]:
    return [CatalogueModel(**model) for model in last_answer(target)["catalogue"]]


def schema_digest(model: CatalogueModel) -> str:
    return digest(model.request_schema)
