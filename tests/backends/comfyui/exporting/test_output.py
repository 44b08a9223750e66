"""What the graph writes, and what it is given."""

from __future__ import annotations

import pytest

from presets_app.backends.comfyui.exporting import compile_graph, to_form
from tests.backends.comfyui.exporting.documents import codes, ltx, node, nodes, wan, wan_single


def test_the_file_is_named_after_the_run() -> None:
    made = compile_graph(wan(), run_name="20261120T101500Z_fox_1a2b3c4_gpu")
    assert node(made, "SaveVideo")["filename_prefix"] == "video/20261120T101500Z_fox_1a2b3c4_gpu"
    assert node(to_form(wan()), "SaveVideo")["filename_prefix"] == "video/fox-in-the-snow"


@pytest.mark.parametrize("name", ["../../etc/passwd", "a\\b", "%date:yyyy%", "a/b"])
def test_a_runs_name_makes_no_folder_and_no_placeholder(name: str) -> None:
    prefix = node(compile_graph(wan(), run_name=name), "SaveVideo")["filename_prefix"]
    assert prefix.count("/") == 1
    assert not set("\\%") & set(prefix)
    assert ".." not in prefix


def test_what_the_document_says_of_the_file_goes_where_there_is_a_field() -> None:
    made = compile_graph(
        wan(output={"container": "mp4", "video_codec": "libx264", "crf": 18, "pixel_format": "yuv420p10le"})
    )
    saved = node(made, "SaveVideo")
    assert (saved["format"], saved["codec"]) == ("mp4", "h264")
    assert node(made, "CreateVideo")["bit_depth"] == 10
    assert [loss.status for loss in made.losses if loss.path == "/output/crf"] == ["dropped"]


def test_a_file_that_a_stock_server_does_not_write_is_said() -> None:
    made = compile_graph(wan(output={"container": "mov", "video_codec": "prores"}))
    assert codes(made, "warning") == {"container_not_available", "codec_not_available"}
    assert node(made, "SaveVideo")["format"] == "mp4"


def test_webm_without_sound_keeps_its_codec_and_quality() -> None:
    made = compile_graph(wan(output={"container": "webm", "video_codec": "av1", "crf": 20}))
    saved = node(made, "SaveWEBM")
    assert (saved["codec"], saved["crf"], saved["fps"]) == ("av1", 20, 16)
    assert node(compile_graph(ltx(output={"container": "webm"})), "SaveVideo")["format"] == "mp4"


def test_webp_and_single_pictures_have_nodes_of_their_own() -> None:
    assert node(compile_graph(wan(output={"container": "webp"})), "SaveAnimatedWEBP")["fps"] == 16
    picture = wan_single("wan-2.1", "wan2.1_t2v.safetensors", "t2i", frames=1)
    made = compile_graph(picture)
    assert nodes(made, "SaveImage")
    assert not nodes(made, "SaveVideo")


def test_tiling_takes_the_decoder_that_tiles() -> None:
    assert node(compile_graph(wan(runtime={"vae_tiling": True})), "VAEDecodeTiled")["tile_size"] == 512
    assert nodes(compile_graph(wan(runtime={"vae_tiling": False})), "VAEDecode")


def test_an_uploaded_file_goes_by_the_name_the_server_gave_it() -> None:
    document = wan("i2v", inputs={"image": {"sha256": "a" * 64, "name": "fox.png", "media_type": "image/png"}})
    given = compile_graph(document, assets={"image": "fox (1).png"})
    assert node(given, "LoadImage")["image"] == "fox (1).png"
    assert "input_upload_first" not in codes(given)
    own = compile_graph(document)
    assert node(own, "LoadImage")["image"] == "fox.png"
    note = next(problem for problem in own.problems if problem.code == "input_upload_first")
    assert (note.severity, note.path) == ("note", "/inputs/image")


def test_an_input_that_the_task_does_not_take_is_said() -> None:
    made = compile_graph(wan(inputs={"image": "fox.png"}))
    assert [problem.path for problem in made.problems if problem.code == "value_not_carried"] == ["/inputs/image"]
    assert not nodes(made, "LoadImage")


def test_rewriting_of_the_prompt_is_off_and_said() -> None:
    made = compile_graph(ltx(prompt_expansion={"source": "fox", "enabled": True}))
    assert "prompt_expansion_off" in codes(made, "warning")
    assert {one["text"] for one in nodes(made, "CLIPTextEncode")} == {"A fox runs through the snow", "blurry"}


def test_noise_is_drawn_on_the_cpu_and_another_device_is_said() -> None:
    assert not codes(compile_graph(wan(runtime={"noise_device": "cpu"})))
    assert codes(compile_graph(wan(runtime={"noise_device": "cuda"}))) == {"noise_device_differs"}
