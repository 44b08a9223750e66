"""Two people changed one preset at once: the second one sees both, field by field, and decides."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse

from presets_app.core.errors import Conflict, Invalid, MatchframeError
from presets_app.core.permissions import Actor
from presets_app.queries import preset_editing as shown
from presets_app.queries import projects
from presets_app.queries.projects import Project
from presets_app.services import drafting, preset_drafts, preset_revising
from presets_app.services.preset_drafts import Working
from presets_app.web.access import in_project
from presets_app.web.forms.fields import REASON, said, text
from presets_app.web.partials import page, refused, see_other, status_of

PAGE = "presets/merge.html"
CHOICE = "choice:"


def begin(
    request: HttpRequest, project: Project, actor: Actor, preset: Any, working: Working, base: str
) -> HttpResponse:
    """The answer to a save that came second: 409, with everything that was typed on the page, and kept as a draft."""
    preset_drafts.keep(project, actor, preset, working, base)
    context = _context(request, project, actor, preset, working, base)
    return page(request, PAGE, context, status=409)


@in_project("GET", "HEAD", "POST", action="preset.save")
def merge(request: HttpRequest, project: Project, actor: Actor, *, preset: str) -> HttpResponse:
    """GET brings the person's draft together with the newest revision; POST saves it, or goes on editing (`do`)."""
    held = projects.preset(project, preset)
    if request.method != "POST":
        draft = shown.draft_of(project, actor, held) if actor.may("preset.save") else None
        working = preset_drafts.of_draft(project, draft) if draft else None
        if draft is None or working is None or working.document is None or draft.base == held.digest:
            return see_other("presets.edit", project=project.slug, preset=preset)
        return page(request, PAGE, _context(request, project, actor, held, working, draft.base))
    working = preset_drafts.of_text(project, text(request.POST, "mine"), "json")
    base = said(request.POST, "base")
    if working.document is None:
        messages.error(request, "Your changes did not arrive whole. This is the draft that was kept.")
        return see_other("presets.edit", project=project.slug, preset=preset)
    do = said(request.POST, "do")
    if do in ("", "save"):
        return _save(request, project, actor, held, working, base)
    if do == "edit":
        return _edit(request, project, actor, held, working, base)
    return page(request, PAGE, _context(request, project, actor, held, working, base))


def _choices(request: HttpRequest) -> dict[str, str]:
    given = (name for name in request.POST if name.startswith(CHOICE))
    return {name.removeprefix(CHOICE): said(request.POST, name) for name in given}


def _context(
    request: HttpRequest, project: Project, actor: Actor, preset: Any, working: Working, base: str
) -> dict[str, Any]:
    safe = preset_drafts.speakable(project, working)
    _, context = shown.merging(project, preset, safe.document or {}, base=base, choices=_choices(request))
    return {
        **context,
        "preset": {"slug": preset.slug, "name": preset.name, "digest": preset.digest},
        "can": {"edit": actor.may("preset.save")},
        "mine": preset_drafts.spelled(safe.document or {}, "json"),
        "base_digest": base,
        "message": drafting.speakable(project, said(request.POST, "message", REASON)),
    }


def _save(
    request: HttpRequest, project: Project, actor: Actor, preset: Any, working: Working, base: str
) -> HttpResponse:
    message, parent = said(request.POST, "message", REASON), said(request.POST, "theirs")
    try:
        merged, _ = shown.merging(project, preset, working.document or {}, base=base, choices=_choices(request))
        if parent != preset.digest:
            text_ = "Somebody saved again while you were deciding. What they changed is on the page now."
            raise Conflict(text_, code="preset_changed", hint="Look once more, then save.")
        saved = preset_revising.save_merged(project, actor, preset, merged, message=message, parent=parent)
    except MatchframeError as error:
        context = _context(request, project, actor, preset, working, base)
        context["refused"] = refused("merge", error)
        context["refused"]["problems"] = [
            one for one in context["refused"]["problems"] if one not in context["problems"]
        ]
        return page(request, PAGE, context, status=status_of(error))
    messages.success(request, f"Saved revision {saved.number} with both changes. What is live stays as it is.")
    return see_other("presets.detail", project=project.slug, preset=preset.slug)


def _edit(
    request: HttpRequest, project: Project, actor: Actor, preset: Any, working: Working, base: str
) -> HttpResponse:
    """Go on in the editor with what it became so far, begun from the newest revision now."""
    merged, _ = shown.merging(project, preset, working.document or {}, base=base, choices=_choices(request))
    try:
        if merged.open:
            raise Invalid("Decide each field first, then go on editing.", code="merge_undecided")
        becoming = preset_drafts.of_document(project, merged.document)
        preset_drafts.keep(project, actor, preset, becoming, preset.digest)
    except MatchframeError as error:
        context = _context(request, project, actor, preset, working, base)
        context["refused"] = refused("merge", error)
        return page(request, PAGE, context, status=status_of(error))
    return see_other("presets.edit", project=project.slug, preset=preset.slug)
