"""Starting a check from its form."""

from __future__ import annotations

from typing import Any

import pytest

from presets_app.models import Check
from presets_app.services import manifests
from tests.support import project as support
from tests.support.people import People
from tests.web.parity.test_detail import signed_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]
ADDRESS = "/p/studio/parity/new"


@pytest.fixture
def form(project: Any, people: People, saved: Any, local: Any, cloud: Any, redis_url: str) -> dict[str, str]:
    manifests.pin(saved, local, people.ada)
    batch = support.freeze(project, people.ada, 20)
    return {
        "preset": saved.slug,
        "from": "local",
        "to": "cloud",
        "inputs": batch.slug,
        "share": "5",
        "standard": "smoke",
    }


def test_a_check_is_started_with_its_plan(form: dict[str, str]) -> None:
    answer = signed_in("ada").post(ADDRESS, {**form, "sample_seed": "42"})
    check = Check.objects.get()
    assert answer["Location"] == f"/p/studio/parity/{check.id}"
    assert (check.plan["n"], check.plan["seed"], check.pairs.count()) == (15, "42", 15)


def test_a_smaller_sample_needs_an_approver_and_a_reason(form: dict[str, str]) -> None:
    smaller = {**form, "override": "2", "override_reason": "The set is small."}
    assert signed_in("ada").post(ADDRESS, smaller).status_code == 403
    assert signed_in("grace").post(ADDRESS, {**smaller, "override_reason": ""}).status_code == 422
    assert signed_in("grace").post(ADDRESS, smaller).status_code == 303
    assert Check.objects.get().plan["override_by"] == "Grace"


@pytest.mark.parametrize(
    "changed",
    [
        {"preset": "nothing"},
        {"preset": ""},
        {"to": "local"},
        {"to": "nowhere"},
        {"inputs": "../../etc"},
        {"share": "9"},
        {"sample_seed": "minus one"},
        {"sample_seed": "9" * 40},
        {"override": "0", "override_reason": "x"},
        {"standard": "golden"},
        {"revision": "zzzz"},
        {"preset": "a\x00b"},
    ],
)
def test_what_cannot_be_is_refused_with_the_form_as_it_was(form: dict[str, str], changed: dict[str, str]) -> None:
    answer = signed_in("grace").post(ADDRESS, {**form, **changed, "note": "kept"})
    assert answer.status_code in (404, 422)
    assert Check.objects.count() == 0
    assert b'name="inputs"' in answer.content


def test_a_local_only_project_starts_none_with_a_cloud(form: dict[str, str], project: Any) -> None:
    project.local_only = True
    project.save()
    answer = signed_in("grace").post(ADDRESS, form)
    assert answer.status_code == 422
    assert b"local-only" in answer.content
    assert Check.objects.count() == 0


def test_local_only_inputs_are_left_out_and_counted(form: dict[str, str], project: Any, people: People) -> None:
    mixed = support.batch(20, name="Mixed")
    for item in mixed["items"][:3]:
        item["local_only"] = True
    from presets_app.services import inputs

    inputs.freeze(project, people.ada, mixed)
    signed_in("grace").post(ADDRESS, {**form, "inputs": "mixed"})
    check = Check.objects.get()
    assert check.plan["not_compared"] == 3
    assert not {"shot-001", "shot-002", "shot-003"} & set(check.plan["drawn"])


def test_the_shares_say_size_bound_and_price_of_what_is_chosen(
    form: dict[str, str], saved: Any, cloud: Any, people: People
) -> None:
    ada = signed_in("ada")
    shown = ada.get(ADDRESS).context
    assert shown["chosen"]["to"] == "cloud"
    assert (shown["batch"], shown["total"]) == ("Batch", 20)
    assert [row["price"] for row in shown["choices"]] == [""] * 5
    manifests.pin(saved, cloud, people.ada)
    shown = ada.get(ADDRESS).context
    assert [row["items"] for row in shown["choices"]] == [1, 1, 1, 1, 1]
    assert all(row["least"] == 15 and not row["enough"] for row in shown["choices"])
    assert all(row["price"].startswith("from 0.") for row in shown["choices"])
    assert [row["price"] for row in ada.get(f"{ADDRESS}?to=local").context["choices"]] == [""] * 5


def test_a_viewer_is_told_that_their_role_starts_none(form: dict[str, str]) -> None:
    assert b"does not start checks" in signed_in("vic").get(ADDRESS).content
    assert b"does not start runs" in signed_in("vic").get("/p/studio/runs/new").content
    assert signed_in("vic").post(ADDRESS, form).status_code == 403
