"""The lints about prompts, pictures, LoRAs, sound and memory."""

from __future__ import annotations

import struct
import zlib
from typing import Any

import pytest

from presets_app.core import lints
from presets_app.core.lints import pictures
from presets_app.core.picture_size import Size, size_of
from presets_app.core.problems import Problem
from tests.core.examples import ltx2, wan22


def codes(document: dict[str, Any]) -> list[str]:
    return [problem.code for problem in lints.check(document)]


def found(document: dict[str, Any], code: str) -> Problem:
    (problem,) = [problem for problem in lints.check(document) if problem.code == code]
    return problem


def two_stage(width: int, height: int) -> dict[str, Any]:
    return ltx2(width=width, height=height)


def test_a_two_stage_size_must_end_up_as_a_multiple_of_64():
    assert "multiple of 64" in found(two_stage(640, 360), "size_rule").message
    assert "size_rule" not in codes(two_stage(640, 352))
    one = ltx2(stages=ltx2()["stages"][:1])
    assert "64" not in found(one, "size_rule").message


@pytest.mark.parametrize(
    ("strength", "code"), [(0, "lora_strength_zero"), (2.5, "lora_strength_high"), (-2.5, "lora_strength_high")]
)
def test_a_strength_of_nothing_or_of_too_much_is_told(strength: float, code: str):
    document = wan22()
    document["stages"][1]["loras"] = [{"file": "a.safetensors", "strength": 1}, {"file": "b", "strength": strength}]
    assert found(document, code).path == "/stages/1/loras/1/strength"


@pytest.mark.parametrize("strength", [0.1, 1, 2, -2])
def test_usual_strengths_are_left_alone(strength: float):
    document = wan22()
    document["stages"][1]["loras"] = [{"file": "a.safetensors", "strength": strength}]
    assert codes(document) == []


def test_guidance_on_a_lightning_lora_of_wan_is_told():
    document = wan22()
    document["stages"][0]["loras"] = [{"file": "wan2.2_t2v_lightx2v_4steps_lora.safetensors", "strength": 1}]
    assert found(document, "distilled_guidance").path == "/stages/0/guidance"
    document["stages"][0]["loras"][0]["strength"] = 0
    assert "distilled_guidance" not in codes(document)


@pytest.mark.parametrize(("document", "limit"), [(wan22(), 512), (ltx2(), 1024)])
def test_a_prompt_longer_than_its_text_encoder_reads_is_told(document: dict[str, Any], limit: int):
    words = int(limit / 1.3)
    assert "prompt_long" not in codes({**document, "prompt": "puppet " * words})
    problem = found({**document, "prompt": "puppet " * (words + 5)}, "prompt_long")
    assert f"{limit:,}" in problem.message
    assert "estimate" in problem.source
    assert "prompt_long" in codes({**document, "negative_prompt": "\u96e8" * (limit + 1)})


@pytest.mark.parametrize("prompt", ["A fox in the snow. The camera pans left.", "Slow zoom shot forward"])
def test_a_camera_that_moves_over_nothing_is_told(prompt: str):
    assert found(wan22(prompt=prompt), "camera_without_subject").severity == "note"


@pytest.mark.parametrize("prompt", ["The camera pans left to a red fox.", "A fox pans for gold", "A camera on a table"])
def test_a_camera_that_moves_over_something_is_left_alone(prompt: str):
    assert codes(wan22(prompt=prompt)) == []


def test_hands_and_writing_in_a_reference_picture_are_told():
    document = wan22(task="i2v", prompt="She waves her hand beside a shop sign", inputs={"image": {"sha256": "a" * 64}})
    problem = found(document, "reference_details")
    assert (problem.path, problem.severity) == ("/inputs/image", "warning")
    assert "hands and small writing" in problem.message
    assert "reference_details" not in codes({**document, "task": "t2v"})
    assert "reference_details" not in codes({**document, "prompt": "A handsome contextual designer"})


