from __future__ import annotations

import json
import time
from typing import Any

import pytest

from presets_app.core import secrets
from tests.core.examples import ltx2, wan22

HEX = "0123456789abcdef" * 4
SHAPES = [
    "hf_abcdefghijklmnopQRSTUVWX",
    "sk-0123456789abcdef0123456789abcdef",
    "sk-proj-abcDEF0123456789abcDEF",
    "AKIAIOSFODNN7EXAMPLE",
    "ghp_0123456789abcdefghijABCDEFGHIJ012345",
    "github_pat_11ABCDEFG0123456789_abcdef",
    "xoxb-1234567890-abcdefghij",
    "Bearer abcdef0123456789ABCDEF",
    "-----BEGIN OPENSSH PRIVATE KEY-----",
    "-----BEGIN PRIVATE KEY-----",
    "wsk_0123456789abcdef0123456789",
    "AIza0123456789abcdefghijABCDEFGHIJ01234",
    "https://ada:hunter2@example.com/x",
    "https://bucket.example/a?X-Amz-Signature=0123456789abcdef",
    "call with api_key=0123456789",
    "password: hunter2hunter2",
]


@pytest.mark.parametrize("secret", SHAPES)
@pytest.mark.parametrize("around", ["{}", "a puppet, {} at dusk", "\n{}\n"])
def test_a_providers_secret_is_found_anywhere_and_never_repeated(secret: str, around: str):
    (problem,) = secrets.find({"stages": [{"note": around.format(secret)}]})
    assert (problem.code, problem.severity, problem.path) == ("secret_found", "error", "/stages/0/note")
    assert secret not in json.dumps(problem.as_json())


@pytest.mark.parametrize("secret", SHAPES)
def test_a_secret_used_as_a_key_is_found_at_the_object_that_holds_it(secret: str):
    problems = secrets.find({"models": {secret: {"deep": ["x", secret]}}})
    assert {problem.path for problem in problems} >= {"/models"}
    assert secret not in json.dumps([problem.as_json() for problem in problems])


@pytest.mark.parametrize(
    "name",
    [
        "api_key",
        "apiKey",
        "WAVESPEED_API_KEY",
        "token",
        "access-token",
        "hf_token",
        "password",
        "client_secret",
        "Authorization",
        "X-Api-Key",
        "credentials",
    ],
)
def test_a_field_named_like_a_secret_must_be_empty(name: str):
    (problem,) = secrets.find({"a": {name: HEX}})
    assert (problem.code, problem.path) == ("secret_found", f"/a/{name}")
    assert HEX not in json.dumps(problem.as_json())
    assert secrets.find({"a": {name: ""}}) == []
    assert secrets.find({"a": {name: "${WAVESPEED_API_KEY}"}}) == []


@pytest.mark.parametrize("name", ["tokenizer", "max_tokens", "key", "keyframes", "text_encoder", "monkey", "secretary"])
def test_names_that_only_look_alike_are_left_alone(name: str):
    assert secrets.find({name: "something with a value"}) == []


@pytest.mark.parametrize(
    "text",
    [
        HEX,
        HEX[:40],
        HEX.upper()[:40],
        "qwen2.5-7b-instruct@" + HEX[:40],
        "the bearer of good news walks in, the secret: a smile",
        "a task-oriented mask-and-matte, risk-taking skier",
        "sk-watercolor-lora-v1.safetensors",
        "a token of love = nothing",
        "https://example.com/a?page=2",
        "Passwords are for people; monkeys: none",
    ],
)
def test_hashes_and_plain_words_are_no_secrets(text: str):
    assert secrets.find({"prompt": text, "revision": text}) == []


@pytest.mark.parametrize("document", [ltx2(), wan22()])
def test_good_presets_hold_no_secrets(document: dict[str, Any]):
    assert secrets.find(document) == []


def test_a_secret_of_this_installation_is_found_literally():
    (problem,) = secrets.find({"prompt": "say correct horse battery aloud"}, known=["correct horse battery"])
    assert (problem.code, problem.path) == ("secret_found", "/prompt")
    assert "horse" not in json.dumps(problem.as_json())


def test_a_very_short_configured_value_does_not_match_every_word():
    assert secrets.find({"prompt": "a puppet"}, known=["a", ""]) == []


@pytest.mark.parametrize(
    "entry", [HEX, HEX.upper(), "hunter2", "WAVESPEED_API_KEY=abc", "AKIAIOSFODNN7EXAMPLE", 5, {}, ""]
)
def test_what_is_no_name_in_environment_may_be_a_secret(entry: Any):
    (problem,) = secrets.find({"environment": ["WAVESPEED_API_KEY", entry]})
    assert (problem.code, problem.path) == ("secret_in_environment", "/environment/1")
    assert not entry or str(entry) not in json.dumps(problem.as_json())


def test_values_beside_names_in_environment_are_found_whatever_they_are():
    problems = secrets.find({"environment": {"HOME": "/home/ada"}})
    assert "secret_in_environment" in {problem.code for problem in problems}


def test_a_message_withholds_what_looks_like_a_secret():
    assert SHAPES[0] not in secrets.shown("x " + SHAPES[0])
    assert secrets.shown("puppet\n\u202e") == '"puppet\N{REPLACEMENT CHARACTER}\N{REPLACEMENT CHARACTER}"'
    assert len(secrets.shown("x" * 1000)) < 80


def test_values_nested_deeper_than_the_interpreter_recurses_are_searched():
    value: Any = SHAPES[0]
    for _ in range(50_000):
        value = [value]
    assert len(secrets.find(value)) == 1


@pytest.mark.parametrize(
    "text",
    [
        "Bearer " * 90_000,
        "a://" * 150_000,
        "-----BEGIN " * 60_000,
        "token :    " * 60_000,
        "sk-a-" * 120_000,
        "eyJaaaaaaaaa." * 50_000,
        "password:" + "a" * 600_000,
        "http://a:" * 70_000,
    ],
)
def test_no_text_makes_the_search_slow(text: str):
    begun = time.process_time()
    secrets.find({"prompt": text})
    assert time.process_time() - begun < 3  # measured 0.4 s; a quadratic pattern takes minutes
