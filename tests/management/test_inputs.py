from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.management.conftest import Manage
from tests.support.project import batch

Written = Callable[..., str]
pytestmark = pytest.mark.django_db


def test_a_frozen_set_is_shown_with_its_items(manage: Manage, written: Written, people: Any):
    frozen = manage("inputs", "freeze", written(batch(3)), "--as", "ada")
    assert (frozen.code, frozen.value["slug"], frozen.value["items"]) == (0, "batch", 3)
    shown = manage("inputs", "show", "batch").value
    assert shown["document"] == batch(3)
    assert shown["digest"] == frozen.value["digest"] == manage("inputs", "check", written(batch(3))).value["digest"]


def test_a_frozen_set_is_replaced_only_when_asked_with_a_reason(manage: Manage, written: Written, people: Any):
    manage("inputs", "freeze", written(batch(3)), "--as", "ada")
    longer = written(batch(4))
    for more in ((), ("--replace",), ("--reason", "longer")):
        refused = manage("inputs", "freeze", longer, "--as", "ada", *more)
        assert (refused.code, refused.codes) == (1, ["inputs_exist"])
    replaced = manage("inputs", "freeze", longer, "--as", "ada", "--replace", "--reason", "A shot was missing")
    assert (replaced.code, replaced.value["items"]) == (0, 4)
    assert manage("audit", "list", "--subject", "inputs/batch").value["events"][0]["reason"] == "A shot was missing"


def test_a_set_with_problems_is_not_frozen(manage: Manage, written: Written, people: Any):
    refused = manage(
        "inputs", "freeze", written({**batch(1), "items": [{"key": "../x", "prompt": "a"}]}), "--as", "ada"
    )
    assert refused.code == 1
    assert manage("inputs", "list").value["inputs"] == []