def test_a_video_where_a_picture_belongs_cannot_be_rendered():
    asset = {"sha256": "a" * 64, "media_type": "video/mp4"}
    assert found(wan22(task="i2v", inputs={"image": asset}), "reference_not_picture").severity == "error"
    assert codes(wan22(task="i2v", inputs={"image": {**asset, "media_type": "image/png"}})) == []
    assert codes(wan22(task="v2v", inputs={"video": asset})) == []


def test_sound_of_ltx_2_is_worth_a_listen_and_silence_is_not():
    assert found(ltx2(), "audio_harsh").severity == "note"
    assert "audio_harsh" not in codes(ltx2(audio={"generate": False}))


def test_wan_without_any_stated_number_format_is_told_of_the_vae():
    assert found(wan22(runtime={}), "wan_vae_unstated").severity == "note"


def test_a_card_too_small_for_the_stated_offload_is_told_what_fits():
    document = wan22(hardware={"min_vram_gib": 48})
    document["runtime"]["offload"] = "none"
    problem = found(document, "vram_short")
    assert (problem.path, problem.severity) == ("/hardware/min_vram_gib", "warning")
    assert "runtime.offload to model" in problem.hint
    document["runtime"]["offload"] = "model"
    assert "vram_short" not in codes(document)


def test_a_card_that_only_narrower_weights_fit_is_told_so():
    document = wan22(hardware={"min_vram_gib": 16})
    document["runtime"]["offload"] = "model"
    hint = found(document, "vram_short").hint
    assert "weights" in hint or "runtime.offload to group" in hint
    tiny = wan22(hardware={"min_vram_gib": 1})
    assert "TI2V-5B" in found(tiny, "vram_short").hint


def test_decoding_a_long_video_at_once_is_told_where_no_card_is_named():
    long = ltx2(width=960, height=544, frames=257, hardware={}, runtime={"offload": "model"})
    problem = found(long, "vae_decode_large")
    assert (problem.path, problem.severity) == ("/runtime/vae_tiling", "note")
    assert "vae_decode_large" not in codes({**long, "runtime": {"vae_tiling": True}})
    assert "vae_decode_large" not in codes({**long, "frames": 25})


@pytest.mark.parametrize(
    ("size", "expected"),
    [
        (Size(1280, 720), []),
        (Size(2560, 1440), []),
        (Size(640, 360), ["reference_small"]),
        (Size(1440, 1440), ["reference_shape"]),
        (Size(0, 0), []),
    ],
)
def test_a_picture_is_held_to_the_size_that_is_rendered(size: Size, expected: list[str]):
    assert [problem.code for problem in pictures.of_size(wan22(), "/inputs/image", size)] == expected


def png(width: int, height: int) -> bytes:
    body = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + struct.pack(">I", 13) + body + struct.pack(">I", zlib.crc32(body))


JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF" + bytes(10) + b"\xff\xff\xc2\x00\x11\x08\x02\xd0\x05\x00" + bytes(8)
WEBP = {
    "VP8X": b"RIFF\0\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0\xff\x04\x00\xcf\x02\x00",
    "VP8L": b"RIFF\0\0\0\0WEBPVP8L\0\0\0\0\x2f" + (1279 | 719 << 14).to_bytes(4, "little"),
    "VP8 ": b"RIFF\0\0\0\0WEBPVP8 \0\0\0\0\0\0\0\x9d\x01\x2a" + struct.pack("<HH", 1280, 720),
}


@pytest.mark.parametrize("head", [png(1280, 720), JPEG, *WEBP.values(), b"GIF89a" + struct.pack("<HH", 1280, 720)])
def test_the_size_of_a_picture_stands_in_its_first_bytes(head: bytes):
    assert size_of(head) == Size(1280, 720)
    assert all(size_of(head[:cut]) in (None, Size(1280, 720)) for cut in range(len(head)))


@pytest.mark.parametrize(
    "head", [b"", b"\xff\xd8\xff\xda\x00\x02", b"\xff\xd8" + b"\xff" * 500, b"ftypmp42", b"\xff\xd8ab"]
)
def test_what_is_no_picture_has_no_size(head: bytes):
    assert size_of(head) is None
