"""Which video is meant, what is written, at which rate."""

from __future__ import annotations

import pytest

from tests.backends.comfyui.importing.graphs import LTX, WAN, changed, codes, document, imported

TWICE = {
    **WAN,
    "sampler_b": (WAN["sampler"][0], {**WAN["sampler"][1], "seed": 5}),
    "decode_b": ("VAEDecode", {"samples": ("sampler_b", 0), "vae": ("vae", 0)}),
    "save_b": ("SaveWEBM", {"fps": 16.0, "codec": "vp9", "crf": 32.0, "images": ("decode_b", 0)}),
}


def test_two_unrelated_videos_are_asked_about() -> None:
    found = imported(TWICE)
    assert found.document is None
    [problem] = found.problems
    assert (problem.code, problem.severity) == ("outputs_unrelated", "error")
    assert "SaveVideo" in problem.message
    assert "SaveWEBM" in problem.message


def test_a_second_file_of_the_same_video_is_a_note() -> None:
    found = imported({**TWICE, "save_b": ("SaveWEBM", {"fps": 16.0, "crf": 32.0, "images": ("decode", 0)})})
    assert found.document is not None
    assert ("output_further", "/output") in codes(found)


def test_a_preview_of_an_earlier_stage_does_not_hide_the_video() -> None:
    early = {
        **LTX,
        "look": ("VAEDecode", {"samples": ("parts", 0), "vae": ("model", 2)}),
        "save_early": ("SaveWEBM", {"fps": 24.0, "crf": 32.0, "images": ("look", 0)}),
    }
    assert len(document(early)["stages"]) == 2


def test_a_video_that_another_is_made_from_is_an_earlier_stage() -> None:
    after = {
        **TWICE,
        "encode": ("VAEEncode", {"pixels": ("decode", 0), "vae": ("vae", 0)}),
        "sampler_b": (WAN["sampler"][0], {**WAN["sampler"][1], "seed": 5, "latent_image": ("encode", 0)}),
    }
    found = imported(after)
    assert found.document is not None
    assert [stage["seed"] for stage in found.document["stages"]] == [5]
    assert ("input_made_in_graph", "/inputs/video") in codes(found)
    assert (found.document["width"], found.document["frames"]) == (832, 33)


def test_a_graph_without_an_output_says_so() -> None:
    found = imported({name: parts for name, parts in WAN.items() if name not in ("save", "video")})
    assert (found.document, codes(found)) == (None, {("output_missing", "")})


def test_a_graph_that_only_passes_files_on_says_so() -> None:
    found = imported({"in": ("LoadVideo", {"file": "a.mp4"}), "save": ("SaveVideo", {"video": ("in", 0)})})
    assert (found.document, codes(found)) == (None, {("nothing_rendered", "")})


def test_an_image_workflow_of_a_supported_family_is_one_frame() -> None:
    still = {name: parts for name, parts in WAN.items() if name not in ("save", "video")}
    still["save"] = ("SaveImage", {"filename_prefix": "x", "images": ("decode", 0)})
    still["latent"] = ("EmptySD3LatentImage", {"width": 832, "height": 480, "batch_size": 1})
    made = document(still)
    assert (made["task"], made["frames"]) == ("t2i", 1)


def test_slow_motion_keeps_both_rates_and_is_a_warning() -> None:
    found = imported(changed(LTX, video={"fps": 12.0}))
    assert found.document is not None
    assert (found.document["fps"], found.document["stages"][0]["guidance_options"]["frame_rate"]) == (12, 24)
    assert ("fps_told", "/fps") in codes(found)
    assert "fps" not in document(LTX)["output"]


def test_frames_put_between_are_not_the_rate_of_the_model() -> None:
    smooth = {
        **changed(WAN, video={"fps": 32.0, "images": ("between", 0)}),
        "between": ("RIFE VFI", {"frames": ("decode", 0), "multiplier": 2}),
    }
    found = imported(smooth)
    assert found.document is not None
    assert (found.document["fps"], found.document["output"]["fps"]) == (16, 32)
    assert any(code == "after_decoding" for code, _ in codes(found))


@pytest.mark.parametrize(
    ("form", "container", "codec"),
    [
        ("video/h264-mp4", "mp4", "h264"),
        ("video/h265-mp4", "mp4", "h265"),
        ("video/webm", "webm", None),
        ("image/gif", "gif", None),
        ("video/av1-webm", "webm", "av1"),
        ("video/nvenc_h264-mp4", "mp4", "h264"),
    ],
)
def test_the_file_is_read_from_a_video_helper_node(form: str, container: str, codec: str | None) -> None:
    inputs = {"images": ("decode", 0), "frame_rate": 16, "format": form, "pix_fmt": "yuv420p", "crf": 19}
    output = document({**WAN, "save": ("VHS_VideoCombine", inputs)})["output"]
    expected = {
        "container": container,
        "pixel_format": "yuv420p",
        "crf": 19,
        **({"video_codec": codec} if codec else {}),
    }
    assert output == expected


def test_several_videos_at_once_are_said() -> None:
    assert ("batch_size", "") in codes(imported(changed(WAN, latent={"batch_size": 4})))


def test_a_video_that_no_node_saves_is_described_with_a_warning() -> None:
    found = imported({**WAN, "save": ("SaveVideo", {"filename_prefix": "x"})})
    assert found.document is not None
    assert ("output_not_connected", "/output") in codes(found)


def test_of_two_files_of_one_video_the_one_as_decoded_is_followed() -> None:
    both = {
        **WAN,
        "stitch": ("ImageStitch", {"image1": ("decode", 0), "direction": "right"}),
        "wide": ("CreateVideo", {"fps": 30.0, "images": ("stitch", 0)}),
        "a_save": ("SaveVideo", {"video": ("wide", 0)}),
    }
    assert document(both)["fps"] == 16
    assert document({**{key: both[key] for key in ("stitch", "wide", "a_save")}, **WAN})["fps"] == 16
