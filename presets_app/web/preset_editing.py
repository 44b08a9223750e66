"""Changing a preset: the form and the raw view of one draft, what is wrong with it while it is typed, drafts that are
kept, saving, and going back to an old revision."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.urls import path

from presets_app.core import editing
from presets_app.core.errors import Conflict, MatchframeError
from presets_app.core.permissions import Actor
from presets_app.queries import preset_editing as shown
from presets_app.queries import projects
from presets_app.queries.projects import Project
from presets_app.services import drafting, preset_drafts, preset_revising
from presets_app.services.preset_drafts import Working
from presets_app.web import preset_merging
from presets_app.web.access import in_project
from presets_app.web.forms.fields import NAME, REASON, asked, said, text
from presets_app.web.partials import page, refused, see_other, status_of

EDITOR = "presets/edit.html"


@in_project("GET", "HEAD", "POST", action="preset.save")
def edit(request: HttpRequest, project: Project, actor: Actor, *, preset: str) -> HttpResponse:
    """`do` says what a POST is: save (also without a word), check, view:form|yaml|json, discard, or one of
    core.editing.act."""
    at = _Editor(request, project, actor, preset)
    if request.method != "POST":
        return at.opened()
    do = said(request.POST, "do", NAME) or "save"
    if do == "discard":
        preset_drafts.discard(project, actor, at.preset)
        messages.success(request, "The draft is gone. This is the newest revision.")
        return see_other("presets.edit", project=project.slug, preset=preset)
    return at.save() if do == "save" else at.go_on(do)


class _Editor:
    """One request to the editor of one preset."""

    def __init__(self, request: HttpRequest, project: Project, actor: Actor, preset: str) -> None:
        self.request, self.project, self.actor = request, project, actor
        self.preset = projects.preset(project, preset)
        self.parent = said(request.POST, "parent") if request.method == "POST" else self.preset.digest

    def opened(self) -> HttpResponse:
        may = self.actor.may("preset.save")
        draft = shown.draft_of(self.project, self.actor, self.preset) if may else None
        if draft is None:
            document = shown.newest(self.project, self.preset)
            return self._page(preset_drafts.of_document(self.project, document))
        self.parent = draft.base
        return self._page(preset_drafts.of_draft(self.project, draft), draft=draft)

    def go_on(self, do: str) -> HttpResponse:
        """Answer the editor again after anything but saving; the draft is kept on the way where it can be."""
        working = self._working()
        focus = sentence = ""
        try:
            if do.startswith("view:"):
                working = self._seen(working, do.removeprefix("view:"))
            elif do != "check" and working.document is not None:
                done = editing.act(working.document, do, said(self.request.POST, f"name:{do.partition(':')[2]}"))
                working = preset_drafts.of_document(self.project, done.document)
                focus, sentence = done.focus, done.sentence
            preset_drafts.keep(self.project, self.actor, self.preset, working, self.parent)
        except MatchframeError as error:
            return self._page(working, refusal=error)
        status = 422 if working.document is None else 200
        return self._page(working, focus=focus, say=sentence or "Checked.", status=status)

    def save(self) -> HttpResponse:
        working, message = self._working(), said(self.request.POST, "message", REASON)
        try:
            saved = preset_revising.save(
                self.project, self.actor, self.preset, working, message=message, parent=self.parent
            )
        except MatchframeError as error:
            if isinstance(error, Conflict) and error.code == "preset_changed" and working.document is not None:
                return preset_merging.begin(self.request, self.project, self.actor, self.preset, working, self.parent)
            return self._page(working, refusal=error, message=message)
        messages.success(self.request, f"Saved revision {saved.number}. What is live stays as it is.")
        return see_other("presets.detail", project=self.project.slug, preset=self.preset.slug)

    def _working(self) -> Working:
        return preset_drafts.of_post(self.project, posted(self.request))

    def _seen(self, working: Working, view: str) -> Working:
        return preset_drafts.shown_as(self.project, working, view)

    def _page(
        self,
        working: Working,
        *,
        draft: Any = None,
        refusal: MatchframeError | None = None,
        message: str = "",
        focus: str = "",
        say: str = "",
        status: int = 200,
    ) -> HttpResponse:
        safe = preset_drafts.speakable(self.project, working)
        context = _context(self, safe, working, draft)
        context |= {"focus": focus, "message": drafting.speakable(self.project, message or self._said())}
        if refusal is not None:
            context["refused"] = _refusal(refusal, working)
            status = status_of(refusal)
        return page(self.request, EDITOR, context, partial="editor", status=status, say=say)

    def _said(self) -> str:
        return said(self.request.POST, "message", REASON)


def _context(at: _Editor, safe: Working, working: Working, draft: Any) -> dict[str, Any]:
    form = editing.describe(safe.document) if safe.document is not None and safe.view == "form" else None
    placed = editing.placed(form, working.problems) if form else [{"problem": one} for one in working.problems]
    faults: dict[str, list[Any]] = {}
    for row in placed:
        faults.setdefault(str(row.get("field", "")), []).append(row["problem"])
    return {
        "preset": {"slug": at.preset.slug, "name": at.preset.name, "revision": at.preset.digest, "parent": at.parent},
        "can": {"edit": at.actor.may("preset.save")},
        "view": safe.view,
        "form": form,
        "draft_json": preset_drafts.spelled(safe.document, "json") if form and safe.document is not None else "",
        "text": safe.text,
        "placed": placed,
        "faults": faults,
        "draft": draft,
        "since": shown.since(at.preset, at.parent),
    }


def _refusal(error: MatchframeError, working: Working) -> dict[str, Any]:
    """The refusal without the draft's own problems, which stand beside its fields already."""
    told = refused("edit", error)
    told["problems"] = [fault for fault in told["problems"] if fault not in working.problems]
    return told


