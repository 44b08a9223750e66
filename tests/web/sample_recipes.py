"""Sample contexts of the recipe pages: a run that waits for a person, one that is over, one that failed, none."""

from __future__ import annotations

from typing import Any

from presets_app.core.problems import Problem
from tests.web.sample_parts import CHOICES, CLOUD, DIGESTS, LOCAL, PRESET, before, page

CAN = {"run": True, "cancel": True, "save": True, "choose": True}
ABOUT = {"slug": "draft-to-final", "name": "Draft, frame, final", "digest": DIGESTS[3], "changed": before(days=2)}
VIDEO = "media/left.mp4"


def step(name: str, kind: str, words: str, state: str, **more: Any) -> dict[str, Any]:
    none: dict[str, Any] = {
        "note": "",
        "preset": None,
        "target": None,
        "honest": "",
        "model": "",
        "takes": [],
        "why": "",
        "run_url": None,
    }
    shown = {
        "failure": None,
        "done": 0,
        "total": 0,
        "outputs": [],
        "more": 0,
        "clips": [],
        "chosen_by": "",
        "ask": False,
    }
    return {"name": name, "kind": kind, "words": words, "state": state, **none, **shown, "again": False, **more}


def output(**more: Any) -> dict[str, Any]:
    none = {"video_url": None, "image_url": None, "text": None, "sound": [], "size": None, "picture": None}
    about = {"key": "preset", "state": "done", "digest": DIGESTS[1], "seeds": "", "origin": None, "failure": None}
    return {**about, **none, "kept_here": False, **more}


def _draft() -> dict[str, Any]:
    origin = {"when": before(days=1), "url": "#"}
    made = output(video_url=VIDEO, seeds="base 4242", origin=origin)
    why = "Taken over from the run of 2026-11-19 14:30 UTC: nothing that decides it has changed."
    held = {"preset": PRESET, "target": LOCAL, "honest": "untrained tiny model", "outputs": [made]}
    return step("draft", "generate", "render", "reused", why=why, done=1, total=1, **held)


def _choosing() -> dict[str, Any]:
    shown = [{"frame": frame, "url": "media/left-31.png"} for frame in (0, 17, 34, 51, 68, 85, 102, 120)]
    clip = {"key": "preset", "frames": 121, "last": 120, "shown": shown, "video_url": VIDEO, "problem": ""}
    return step("pick", "keyframe", "choose a frame", "choosing", takes=["video of draft"], clips=[clip])


def choosing() -> dict[str, Any]:
    final = step("final", "generate", "render", "waiting", preset=PRESET, target=CLOUD, takes=["image of pick"])
    return _page([_draft(), _choosing(), final], "choosing", "A person chooses a frame; then it goes on.")


def finished() -> dict[str, Any]:
    words = {"text": "A paper boat drifts along a gutter; the boat, white and folded, turns.", "by": "Qwen2.5 3B"}
    written = output(text={**words, "source": "a paper boat"})
    rows = [
        {"label": "4 to 8 kHz against the voice", "unit": "dB", "before": -6.2, "after": -8.6},
        {"label": "Loudness", "unit": "LUFS", "before": -9.1, "after": None},
    ]
    size = {"width": 1280, "height": 720, "from": [640, 360], "frames": 121}
    picture = {"frame": 17, "last": 120, "width": 640, "height": 360}
    pair = [output(key=key, video_url=VIDEO, size=size) for key in ("preset", "seed-plus-1")]
    steps = [
        step("words", "expand_prompt", "expand the prompt", "done", model="Qwen2.5 3B", outputs=[written], total=1),
        _draft(),
        step(
            "pick",
            "keyframe",
            "choose a frame",
            "done",
            outputs=[output(image_url="media/left-31.png", picture=picture, kept_here=True)],
            chosen_by="Grace",
            ask=True,
            why="Its input video changed.",
        ),
        step("soft", "equalize", "equalize the sound", "done", outputs=[output(video_url=VIDEO, sound=rows)]),
        step("large", "upscale", "enlarge", "done", target=LOCAL, outputs=pair, total=2, done=2, run_url="#"),
    ]
    return _page(steps, "done", "1 of 5 steps were taken over from earlier runs.", seconds=184.0, spent_usd=1.25)


