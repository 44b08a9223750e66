"""Sample contexts of the editor, of a merge, of a restore and of who changed what."""

from __future__ import annotations

from typing import Any

from presets_app.core import editing
from presets_app.core.lints import review
from presets_app.core.merging import merge
from tests.core.examples import ltx2
from tests.web.sample_parts import CHANGES, DIGESTS, PRESET, before, page

NEWEST = {
    "number": 3,
    "revision": DIGESTS[0],
    "commit": DIGESTS[0][:40],
    "when": before(hours=5),
    "person": "Grace",
    "message": "Seed of the approved take",
}
OLD = {**NEWEST, "number": 2, "revision": DIGESTS[1], "commit": DIGESTS[1][:40], "person": "Ada", "message": "Dusk"}


def editor(view: str = "form", *, draft: bool = False, say: str = "") -> dict[str, Any]:
    document = ltx2(frames=122)
    problems = review(document)
    form = editing.describe(document) if view == "form" else None
    rows = editing.placed(form, problems) if form else [{"problem": one} for one in problems]
    faults: dict[str, list[Any]] = {}
    for row in rows:
        faults.setdefault(str(row.get("field", "")), []).append(row["problem"])
    return page(
        page_feature="presets",
        preset={**PRESET, "revision": DIGESTS[0], "parent": DIGESTS[0]},
        can={"edit": True},
        view=view,
        form=form,
        draft_json="{}" if form else "",
        text="" if form else "format: matchframe/preset/1\n",
        placed=rows,
        faults=faults,
        draft={"changed_at": before(minutes=12)} if draft else None,
        since=NEWEST if draft else None,
        message=say,
        focus="/stages/1",
    )


def merging() -> dict[str, Any]:
    base, mine, theirs = ltx2(), ltx2(fps=25, prompt="A puppet at dawn"), ltx2(prompt="A puppet at night")
    found = merge(base, mine, theirs)
    return page(
        page_feature="presets",
        preset={**PRESET, "digest": DIGESTS[0]},
        can={"edit": True},
        base=OLD,
        base_digest=DIGESTS[1],
        theirs=NEWEST,
        mine="{}",
        conflicts=found.conflicts,
        open=len(found.open),
        from_theirs=CHANGES,
        from_mine=[],
        problems=review(found.document),
        message="Brighter",
    )


def restoring() -> dict[str, Any]:
    return page(
        page_feature="presets",
        preset=PRESET,
        can={"edit": True},
        old=OLD,
        newest=NEWEST,
        changes=CHANGES,
        message="Restore revision 2: Dusk",
    )


BLAME = [
    {
        **(OLD if row else NEWEST),
        "path": path,
        "section": "stages",
        "label": label,
        "value": value,
        "older": row == 2,
        "url": "#",
    }
    for row, (path, label, value) in enumerate(
        (
            ("/stages/0/seed", "seed (base stage)", 42),
            ("/fps", "frame rate (fps)", 24),
            ("/prompt", "prompt", "A puppet"),
        )
    )
]
