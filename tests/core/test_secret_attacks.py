"""Ways in which a key gets into a preset or a workflow by accident or on purpose, and what only looks like one."""

from __future__ import annotations

import base64
import json
import time
from typing import Any
from urllib.parse import quote

import pytest

from presets_app.core import lints, redacting, secrets
from tests.core.examples import ltx2, wan22

TOKEN = "hf_abcdefghij0123456789KLMNOP"
OPAQUE = "q7Zr19xkPw83mNvT"  # of no provider: only its name gives it away
STORED = "correct-horse-battery-staple-42"
HEX = "0123456789abcdef" * 4


def told(value: Any, **known: Any) -> str:
    return json.dumps([problem.as_json() for problem in secrets.find(value, **known)])


def nested(value: Any, depth: int) -> Any:
    for _ in range(depth):
        value = {"inner": [value]}
    return value


@pytest.mark.parametrize(
    "text",
    [
        TOKEN,
        f"prefix {TOKEN} suffix",
        "hf_abcdefg123 hijk4567 lmnop890",
        "hf_abcdefg123\n    hijk4567\n    lmnop890",
        "sk-proj-abc1\tdefg2345\thijk6789",
        "\uff48\uff46_abcdefghij0123456789KLMNOP",
        "hf_abcde\u200bfghij0123456789KLMNOP",
        base64.b64encode(TOKEN.encode()).decode(),
        f"key={base64.urlsafe_b64encode(TOKEN.encode()).decode()}",
        "https://ada:hunter2@example.com/model",
        "https%3A%2F%2Fada%3Ahunter2%40example.com",
        "see https://0123456789abcdef0123@host.example/x",
        "https://host.example/x?api_key=abc123def456",
        "https://host.example/x?a=1&token=0123456789abcdef",
        '{"api_key": "abcdefgh1"}',
        '{\\"api_key\\": \\"abcdefgh1\\"}',
        "Authorization: Basic " + base64.b64encode(b"ada:hunter2").decode(),
        "curl -H 'Authorization: Bearer abcdef0123456789abcdef'",
    ],
)
@pytest.mark.parametrize("shape", ["text", "list", "deep", "node", "key"])
def test_no_disguise_gets_through_and_none_is_repeated(text: str, shape: str):
    value = {
        "text": {"prompt": text},
        "list": {"prompts": ["fine", text]},
        "deep": nested(text, 60),
        "node": {"6": {"class_type": "CLIPTextEncode", "inputs": {"text": text}}},
        "key": {"models": {text: ["x"]}},
    }[shape]
    assert secrets.find(value)
    assert text not in json.loads(json.dumps(told(value)))
    for word in (TOKEN, "hunter2", "hijk4567"):
        assert word not in told(value)


@pytest.mark.parametrize(
    "value",
    [
        {"api_key": OPAQUE},
        {"inputs": {"apiKey": OPAQUE}},
        {"token": {"value": OPAQUE}},
        {"headers": [{"name": "X-Api-Key", "value": OPAQUE}]},
        {"headers": [["Authorization", OPAQUE]]},
        {"password": 4815162342},
        {"client_secret": [OPAQUE]},
        {
            "7": {"class_type": "RemoteSampler", "inputs": {"api_key": ["8", 0]}},
            "8": {"class_type": "PrimitiveString", "inputs": {"value": OPAQUE}},
        },
        {
            "nodes": [
                {
                    "id": 3,
                    "inputs": [{"name": "api_key", "widget": {"name": "api_key"}}],
                    "widgets_values": ["gpt", OPAQUE],
                }
            ]
        },
    ],
)
def test_a_value_of_no_known_shape_is_given_away_by_its_name(value: Any):
    assert [problem.code for problem in secrets.find(value)] == ["secret_found"]
    assert OPAQUE not in told(value)
    assert "4815162342" not in told(value)


@pytest.mark.parametrize(
    "text",
    [
        STORED,
        f"x{STORED}y",
        STORED.replace("-battery", "-\n  battery"),
        quote("p&ss w/rd=here!", safe=""),
        base64.b64encode(f"a{STORED}".encode()).decode(),
        base64.b64encode(f"ab {STORED} and more".encode()).decode(),
        base64.urlsafe_b64encode(STORED.encode()).decode(),
        STORED.encode().hex(),
    ],
)
def test_a_stored_value_is_found_however_it_is_spelled(text: str):
    known = [STORED, "p&ss w/rd=here!"]
    for value in ({"prompt": text}, {"models": {text: []}}, {"stages": [{"loras": [{"file": text}]}]}):
        (problem, *_) = secrets.find(value, known=known)
        assert "this installation uses" in problem.message
        assert text not in told(value, known=known)
        assert text not in json.dumps(redacting.without_secrets(value, known=known))