def failed() -> dict[str, Any]:
    failure = {"cause": "service", "code": "may_have_been_charged", "message": "The answer to a paid request was lost."}
    held = {"failure": {**failure, "hint": "Look at the vendor's history."}, "target": CLOUD, "preset": PRESET}
    look = step("final", "generate", "render", "look", again=True, may_cost=True, **held)
    return _page([_draft(), look, step("large", "upscale", "enlarge", "waiting")], "look", "A request may be charged.")


def planned() -> dict[str, Any]:
    steps = [
        step("draft", "generate", "render", "", preset=PRESET, target=LOCAL),
        step("pick", "keyframe", "choose a frame", ""),
    ]
    problem = Problem("not_pinned", "error", "/steps/0/target", "Puppet at dusk is not pinned here.", "Pin it first.")
    shown = _page(steps, "", "")
    return {**shown, "run": None, "runs": [], "problems": [problem]}


def running() -> dict[str, Any]:
    now = {"step": "final", "phase": "denoising", "number": 3, "of": 40, "warm": True, "done": 1, "total": 4}
    final = step("final", "generate", "render", "running", preset=PRESET, target=LOCAL, done=1, total=4)
    return {**_page([_draft(), final], "running", "It goes on by itself; this page follows."), "now": now}


def _page(steps: list[dict[str, Any]], state: str, sentence: str, **more: Any) -> dict[str, Any]:
    run = {"id": "r1", "state": state, "version": 3, "going": state == "running", "sentence": sentence, "person": "Ada"}
    open_now = state in ("running", "choosing", "look")
    run |= {"open": open_now, "started": before(minutes=4), "seconds": None, "spent_usd": None, "older": False, **more}
    run |= {"done": sum(one["state"] in ("done", "reused") for one in steps), "total": len(steps)}
    past = {
        "id": "r0",
        "state": "failed",
        "when": before(days=1),
        "person": "Ada",
        "note": "",
        "url": "#",
        "here": False,
    }
    now = {**past, "id": "r1", "state": state, "when": before(minutes=4), "here": True, "note": "with the new words"}
    about = {**ABOUT, "person": "Ada", "description": "A quick draft, then the full model from a frame of it."}
    text = '{\n  "format": "matchframe/recipe/1"\n}\n'
    shown = {"recipe": about, "run": run, "now": None, "steps": steps, "runs": [now, past], "fragment": False}
    return page(page_feature="recipes", **shown, problems=[], text=text, can=CAN)


def pages() -> dict[str, tuple[str, dict[str, Any]]]:
    row = {"slug": "draft-to-final", "name": "Draft, frame, final", "steps": "render, choose a frame, render"}
    rows = [
        {
            **row,
            "digest": DIGESTS[3],
            "changed": before(days=2),
            "person": "Ada",
            "state": state,
            "ran": before(hours=1),
        }
        for state in ("choosing", "done", None)
    ]
    shapes = [{"title": "Draft to final", "words": "A quick draft, then the full model with the same seed."}]
    shapes = [{**shape, "name": f"shape-{count}", "presets": 2} for count, shape in enumerate(shapes * 3)]
    names = ("presets", "second_presets", "targets", "second_targets", "endpoints")
    form = {**dict.fromkeys(names, CHOICES), "shapes": shapes, "chosen": {}, "can": CAN}
    kinds = [{"name": "keyframe", "word": "choose a frame", "takes": "video", "gives": "image, seed, prompt"}]
    editing = {"recipe": ABOUT, "text": '{"format": "matchframe/recipe/1"}', "kinds": kinds, "can": CAN}
    listed = {"page_feature": "recipes", "can": CAN}
    return {
        "recipes": ("recipes/index.html", page(**listed, recipes=rows)),
        "recipes-none": ("recipes/index.html", page(**listed, recipes=[])),
        "recipe-new": ("recipes/new.html", page(page_feature="recipes", **form)),
        "recipe-edit": ("recipes/edit.html", page(page_feature="recipes", **editing)),
        "recipe": ("recipes/detail.html", choosing()),
        "recipe-done": ("recipes/detail.html", finished()),
        "recipe-look": ("recipes/detail.html", failed()),
        "recipe-running": ("recipes/detail.html", running()),
        "recipe-planned": ("recipes/detail.html", planned()),
    }
