"""Prompts: through nodes that carry two, from nodes that make them, and where no words arrive."""

from __future__ import annotations

from tests.backends.comfyui.importing.graphs import LTX, WAN, changed, codes, document, imported


def test_the_outputs_name_says_which_prompt_it_is() -> None:
    made = document(LTX)
    assert (made["prompt"], made["negative_prompt"]) == ("a puppet sings", "blurry")


def test_a_node_with_a_model_before_its_prompts_is_read_by_name() -> None:
    spoken = {
        **LTX,
        "voice": ("LoadAudio", {"audio": "ada.mp3"}),
        "who": (
            "LTXVReferenceAudio",
            {
                "model": ("model", 0),
                "positive": ("both", 0),
                "negative": ("both", 1),
                "reference_audio": ("voice", 0),
                "identity_guidance_scale": 3.0,
            },
        ),
        "guide": ("CFGGuider", {"cfg": 4.0, "model": ("who", 0), "positive": ("who", 1), "negative": ("who", 2)}),
    }
    made = document(spoken)
    assert (made["prompt"], made["negative_prompt"]) == ("a puppet sings", "blurry")
    assert made["stages"][0]["model"] == "ltx-2-19b-dev.safetensors"
    assert made["inputs"]["reference_audio"] == "ada.mp3"


def test_a_zeroed_negative_prompt_is_no_negative_prompt() -> None:
    found = imported({**WAN, "no": ("ConditioningZeroOut", {"conditioning": ("yes", 0)})})
    assert found.document is not None
    assert "negative_prompt" not in found.document
    assert ("negative_prompt_zeroed", "/negative_prompt") in codes(found)


def test_words_before_an_enhancer_are_kept_and_the_rewriting_is_said() -> None:
    enhanced = {
        **changed(WAN, yes={"text": ("better", 0)}),
        "words": ("PrimitiveStringMultiline", {"value": "a fox"}),
        "better": ("TextGenerateLTX2Prompt", {"prompt": ("words", 0), "sampling_mode.seed": 7, "clip": ("clip", 0)}),
    }
    found = imported(enhanced)
    assert found.document is not None
    assert found.document["prompt"] == "a fox"
    expansion = {"source": "a fox", "enabled": True, "by": "TextGenerateLTX2Prompt", "seed": 7}
    assert found.document["prompt_expansion"] == expansion
    assert ("prompt_expanded_at_run", "/prompt") in codes(found)


def test_texts_are_joined_and_replaced() -> None:
    joined = {
        **changed(WAN, yes={"text": ("both", 0)}),
        "both": ("StringConcatenate", {"string_a": "a fox", "string_b": ("new", 0), "delimiter": ", "}),
        "new": ("StringReplace", {"string": "in X", "find": "X", "replace": "snow"}),
    }
    assert document(joined)["prompt"] == "a fox, in snow"


def test_another_prompt_in_a_later_stage_is_said() -> None:
    other = {
        **LTX,
        "later": ("CLIPTextEncode", {"text": "a bear", "clip": ("gemma", 0)}),
        "guide_2": (LTX["guide_2"][0], {**LTX["guide_2"][1], "positive": ("later", 0)}),
    }
    assert ("prompts_differ", "/prompt") in codes(imported(other))
    assert ("prompts_differ", "/prompt") not in codes(imported(LTX))


def test_a_prompt_from_an_unknown_node_is_left_out_and_named() -> None:
    found = imported({**changed(WAN, yes={"text": ("magic", 0)}), "magic": ("Oracle", {"a": 1, "b": 2})})
    assert found.document is not None
    assert "prompt" not in found.document
    [problem] = [problem for problem in found.problems if problem.path == "/prompt"]
    assert (problem.severity, "Oracle" in problem.message) == ("error", True)
