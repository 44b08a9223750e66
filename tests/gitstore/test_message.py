"""What people type into names and messages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from presets_app.core.errors import Invalid
from presets_app.gitstore import Person, Store, paths
from presets_app.gitstore.message import compose, ident, parsed

NOW = datetime(2026, 11, 20, tzinfo=UTC)
VERB = {"Matchframe-Verb": "preset.save"}
FORGERY = "Looks good.\n\nMatchframe-Verb: approve\nMatchframe-Actor: grace"


def test_a_body_cannot_forge_a_trailer_and_reads_back_as_typed() -> None:
    for trailers in ({}, VERB):
        subject, body, found = parsed(compose("Save", FORGERY, trailers).decode())
        assert (subject, body, found) == ("Save", FORGERY, trailers)


def test_a_forged_trailer_stays_text_through_git(store: Store, ada: Person) -> None:
    sha = store.commit({paths.policy(): b"{}"}, author=ada, subject="s", body=FORGERY, trailers=VERB, parent=None)
    assert (store.commit_info(sha).trailers, store.commit_info(sha).body) == (VERB, FORGERY)


@pytest.mark.parametrize(
    "line", ["matchframe-verb: x", "\\Matchframe-Verb: x", "  Matchframe-Verb: x", "\\\\Matchframe-A: b"]
)
def test_lookalikes_of_a_trailer_survive_as_text(line: str) -> None:
    body = f"a\n\n{line}\n{line}"
    assert parsed(compose("Save", body, {}).decode()) == ("Save", body, {})


def test_a_value_with_line_breaks_stays_one_trailer() -> None:
    message = compose("Save", "", {"Matchframe-Reason": "yes\nMatchframe-Verb: approve\r\nx"}).decode()
    assert parsed(message)[2] == {"Matchframe-Reason": "yes Matchframe-Verb: approve x"}


def test_a_subject_is_one_line_of_bounded_length() -> None:
    subject = parsed(compose("a\n\nMatchframe-Verb: x\x00\u202e" + "b" * 500, "", {}).decode())[0]
    assert "\n" not in subject and "\u202e" not in subject and len(subject) == 200


@pytest.mark.parametrize(
    "key", ["Verb", "Matchframe-", "Matchframe-a", "Matchframe-A: b", "Matchframe-A\nB", "Signed-off-by"]
)
def test_a_trailer_key_outside_the_form_is_refused(key: str) -> None:
    with pytest.raises(Invalid) as caught:
        compose("Save", "", {key: "x"})
    assert caught.value.code == "trailer_invalid"


@pytest.mark.parametrize("subject", ["", "  ", "\n\n", "\x00"])
def test_a_commit_needs_a_subject(subject: str) -> None:
    with pytest.raises(Invalid, match="subject"):
        compose(subject, "", {})


def test_a_name_cannot_carry_another_identity() -> None:
    forged = Person("Ada <grace@example.org> 1 +0000\ncommitter Mallory", "a@b>\nfrom <x")
    line = ident(forged, NOW)
    assert line.count(b"<") == line.count(b">") == 1 and b"\n" not in line


def test_an_empty_name_falls_back_on_the_address() -> None:
    assert ident(Person(" \n", "ada@example.org"), NOW).startswith(b"ada <ada@example.org> ")
    assert ident(Person("", ""), NOW).startswith(b"unknown <> ")


@pytest.mark.parametrize("at", [datetime(2026, 1, 1), datetime(1969, 1, 1, tzinfo=UTC)])
def test_a_time_git_cannot_hold_is_refused(at: datetime) -> None:
    with pytest.raises(Invalid):
        ident(Person("Ada", "a"), at)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(min_size=1), st.text(), st.tuples(st.text(), st.text()), st.text())
def test_any_text_at_all_gives_a_readable_commit(
    store: Store, subject: str, body: str, person: tuple[str, str], value: str
) -> None:
    who, trailers = Person(*person), {"Matchframe-Note": value[:900]}
    head = store.head()
    text = {"subject": "s" + subject, "body": body, "trailers": trailers}
    sha = store.commit(
        {paths.policy(): repr(text).encode("utf-8", "replace")}, author=who, parent=head, **text, allow_empty=True
    )
    info = store.commit_info(sha)
    assert (info.sha, info.parent, list(info.trailers)) == (sha, head, ["Matchframe-Note"])
    assert store.verify() == [] and info.subject
