"""Commit messages and identities: what people typed, made safe for Git, and read back.

A message is a subject line, a body and a last paragraph of `Matchframe-<Key>: <value>` lines, the trailers. A line of
the body that looks like a trailer gets a backslash in front, taken off again on reading, so a body cannot forge one.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from presets_app.core.errors import Invalid
from presets_app.gitstore.records import CommitInfo, Person

_PREFIX = "Matchframe-"
_KEY = re.compile(rf"{_PREFIX}[A-Z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*")
_TRAILER = re.compile(rf"({_KEY.pattern}): (.*)")
_LOOKALIKE = re.compile(rf"^(?=\\*[^\S\n]*{_PREFIX})", re.MULTILINE | re.IGNORECASE)
_ESCAPED = re.compile(rf"^\\(?=\\*[^\S\n]*{_PREFIX})", re.MULTILINE | re.IGNORECASE)
# Control characters, and the marks that make text read in another order than it is stored.
_UNSEEN = "\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff"
_IN_TEXT = re.compile(f"[{_UNSEEN}]")
_IN_LINE = re.compile(f"[{_UNSEEN}\t\n]+")
_MAX_SUBJECT, _MAX_VALUE, _MAX_BODY = 200, 1000, 20_000


def compose(subject: str, body: str, trailers: Mapping[str, str]) -> bytes:
    """The whole message in UTF-8. Raises Invalid for an empty subject, a text that is too long, or a bad key."""
    parts = [_subject(subject), escaped_body(body), "\n".join(_trailer_lines(trailers))]
    return ("\n\n".join(part for part in parts if part) + "\n").encode()


def escaped_body(body: str) -> str:
    lines = body.replace("\r\n", "\n").replace("\r", "\n")
    clean = _IN_TEXT.sub("", lines).strip("\n")
    if len(clean) > _MAX_BODY:
        raise Invalid(f"The message is longer than {_MAX_BODY} characters.", code="message_too_long")
    return _LOOKALIKE.sub(r"\\", clean)


def parsed(message: str) -> tuple[str, str, dict[str, str]]:
    """Subject, body and trailers of a message that `compose` wrote; any other text is read without complaint."""
    subject, _, rest = message.rstrip("\n").partition("\n")
    body, _, last = rest.rpartition("\n\n")
    found = [_TRAILER.fullmatch(line) for line in last.lstrip("\n").split("\n")]
    trailers = {match[1]: match[2] for match in found if match}
    if len(trailers) != len(found):
        body, trailers = rest, {}
    return subject, _ESCAPED.sub("", body.strip("\n")), trailers


def one_line(text: str) -> str:
    """The text without control characters and line breaks, white space at the ends removed."""
    return _IN_LINE.sub(" ", text).strip()


def ident(person: Person, at: datetime) -> bytes:
    """`Name <email> seconds +0000`, with nothing in it that Git would read as structure. Raises Invalid for a time
    without zone or before 1970."""
    if at.tzinfo is None or at.timestamp() < 0:
        raise Invalid("A commit's time needs a zone and lies after 1970.", code="time_invalid")
    email = re.sub(r"[<>\s]", "", one_line(person.email))
    name = one_line(re.sub(r"[<>]", "", person.name)) or email.partition("@")[0] or "unknown"
    return f"{name[:_MAX_SUBJECT]} <{email[:_MAX_SUBJECT]}> {int(at.timestamp())} +0000".encode()


def commit_info(fields: Sequence[str]) -> CommitInfo:
    """One record from what `git log` printed: id, parents, name, email, seconds, message."""
    sha, parents, name, email, seconds, message = fields
    subject, body, trailers = parsed(message)
    at = datetime.fromtimestamp(int(seconds), UTC)
    return CommitInfo(sha, parents.partition(" ")[0] or None, Person(name, email), at, subject, body, trailers)


def _subject(subject: str) -> str:
    clean = one_line(subject)
    if not clean:
        raise Invalid("A commit needs a subject.", code="subject_missing", hint="Say in one line what changes.")
    return clean if len(clean) <= _MAX_SUBJECT else clean[: _MAX_SUBJECT - 1] + "…"


def _trailer_lines(trailers: Mapping[str, str]) -> list[str]:
    for key, value in trailers.items():
        if not _KEY.fullmatch(key):
            text = f"{key[:80]!r} cannot be a trailer's key; write it like '{_PREFIX}Verb'."
            raise Invalid(text, code="trailer_invalid")
        if len(value) > _MAX_VALUE:
            raise Invalid(f"The trailer {key} is longer than {_MAX_VALUE} characters.", code="trailer_invalid")
    return [f"{key}: {one_line(value)}" for key, value in trailers.items()]
