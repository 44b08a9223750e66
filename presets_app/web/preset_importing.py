"""Bringing a preset in: what was brought is shown as a draft, mended, then saved."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.core.signing import BadSignature, Signer
from django.http import HttpRequest, HttpResponse
from django.urls import path

from presets_app.core.errors import MatchframeError
from presets_app.core.permissions import Actor
from presets_app.queries.projects import Project
from presets_app.services import drafting
from presets_app.services.bringing_assets import Given
from presets_app.services.drafting import Draft
from presets_app.web.access import in_project
from presets_app.web.forms.fields import REASON, said, text
from presets_app.web.partials import page, refused, see_other, status_of

PAGE = "presets/new.html"
MOST_FILES = 40


@in_project("GET", "HEAD", "POST", action="preset.save")
def new(request: HttpRequest, project: Project, actor: Actor) -> HttpResponse:
    """`step` says what a POST is: read (also without a word) shows a draft of what was brought, save keeps it. `do`
    looks at the draft again before that: check, or one of its fixes."""
    at = _Importing(request, project, actor)
    if request.method != "POST":
        return at.page()
    if said(request.POST, "step") != "save":
        return at.read()
    do = said(request.POST, "do", REASON)
    return at.look(do) if do == "check" or do.startswith("fix:") else at.save()


class _Importing:
    """One request to the page that brings a preset in."""

    def __init__(self, request: HttpRequest, project: Project, actor: Actor) -> None:
        self.request, self.project, self.actor = request, project, actor
        self.typed = text(request.POST, "text")
        self.signer = Signer(salt=f"import into {project.slug}")

    def page(
        self, draft: Draft | None = None, refusal: dict[str, Any] | None = None, status: int = 200
    ) -> HttpResponse:
        context: dict[str, Any] = {"draft": draft, "can": {"import": self.actor.may("preset.save")}}
        if draft is not None and draft.source:
            # A digest alone would let a member read another project's file by its hash.
            context["source"] = self.signer.sign(draft.source)
        if refusal is not None:
            context["refused"] = refusal
        return page(self.request, PAGE, context, status=status)

    def read(self) -> HttpResponse:
        try:
            return self.page(drafting.read(self.project, self.actor, [*self._files(), *self._pasted()]))
        except MatchframeError as error:
            kept = {"text": drafting.speakable(self.project, self.typed)}
            return self.page(None, refused("read", error, kept), status_of(error))

    def look(self, do: str) -> HttpResponse:
        """The draft once more, after its text was changed or one fix was asked for."""
        try:
            if do == "check":
                draft = self._again()
            else:
                draft = drafting.mended(self.project, self.actor, self.typed, do, source=self._source())
        except MatchframeError as error:
            return self._refused(error)
        kept = self._beside()
        return self.page(replace(draft, suggested=kept["name"] or draft.suggested, why=kept["message"]))

    def save(self) -> HttpResponse:
        name, message = said(self.request.POST, "name"), said(self.request.POST, "message", REASON)
        try:
            saved = drafting.save(self.project, self.actor, self.typed, name=name, message=message, files=self._files())
        except MatchframeError as error:
            return self._refused(error)
        messages.success(self.request, f"Saved {saved.preset.name} as revision {saved.number}.")
        return see_other("presets.detail", project=self.project.slug, preset=saved.preset.slug)

    def _refused(self, error: MatchframeError) -> HttpResponse:
        draft = self._again()
        refusal = refused("save", error, {**self._beside(), "text": draft.text})
        # The draft's own problems stand beside the form already.
        refusal["problems"] = [fault for fault in refusal["problems"] if fault not in draft.problems]
        return self.page(draft, refusal, status_of(error))

    def _beside(self) -> dict[str, str]:
        """What was typed beside the document, to be shown again."""
        words = {name: said(self.request.POST, name, REASON) for name in ("name", "message")}
        return {name: drafting.speakable(self.project, word) for name, word in words.items()}

    def _again(self) -> Draft:
        return drafting.again(self.project, self.actor, self.typed, source=self._source(), files=self._files())

    def _source(self) -> str:
        try:
            return self.signer.unsign(said(self.request.POST, "source"))
        except BadSignature:
            return ""

    def _files(self) -> list[Given]:
        listed = [*self.request.FILES.getlist("file"), *self.request.FILES.getlist("assets")]
        for file in listed:
            file.seek(0)
        return [Given(str(file.name or "file"), file.read()) for file in listed[:MOST_FILES]]

    def _pasted(self) -> list[Given]:
        data = self.typed.encode("utf-8", "surrogatepass")
        return [Given("", data)] if data.strip() else []


urlpatterns = [path("p/<slug:project>/presets/new", new, name="presets.new")]