def posted(request: HttpRequest) -> dict[str, str]:
    """The form's fields by name; pointers and longer texts keep their line breaks."""
    return {name: text(request.POST, name) for name in request.POST}


@in_project("POST", action="preset.save")
def check(request: HttpRequest, project: Project, actor: Actor, *, preset: str) -> HttpResponse:
    """What is wrong with the draft as it stands in the browser; nothing is kept."""
    found, given = projects.preset(project, preset), posted(request)
    if preset_drafts.too_long_to_follow(given):
        return page(request, "presets/edit_problems.html", {"long": True})
    working = preset_drafts.of_post(project, given)
    form = editing.describe(working.document) if working.document is not None and working.view == "form" else None
    placed = editing.placed(form, working.problems) if form else [{"problem": one} for one in working.problems]
    context = {"placed": placed, "preset": {"slug": found.slug}}
    return page(request, "presets/edit_problems.html", context)


@in_project("POST", action="preset.save")
def autosave(request: HttpRequest, project: Project, actor: Actor, *, preset: str) -> HttpResponse:
    """Keep the draft as it stands in the browser, and say whether it was."""
    found, given = projects.preset(project, preset), posted(request)
    context: dict[str, Any] = {"kept": None, "refused": None}
    if preset_drafts.too_long_to_follow(given):
        return page(request, "presets/edit_kept.html", {"long": True})
    try:
        working = preset_drafts.of_post(project, given)
        context["kept"] = preset_drafts.keep(project, actor, found, working, said(request.POST, "parent"))
    except MatchframeError as error:
        context["refused"] = error.problems[0]
    return page(request, "presets/edit_kept.html", context)


@in_project("GET", "HEAD", "POST", action="preset.save")
def restore(request: HttpRequest, project: Project, actor: Actor, *, preset: str) -> HttpResponse:
    """Look at what going back to a revision would change, then do it with a reason."""
    held = projects.preset(project, preset)
    given = {name: said(request.POST, name) for name in ("revision", "parent")}
    commit = given["revision"] or asked(request, "revision")["revision"]
    context = shown.restorable(project, held, commit)
    context |= {"preset": {"slug": held.slug, "name": held.name}, "can": {"edit": actor.may("preset.save")}}
    if request.method != "POST":
        return page(request, "presets/restore.html", context)
    message = said(request.POST, "message", REASON)
    try:
        saved = preset_revising.restore(project, actor, held, commit, message=message, parent=given["parent"])
    except MatchframeError as error:
        context["refused"] = refused("restore", error, {"message": drafting.speakable(project, message)})
        return page(request, "presets/restore.html", context, status=status_of(error))
    messages.success(request, f"Saved as revision {saved.number}. What is live stays as it is.")
    return see_other("presets.detail", project=project.slug, preset=preset)


urlpatterns = [
    path("p/<slug:project>/presets/<slug:preset>/edit", edit, name="presets.edit"),
    path("p/<slug:project>/presets/<slug:preset>/autosave", autosave, name="presets.autosave"),
    path("p/<slug:project>/presets/<slug:preset>/check", check, name="presets.check"),
    path("p/<slug:project>/presets/<slug:preset>/restore", restore, name="presets.restore"),
    path("p/<slug:project>/presets/<slug:preset>/merge", preset_merging.merge, name="presets.merge"),
]
