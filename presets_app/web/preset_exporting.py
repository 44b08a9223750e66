"""Taking a preset out: what becomes of each field in another program's form, before anything is downloaded."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.urls import path, reverse

from presets_app.core.canonical import readable_bytes
from presets_app.core.documents import to_json_bytes, to_yaml_bytes
from presets_app.core.errors import Invalid
from presets_app.core.ledger import BOOKKEEPING
from presets_app.core.losses import grouped
from presets_app.core.permissions import Actor
from presets_app.core.problems import Problem, has_errors
from presets_app.queries import preset_exports
from presets_app.queries.preset_exports import Held
from presets_app.queries.projects import Project
from presets_app.services import converting, presets
from presets_app.web.access import in_project
from presets_app.web.forms.fields import said
from presets_app.web.partials import page, status_of

LABELS = {
    "document": "Document",
    "comfyui": "ComfyUI",
    "diffusers": "diffusers",
    "wavespeed": "WaveSpeed",
    "ltx-api": "LTX API",
    "runpod": "RunPod",
    "dashscope": "DashScope",
}
CLOUD = ("wavespeed", "ltx-api", "runpod", "dashscope")
TYPES = {"json": "application/json", "yaml": "application/yaml", "py": "text/x-python"}
_SHOWN = 40_000  # characters of the preview; the file is whole


@in_project()
def export(request: HttpRequest, project: Project, actor: Actor, *, preset: str) -> HttpResponse:
    """`form` is one of converting.FORMS and answers a page; `format` (json, yaml, py) beside it or alone answers the
    file."""
    at = preset_exports.held(project, preset, said(request.GET, "revision"))
    form, suffix = said(request.GET, "form"), said(request.GET, "format")
    if not form or (form == converting.DOCUMENT and suffix):
        return _document(at, suffix)
    try:
        made = converting.to_form(at.document, form, known=presets.known_secrets(project))
    except Invalid as error:
        context = {**_context(project, at, form), "exported": None, "problems": error.problems, "groups": []}
        return page(request, "presets/export.html", context, status=status_of(error))
    if suffix and made.output:
        return _file(at, form, suffix, made.output)
    shown = {
        "exported": _preview(form, made.output),
        "ready": not has_errors(made.problems),
        "problems": [*made.problems, *_local_only(at, form)],
        "groups": grouped(loss for loss in made.losses if loss.path.strip("/").split("/")[0] not in BOOKKEEPING),
    }
    return page(request, "presets/export.html", {**_context(project, at, form), **shown})


def _context(project: Project, at: Held, form: str) -> dict[str, Any]:
    here = reverse("presets.export", kwargs={"project": project.slug, "preset": at.slug})
    carry = {"revision": at.commit} if at.commit else {}
    about = {"slug": at.slug, "name": at.name, "revision": at.digest, "number": at.number, "commit": at.commit}
    formats = {"document": ("yaml", "json"), "diffusers": ("py", "json")}.get(form, ("json",))
    return {
        "preset": about,
        "form": form,
        "label": LABELS[form],
        "cloud": form in CLOUD,
        "local_only": at.local_only,
        "forms": [
            {
                "form": key,
                "label": LABELS[key],
                "url": f"{here}?{urlencode({'form': key, **carry})}",
                "here": key == form,
            }
            for key in converting.FORMS
        ],
        "downloads": [
            {"label": _WORDS[key], "url": f"{here}?{urlencode({'form': form, 'format': key, **carry})}"}
            for key in formats
        ],
    }


_WORDS = {"json": "Download JSON", "yaml": "Download YAML", "py": "Download the script"}


def _local_only(at: Held, form: str) -> list[Problem]:
    if not (at.local_only and form in CLOUD):
        return []
    text = "This project is local-only: nothing of it is sent to a cloud from here, weights and LoRAs included."
    hint = "The file below is text to look at. Whoever sends it elsewhere takes the preset out of this project."
    return [Problem("export_local_only", "warning", "", text, hint)]


def _preview(form: str, output: dict[str, Any]) -> dict[str, Any] | None:
    if not output:
        return None
    script = output.get("script") if form == "diffusers" else None
    text = script if isinstance(script, str) else readable_bytes(output).decode()
    return {"text": text[:_SHOWN], "cut": len(text) > _SHOWN, "script": script is not None}


def _document(at: Held, suffix: str) -> HttpResponse:
    kind = "json" if suffix == "json" else "yaml"
    data = to_json_bytes(at.document) if kind == "json" else to_yaml_bytes(at.document)
    return _download(data, kind, at.file_name("", kind))


def _file(at: Held, form: str, suffix: str, output: dict[str, Any]) -> HttpResponse:
    script = output.get("script") if form == "diffusers" else None
    if suffix == "py" and isinstance(script, str):
        return _download(script.encode(), "py", at.file_name(form, "py"))
    return _download(readable_bytes(output), "json", at.file_name(form, "json"))


def _download(data: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(data, content_type=f"{TYPES[kind]}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response


urlpatterns = [path("p/<slug:project>/presets/<slug:preset>/export", export, name="presets.export")]
