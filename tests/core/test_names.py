from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from presets_app.core import documents
from presets_app.core.errors import Invalid


@pytest.mark.parametrize(
    ("name", "slug"),
    [
        ("Puppet at dusk", "puppet-at-dusk"),
        ("Émile's 2nd take (v3)", "emile-s-2nd-take-v3"),
        ("  a".strip(), "a"),
        ("A_b--c", "a-b-c"),
    ],
)
def test_a_name_becomes_a_slug(name: str, slug: str):
    assert documents.slug_of(name) == slug


def test_a_name_in_another_script_gets_a_stable_slug_of_its_own():
    assert documents.slug_of("人形") == documents.slug_of("人形")
    assert documents.slug_of("人形") != documents.slug_of("夕暮れ")
    assert documents.slug_of("人形").startswith("preset-")


@pytest.mark.parametrize(
    "name",
    [
        "../etc",
        "a/b",
        "a\\b",
        "-rf",
        ".hidden",
        "",
        "  ",
        " a",
        "a ",
        "a\nb",
        "a\x00b",
        "a\u202eb",
        "a\u2066b",
        "\ufeffa",
        "x" * 121,
    ],
)
def test_a_name_that_could_mislead_is_refused_and_not_echoed(name: str):
    problems = documents.name_problems(name)
    assert [(problem.code, problem.path) for problem in problems] == [("name_invalid", "/name")]
    assert len(name.strip()) < 2 or name not in problems[0].message
    with pytest.raises(Invalid):
        documents.slug_of(name)


@pytest.mark.parametrize("name", ["New", "new", "NEW!", "(new)"])
def test_a_name_never_takes_the_address_of_the_page_that_makes_one(name: str):
    assert documents.slug_of(name).startswith("preset-")


def test_what_is_not_text_is_no_name():
    assert documents.name_problems(5)[0].code == "name_invalid"


@given(st.text(min_size=1, max_size=120))
def test_every_good_name_has_a_valid_slug(name: str):
    if not documents.name_problems(name):
        assert documents.valid_slug(documents.slug_of(name))


@pytest.mark.parametrize("text", ["-a", "", "A", "a/b", "a\n", "a.b", "x" * 81, "..", "a b"])
def test_what_is_no_slug(text: str):
    assert not documents.valid_slug(text)
