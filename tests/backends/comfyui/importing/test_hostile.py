"""Graphs that are large, bent or broken end soon and say so."""

from __future__ import annotations

import time
from typing import Any

from presets_app.backends.comfyui.interpreting import interpret
from tests.backends.comfyui.importing.graphs import WAN, Drawn, codes, graph, imported


def chained(length: int) -> Drawn:
    """The WAN graph behind so many LoRAs, formulas and saved files."""
    drawn: dict[str, tuple[str, dict[str, Any]]] = {name: (kind, dict(held)) for name, (kind, held) in WAN.items()}
    model: tuple[str, int] = ("unet", 0)
    for index in range(length):
        inputs = {"model": model, "lora_name": f"{index}.safetensors", "strength_model": 1}
        drawn[f"lora_{index}"] = ("LoraLoaderModelOnly", inputs)
        model = (f"lora_{index}", 0)
        drawn[f"sum_{index}"] = ("ComfyMathExpression", {"expression": "a+1", "values.a": (f"sum_{index - 1}", 0)})
        drawn[f"save_{index}"] = ("SaveVideo", {"video": ("video", 0), "filename_prefix": "x"})
    drawn["shift"][1]["model"] = model
    drawn["sampler"][1]["steps"] = (f"sum_{length - 1}", 1)
    return drawn


def test_the_cost_grows_with_the_nodes_and_not_faster() -> None:
    spent = []
    for length in (500, 4000):
        made = graph(chained(length))
        start = time.process_time()
        interpret(made)
        spent.append(time.process_time() - start)
    assert spent[1] < 5
    assert spent[1] < 40 * max(spent[0], 0.02)


def test_a_model_that_is_its_own_origin_ends() -> None:
    found = imported({**WAN, "unet": ("LoraLoaderModelOnly", {"model": ("shift", 0), "lora_name": "a.safetensors"})})
    assert ("value_not_in_file", "/stages/0/model") in codes(found)


def test_latents_and_pictures_in_a_circle_end() -> None:
    looped = {**WAN, "latent": ("SetLatentNoiseMask", {"samples": ("sampler", 0)})}
    assert ("not_stated", "/width") in codes(imported(looped))
    blurred = {**WAN, "decode": ("ImageBlur", {"image": ("decode", 0)})}
    assert imported(blurred).document is None


def test_links_to_nowhere_are_said_where_they_matter() -> None:
    broken = {name: parts for name, parts in WAN.items() if name not in ("shift", "yes", "latent")}
    found = imported(broken)
    assert found.document is not None
    assert {"/stages/0/model", "/prompt", "/width"} <= {path for _, path in codes(found)}


def test_inputs_of_the_wrong_kind_never_raise() -> None:
    for wrong in (None, [], {}, [1, 2, 3], "text", -1, 1e308, True):
        for name in ("seed", "steps", "cfg", "sampler_name", "scheduler", "model", "latent_image", "positive"):
            held = {**WAN["sampler"][1], name: wrong}
            interpret(graph({**WAN, "sampler": ("KSampler", held)}))
