"""Pictures, videos and sounds: roles, files, tasks."""

from __future__ import annotations

from typing import Any

import pytest

from tests.backends.comfyui.importing.graphs import LTX, WAN, Drawn, changed, codes, document, imported


def conditioned(kind: str, **given: Any) -> Drawn:
    """The WAN graph with a node that takes media between prompts and sampler."""
    size = {"width": 640, "height": 480, "length": 81, "batch_size": 1}
    inputs = {"positive": ("yes", 0), "negative": ("no", 0), "vae": ("vae", 0), **size, **given}
    links = {"positive": ("given", 0), "negative": ("given", 1), "latent_image": ("given", 2)}
    return {
        **changed(WAN, sampler=links),
        "given": (kind, inputs),
        "one": ("LoadImage", {"image": "one.png"}),
        "two": ("LoadImage", {"image": "two.png"}),
        "clip_in": ("LoadVideo", {"file": "dance.mp4"}),
        "frames": ("GetVideoComponents", {"video": ("clip_in", 0)}),
        "voice": ("LoadAudio", {"audio": "ada.mp3"}),
        "heard": ("AudioEncoderEncode", {"audio_encoder": ("ears", 0), "audio": ("voice", 0)}),
        "ears": ("AudioEncoderLoader", {"audio_encoder_name": "wav2vec2.safetensors"}),
        "camera": ("WanCameraEmbedding", {"camera_pose": "Zoom In", "width": 640, "height": 480, "length": 81}),
    }


@pytest.mark.parametrize(
    ("drawn", "task", "inputs"),
    [
        (WAN, "t2v", None),
        (conditioned("WanImageToVideo"), "t2v", None),
        (conditioned("WanImageToVideo", start_image=("one", 0)), "i2v", {"image": "one.png"}),
        (
            conditioned("WanFirstLastFrameToVideo", start_image=("one", 0), end_image=("two", 0)),
            "flf2v",
            {"first_image": "one.png", "last_image": "two.png"},
        ),
        (
            conditioned("WanCameraImageToVideo", start_image=("one", 0), camera_conditions=("camera", 0)),
            "camera-i2v",
            {"image": "one.png"},
        ),
        (
            conditioned("WanFunControlToVideo", start_image=("one", 0), control_video=("frames", 0)),
            "control",
            {"image": "one.png", "control_video": "dance.mp4"},
        ),
        (conditioned("WanVaceToVideo", reference_image=("one", 0)), "vace-ref2v", {"reference_image": "one.png"}),
        (conditioned("WanVaceToVideo", control_video=("frames", 0)), "v2v", {"control_video": "dance.mp4"}),
        (
            conditioned("WanSoundImageToVideo", ref_image=("one", 0), audio_encoder_output=("heard", 0)),
            "s2v",
            {"audio": "ada.mp3", "image": "one.png"},
        ),
        (LTX, "i2v", {"image": "sub/puppet.png"}),
    ],
)
def test_the_media_make_the_task(drawn: Drawn, task: str, inputs: dict[str, str] | None) -> None:
    made = document(drawn)
    assert (made["task"], made.get("inputs")) == (task, inputs)


def test_a_camera_is_kept_in_the_options() -> None:
    made = document(conditioned("WanCameraImageToVideo", start_image=("one", 0), camera_conditions=("camera", 0)))
    assert made["stages"][0]["guidance_options"]["camera_pose"] == "Zoom In"


def test_encoders_of_media_are_listed_with_the_models() -> None:
    made = document(conditioned("WanSoundImageToVideo", ref_image=("one", 0), audio_encoder_output=("heard", 0)))
    assert made["models"]["audio_encoder"] == ["wav2vec2.safetensors"]


def test_a_picture_that_is_let_pass_unused_is_no_input() -> None:
    found = imported(changed(LTX, started={"bypass": True}))
    assert found.document is not None
    assert (found.document["task"], "inputs" in found.document) == ("t2v", False)
    assert ("input_off", "/inputs/image") in codes(found)


def test_how_strongly_a_picture_counts_stands_with_its_stage() -> None:
    base, refine = document(LTX)["stages"]
    assert base["guidance_options"] == {"image_compression": 33, "image_strength": 0.7}
    assert "guidance_options" not in refine


def test_guides_at_both_ends_are_first_and_last_image() -> None:
    guide = {"positive": ("both", 0), "negative": ("both", 1), "vae": ("model", 2), "strength": 1.0}
    ends = {
        **LTX,
        "end": ("LoadImage", {"image": "end.png"}),
        "g1": ("LTXVAddGuide", {**guide, "latent": ("empty", 0), "image": ("picture", 0), "frame_idx": 0}),
        "g2": (
            "LTXVAddGuide",
            {
                **guide,
                "positive": ("g1", 0),
                "negative": ("g1", 1),
                "latent": ("g1", 2),
                "image": ("end", 0),
                "frame_idx": -1,
            },
        ),
        "av": ("LTXVConcatAVLatent", {"video_latent": ("g2", 2), "audio_latent": ("quiet", 0)}),
        "guide": (LTX["guide"][0], {**LTX["guide"][1], "positive": ("g2", 0), "negative": ("g2", 1)}),
    }
    made = document(ends)
    assert (made["task"], made["inputs"]) == ("flf2v", {"first_image": "sub/puppet.png", "last_image": "end.png"})
    assert (made["prompt"], made["width"]) == ("a puppet sings", 640)


def test_a_sound_that_is_given_is_an_input_and_is_not_made() -> None:
    heard = {
        **LTX,
        "voice": ("LoadAudio", {"audio": "ada.mp3"}),
        "quiet": ("LTXVAudioVAEEncode", {"audio": ("voice", 0), "audio_vae": ("audio_vae", 0)}),
    }
    made = document(heard)
    assert (made["task"], made["inputs"]["audio"], made["audio"]) == ("ia2v", "ada.mp3", {"generate": False})
    assert document(LTX)["audio"] == {"generate": True}


def test_a_file_that_is_changed_before_use_is_said() -> None:
    edges = {
        **conditioned("WanFunControlToVideo", control_video=("edges", 0)),
        "edges": ("Canny", {"low_threshold": 0.4, "high_threshold": 0.8, "image": ("frames", 0)}),
    }
    found = imported(edges)
    assert found.document is not None
    assert found.document["inputs"] == {"control_video": "dance.mp4"}
    [problem] = [problem for problem in found.problems if problem.code == "input_processed"]
    assert (problem.path, "Canny" in problem.message) == ("/inputs/control_video", True)


def test_a_picture_that_the_graph_makes_itself_is_an_error() -> None:
    first = {
        **conditioned("WanImageToVideo", start_image=("seen", 0)),
        "paint": (
            "KSampler",
            {**WAN["sampler"][1], "model": ("sd", 0), "latent_image": ("canvas", 0)},
        ),
        "sd": ("CheckpointLoaderSimple", {"ckpt_name": "flux1-dev.safetensors"}),
        "canvas": ("EmptyLatentImage", {"width": 512, "height": 512, "batch_size": 1}),
        "seen": ("VAEDecode", {"samples": ("paint", 0), "vae": ("vae", 0)}),
    }
    found = imported(first)
    assert ("input_made_in_graph", "/inputs/image") in codes(found)
    assert found.document is not None
    assert len(found.document["stages"]) == 1


def test_a_start_without_an_end_is_the_picture_alone() -> None:
    made = document(conditioned("WanFirstLastFrameToVideo", start_image=("one", 0)))
    assert (made["task"], made["inputs"]) == ("i2v", {"image": "one.png"})
