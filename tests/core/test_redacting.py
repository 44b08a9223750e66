from __future__ import annotations

from typing import Any

import pytest

from presets_app.core.redacting import WITHHELD, without_secrets

KEY = "hf_" + "a1B2" * 8


def test_a_document_without_secrets_is_the_same_object() -> None:
    document = {"name": "Fox", "stages": [{"seed": 1}]}
    assert without_secrets(document) is document


@pytest.mark.parametrize(
    "document",
    [
        {"prompt": f"use {KEY}"},
        {"stages": [{"loras": [{"file": KEY}]}]},
        {"api_key": "plain words"},
        {"environment": [KEY, "lower"]},
        {"extra": {KEY: {"deep": ["x"]}}},
        {KEY: 1},
        {"a/b~c": {"token": "abc12345"}},
        {"x" * 300: {"password": "abc12345"}},
    ],
)
def test_no_secret_is_left_and_the_rest_stays(document: dict[str, Any]) -> None:
    cleaned = without_secrets({**document, "name": "Fox"})
    assert KEY not in repr(cleaned)
    assert "abc12345" not in repr(cleaned)
    assert "plain words" not in repr(cleaned)
    assert cleaned == {} or cleaned["name"] == "Fox"


def test_only_the_text_that_holds_it_is_withheld() -> None:
    document = {"name": "Fox", "stages": [{"seed": 1, "note": KEY}]}
    assert without_secrets(document) == {"name": "Fox", "stages": [{"seed": 1, "note": WITHHELD}]}


def test_a_value_stored_on_this_install_is_withheld_too() -> None:
    assert without_secrets({"prompt": "say mellon-mellon"}, known=["mellon-mellon"]) == {"prompt": WITHHELD}
