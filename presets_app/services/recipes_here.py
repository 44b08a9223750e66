"""What a step has done on this side: the sound of a video, one of its frames, or words from a served language model."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from presets_app import measure, wiring
from presets_app.core.errors import Invalid, LocalOnly
from presets_app.core.recipes import expanding

Values = dict[str, Any]
Request = dict[str, Any]


def done(request: Request) -> Values:
    """The values that a request leads to. Raises MatchframeError when it cannot be done."""
    return _DOERS[request["kind"]](request)


def _equalized(request: Request) -> Values:
    with tempfile.TemporaryDirectory(prefix="matchframe-sound-") as folder:
        target = Path(folder) / "equalized.mp4"
        answer = measure.equalize(wiring.artifact_path(request["video"]), target, request["bands"])
        if answer["problems"]:
            raise _unusable(answer["problems"])
        video = wiring.artifacts().put_file(target)
    facts = {name: answer[name] for name in ("before", "after")}
    return {"video": {"sha256": video, "media_type": "video/mp4"}, "sound": {**facts, "bands": request["bands"]}}


def _frame(request: Request) -> Values:
    with tempfile.TemporaryDirectory(prefix="matchframe-frame-") as folder:
        place, wanted = wiring.artifact_path(request["video"]), request["frame"]
        answer = measure.take_frames(place, Path(folder), wanted=[wanted])
        if not answer["stills"]:
            if answer["problems"]:
                raise _unusable(answer["problems"])
            text = f"There is no frame {wanted}; the clip has frames 0 to {answer['frames'] - 1}."
            raise Invalid(text, code="frame_not_there", hint="Choose one of these; -1 is the last.")
        still = answer["stills"][0]
        picture = wiring.artifacts().put_file(Path(folder) / still["file"])
    facts = {name: still[name] for name in ("frame", "width", "height")}
    return {"image": {"sha256": picture, "media_type": "image/png"}, "picture": {**facts, "frames": answer["frames"]}}


def _unusable(problems: list[dict[str, Any]]) -> Invalid:
    first = problems[0]
    text = f"The video cannot be used: {first['message']}."
    return Invalid(text, code="recipe_video_unusable", hint="Watch it, and do the step before again.")


def _served_words(request: Request) -> Values:
    model = request["model"]
    refuse_endpoint(model["endpoint"])
    answer = wiring.chat(model["endpoint"], model["name"], request["text"], request)
    return words(request, answer, f"{model['name']} at {model['endpoint']}")


def refuse_endpoint(endpoint: str) -> None:
    """Only addresses that this install's owner has named may be asked. Raises LocalOnly."""
    if endpoint.rstrip("/") not in wiring.chat_endpoints():
        text = "This install does not name that address as a language model's."
        hint = "Whoever runs Matchframe names it in MATCHFRAME_LLM_ENDPOINTS."
        raise LocalOnly(text, code="endpoint_not_named", hint=hint)


def words(request: Request, answer: str, by: str) -> Values:
    """An answer as the text that is kept. Raises Invalid when nothing usable is in it."""
    text = expanding.cleaned(answer)
    if not text:
        hint = "Try another seed, a higher limit of tokens, or another model."
        raise Invalid("The language model answered without any words.", code="expansion_empty", hint=hint)
    return {"text": {"text": text, "source": request["text"], "by": by[:200], "seed": request["seed"]}}


_DOERS: dict[str, Callable[[Request], Values]] = {
    "equalize": _equalized,
    "keyframe": _frame,
    "expand_prompt": _served_words,
}
