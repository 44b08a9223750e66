"""Steps that render nothing: a frame a person chooses, words from a served model, sound made softer; and what a step
that a runner does leaves behind."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import pytest

from presets_app import wiring
from presets_app.artifacts import get_json, put_json
from presets_app.core.errors import Conflict, Invalid, NotPermitted
from presets_app.models import RecipeOutput, RecipeRun
from presets_app.queries import media
from presets_app.services import recipes, recipes_acting, recipes_frames, recipes_healing, recipes_work
from tests.services.test_recipes import DRAFT, FINAL, advanced, recipe, render, rendered, sent, started, states, step
from tests.services.test_recipes import studio as studio  # noqa: PLC0414 - the fixture
from tests.support.clips import moving, speech, write_clip
from tests.support.people import People
from tests.support.rendered import finish_all

pytestmark = pytest.mark.django_db(transaction=True)
PICK = {"name": "pick", "kind": "keyframe", "inputs": {"video": "draft.video"}}
TO_FRAME = recipe(
    render("draft", DRAFT),
    PICK,
    render("final", FINAL, inputs={"image": "pick.image", "prompt": "pick.prompt", "seed": "pick.seed"}),
    name="Draft to frame",
)


def worked(run: RecipeRun) -> RecipeRun:
    """What the queue does for work on this side."""
    for output in RecipeOutput.objects.filter(step__recipe_run=run, state="running").exclude(request=""):
        recipes_work.work(output.pk)
    return advanced(run)


@pytest.fixture
def choosing(studio: Any, people: People, tmp_path: Path) -> RecipeRun:
    """A run that waits for a frame, its pictures ready."""
    run = rendered(started(studio, people, TO_FRAME), "draft", tmp_path)
    recipes_frames.prepare(step(run, "pick").pk)
    return run


def test_a_person_chooses_the_frame_that_the_final_starts_from(choosing: RecipeRun, people: People, studio: Any):
    assert (choosing.state, states(choosing)) == ("choosing", {"draft": "done", "pick": "choosing", "final": "waiting"})
    (clip,) = step(choosing, "pick").facts["clips"]
    assert (clip["frames"], [shown["frame"] for shown in clip["shown"]]) == (17, [0, 2, 5, 7, 9, 11, 14, 16])
    assert media.find(studio, clip["shown"][0]["sha256"], "frame").media_type == "image/png"
    with pytest.raises(NotPermitted):
        recipes_frames.choose(step(choosing, "pick"), people.vic, "preset", 5)
    with pytest.raises(Invalid, match="frames 0 to 16"):
        recipes_frames.choose(step(choosing, "pick"), people.ada, "preset", 17)
    recipes_frames.choose(step(choosing, "pick"), people.ada, "preset", 5)
    run = worked(choosing)
    picture = step(run, "pick").outputs.get().values["image"]
    assert picture["sha256"] == clip["shown"][2]["sha256"]
    final = step(run, "final").run
    assert final is not None
    assert sent(final)["inputs"] == {"image": picture}
    assert sent(final)["stages"][0]["seed"] == 4242
    with pytest.raises(Conflict, match="no frame is asked for"):
        recipes_frames.choose(step(run, "pick"), people.ada, "preset", 6)


def test_the_same_clip_is_not_asked_about_twice(choosing: RecipeRun, people: People, studio: Any):
    recipes_frames.choose(step(choosing, "pick"), people.ada, "preset", 5)
    worked(choosing)
    second = started(studio, people, TO_FRAME)
    assert states(second) == {"draft": "done", "pick": "done", "final": "running"}
    assert step(second, "pick").facts["chosen"]["by"] == "ada"
    found = second.recipe
    assert states(advanced(recipes.start(found, people.ada, ask="pick")))["pick"] == "choosing"
    with pytest.raises(Invalid, match="asks nobody for a frame"):
        recipes.start(found, people.ada, ask="draft")
    other = started(studio, people, {**TO_FRAME, "name": "Another film"})
    assert states(other) == {"draft": "done", "pick": "choosing", "final": "waiting"}


def test_what_stays_here_keeps_its_mark_through_a_frame(choosing: RecipeRun, people: People):
    output = step(choosing, "draft").outputs.get()
    output.values = {**output.values, "local_only": True}
    output.save()
    recipes_frames.choose(step(choosing, "pick"), people.ada, "preset", 5)
    run = worked(choosing)
    assert step(run, "pick").outputs.get().values["image"]["local_only"] is True
    final = step(run, "final").run
    assert final is not None
    assert final.items.get().local_only


def test_sound_is_measured_before_and_after_and_the_picture_is_untouched(studio: Any, people: People, tmp_path: Path):
    soft = {"name": "soft", "kind": "equalize", "inputs": {"video": "take.video"}}
    run = started(studio, people, recipe(render("take", DRAFT), soft, name="Softer"))
    made = step(run, "take").run
    assert made is not None
    finish_all(made, write_clip(tmp_path / "loud.mp4", moving(12, (96, 64)), sound=speech(0.5)), raw="a" * 64)
    run = worked(advanced(run))
    values = step(run, "soft").outputs.get().values
    before, after = (values["sound"][name]["harshness_db"] for name in ("before", "after"))
    assert (run.state, before - after > 1) == ("done", True)
    assert values["video"]["sha256"] != step(run, "take").outputs.get().values["video"]["sha256"]
    assert media.find(studio, values["video"]["sha256"], "video").size > 0


def test_a_clip_without_sound_fails_the_step_in_words(studio: Any, people: People, tmp_path: Path):
    soft = {"name": "soft", "kind": "equalize", "inputs": {"video": "take.video"}}
    run = rendered(started(studio, people, recipe(render("take", DRAFT), soft, name="Softer")), "take", tmp_path)
    run = worked(run)
    assert (run.state, step(run, "soft").failure["message"]) == (
        "failed",
        "The video cannot be used: the video has no sound.",
    )


class Chat(BaseHTTPRequestHandler):
    """A chat endpoint as language model servers have it; what it was asked stands in `asked`."""

    asked: list[dict[str, Any]] = []
    status, answer = 200, "<think>hm</think>“A paper boat, white and folded, drifts.”"

    def do_POST(self) -> None:
        self.asked.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        body = json.dumps({"choices": [{"message": {"role": "assistant", "content": self.answer}}]}).encode()
        self.send_response(self.status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def chat(settings: Any) -> Iterator[str]:
    """The address of such a server on this machine, named by the install."""
    server = HTTPServer(("127.0.0.1", 0), type("Own", (Chat,), {"asked": []}))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/v1"
    settings.LLM_ENDPOINTS = [address]
    Chat.asked = []
    yield address
    server.shutdown()
    server.server_close()


def expanded(address: str, **more: Any) -> dict[str, Any]:
    words = {"name": "words", "kind": "expand_prompt", "preset": DRAFT, "model": {"endpoint": address, "name": "qwen"}}
    return recipe({**words, **more}, render("final", FINAL, inputs={"prompt": "words.text"}), name="Words")


def test_words_of_a_served_model_are_stored_and_rendered(studio: Any, people: People, chat: str):
    run = worked(started(studio, people, expanded(chat)))
    final = step(run, "final").run
    assert final is not None
    assert sent(final)["prompt"] == "A paper boat, white and folded, drifts."
    told = sent(final)["prompt_expansion"]
    assert (told["by"], told["enabled"]) == (f"qwen at {chat}", False)
    assert told["source"].startswith("A close-up of a cheerful puppet")


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/v1", "https://api.example.com/v1", "file:///etc/passwd"])
def test_an_address_that_the_install_does_not_name_is_refused_before_anything_starts(
    studio: Any, people: People, address: str
):
    found = recipes.save(studio, people.ada, expanded(address))
    with pytest.raises(Invalid, match="does not name that address"):
        recipes.start(found, people.ada)


def test_a_served_model_that_does_not_run_is_told_as_one(studio: Any, people: People, settings: Any):
    settings.LLM_ENDPOINTS = ["http://127.0.0.1:9/v1"]
    run = worked(started(studio, people, expanded("http://127.0.0.1:9/v1")))
    failure = step(run, "words").failure
    assert (run.state, failure["code"]) == ("failed", "connect_failed")
    assert failure["message"] == "The language model's server cannot be reached."


def test_a_named_address_outside_the_teams_network_is_refused_by_the_guard(studio: Any, people: People, settings: Any):
    settings.LLM_ENDPOINTS = ["http://8.8.8.8:80/v1"]
    run = worked(started(studio, people, expanded("http://8.8.8.8:80/v1")))
    assert (run.state, step(run, "words").failure["code"]) == ("failed", "address_not_allowed")


def test_a_lost_result_of_a_runner_is_collected_when_healing(studio: Any, people: People, tmp_path: Path):
    large = {"name": "large", "kind": "upscale", "target": "local", "scale": 2, "inputs": {"video": "take.video"}}
    run = rendered(started(studio, people, recipe(render("take", DRAFT), large, name="Large")), "take", tmp_path)
    output = step(run, "large").outputs.get()
    request = get_json(wiring.artifacts(), output.request)
    assert (request["kind"], request["scale"], request["method"]) == ("upscale", 2, "lanczos")
    recipes_healing.heal()
    video = step(run, "take").outputs.get().values["video"]
    result = {"status": "done", "values": {"video": video, "size": {"width": 192}}, "failure": None}
    for _ in range(2):
        recipes_work.stepped(f"recipe-{output.pk}", 1, put_json(wiring.artifacts(), result))
    recipes_work.stepped(f"recipe-{output.pk}", 2, "0" * 64)
    assert (advanced(run).state, step(run, "large").outputs.get().values["size"]) == ("done", {"width": 192})


def test_a_cancelled_step_can_be_done_again(studio: Any, people: People, tmp_path: Path):
    large = {"name": "large", "kind": "upscale", "target": "local", "scale": 2, "inputs": {"video": "take.video"}}
    run = rendered(started(studio, people, recipe(render("take", DRAFT), large, name="Large")), "take", tmp_path)
    recipes_acting.cancel(run, people.ada, "Wrong size")
    assert states(run) == {"take": "done", "large": "cancelled"}
    recipes_acting.again(step(run, "large"), people.ada)
    assert states(advanced(run)) == {"take": "done", "large": "running"}