@pytest.mark.parametrize(
    "value",
    [
        {"revision": HEX[:40], "sha256": HEX, "files": {HEX: HEX}},
        {"wan2.2_t2v_A14B_high_noise_lora_rank64_lightx2v_4step.safetensors": "ltx-2-19b-distilled.safetensors"},
        {"max_token": 151643, "token": 151643, "tokens": [1, 2]},
        {"environment": ["WAVESPEED_API_KEY", "RENDER_TOKEN"]},
        {"sort_key": "created", "color_key": "green screen", "camera_key": "a"},
        {
            "3": {"class_type": "KSampler", "inputs": {"key": ["4", 0], "token": ["4", 0]}},
            "4": {"class_type": "Text", "inputs": {"text": "a red fox"}},
        },
        {"nodes": [{"inputs": [{"name": "token", "widget": {}}], "widgets_values": ["a red fox", "x.safetensors", 3]}]},
        {
            "prompt": "sk-8 watercolor, basic understanding of photography, 50% off, ratio 16:9 at https://example.com/a@b"
        },
        {"prompt": "The basic counterrevolutionaries walk in, hf_ nothing to see here 1 2 3"},
        {"id": "3d3a7b1e-9a0c-4f7e-8a39-0b8f6f1f3c55", "128:81": {"inputs": {}}},
        {"prompt": "\u96e8\u306e\u4e2d\u306e\u732b " * 20},
    ],
)
def test_pins_names_and_plain_words_are_no_secrets(value: Any):
    assert secrets.find(value) == []


@pytest.mark.parametrize("value", [{"X": HEX}, {"X": "1"}, {"X": 1}, {"X": None}, {"X": {"Y": HEX}}])
def test_any_value_in_environment_is_reported(value: Any):
    (problem, *_) = secrets.find({"environment": value})
    assert problem.code == "secret_in_environment"
    assert HEX not in told({"environment": value})


@pytest.mark.parametrize(
    "entry", [f"X={HEX}", "X=", f"export X={HEX}", "JBSWY3DPEHPK3PXPJBSWY3DP", HEX.upper(), {"X": HEX}, [HEX]]
)
def test_an_entry_of_environment_is_a_name_and_nothing_else(entry: Any):
    document = wan22(environment=[entry])
    problems = lints.review(document)
    assert "secret_in_environment" in [problem.code for problem in problems]
    said = json.dumps([problem.as_json() for problem in problems])
    assert HEX not in said
    assert "JBSWY3DP" not in said
    assert HEX not in json.dumps(redacting.without_secrets(document))


@pytest.mark.parametrize(
    "document",
    [
        ltx2(environment={"X": STORED}),
        ltx2(environment=[f"X={STORED}", STORED]),
        ltx2(headers={"Authorization": STORED, "x": STORED}),
        ltx2(**{STORED: "x"}),
        ltx2(
            frames=STORED, fps=STORED, width=[STORED], task=STORED, family=STORED, name=STORED + "\u202e", format=STORED
        ),
        ltx2(models={STORED: [STORED], "vae": [{"x": STORED}]}, inputs={STORED: "/home/ada/x.png"}),
        ltx2(
            stages=[{"role": STORED, STORED: 1, "seed": STORED}, {"role": STORED, "loras": [{"file": f"/x/{STORED}"}]}]
        ),
        ltx2(output={"container": STORED, "fps": STORED}, runtime={"offload": STORED, "vae_dtype": STORED}),
        wan22(runtime={"vae_dtype": STORED, "dtype": STORED}, variant=STORED, hardware={"min_vram_gib": STORED}),
    ],
)
def test_no_problem_of_any_kind_repeats_a_stored_value(document: dict[str, Any]):
    problems = lints.review(document, known=[STORED])
    assert any(problem.code.startswith("secret") for problem in problems)
    assert STORED not in json.dumps([problem.as_json() for problem in problems])


@pytest.mark.parametrize("name", ["environment", "headers", "unheard_of"])
def test_no_problem_repeats_a_value_of_a_private_or_unknown_field(name: str):
    for value in (OPAQUE, [OPAQUE], {"X": OPAQUE}, [[OPAQUE]]):
        problems = lints.review(ltx2(**{name: value}))
        assert problems
        assert OPAQUE not in json.dumps([problem.as_json() for problem in problems])


def test_a_large_workflow_is_searched_in_time():
    node = {"class_type": "KSampler", "inputs": {"seed": 1, "model": ["4", 0], "text": "a red fox in the snow " * 20}}
    graph = {str(at): node for at in range(20_000)}
    begun = time.process_time()
    assert secrets.find(graph, known=[STORED]) == []
    assert time.process_time() - begun < 5  # measured 0.9 s


@pytest.mark.parametrize(
    "text",
    [
        "sk- " * 150_000,
        "hf_" + "a1 " * 200_000,
        "A" * 600_000,
        "%41" * 200_000,
        "basic " * 100_000,
        "sk-a.b-" * 90_000,
        "https://1" * 70_000,
    ],
)
def test_no_disguise_makes_the_search_slow(text: str):
    begun = time.process_time()
    secrets.find({"prompt": text}, known=[STORED])
    assert time.process_time() - begun < 3
