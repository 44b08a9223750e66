"""What secrets look like: providers' shapes, and the disguises a copy of one may come in.

Entropy is not looked at: 40- and 64-digit hex strings are revisions and hashes of weights here.
"""

from __future__ import annotations

import base64
import binascii
import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from urllib.parse import quote, unquote

# Every repetition is bounded or followed by nothing, so that each search is linear in the text.
_SHAPES: tuple[tuple[str, re.Pattern[str]], ...] = tuple(
    (kind, re.compile(pattern))
    for kind, pattern in (
        ("a Hugging Face token", r"(?<![A-Za-z0-9])hf_[A-Za-z0-9]{16,}"),
        ("an API key (sk-...)", r"(?<![A-Za-z0-9])sk-(?:[A-Za-z0-9]{1,12}-){0,3}[A-Za-z0-9_]{16,}"),
        ("a WaveSpeed key", r"(?<![A-Za-z0-9])wsk?_(?:live_|test_)?[A-Za-z0-9]{16,}"),
        ("a RunPod key", r"(?<![A-Za-z0-9])rpa?_[A-Z0-9]{20,}"),
        ("an AWS access key", r"(?<![A-Z0-9])(?:AKIA|ASIA)[A-Z0-9]{16}(?![A-Z0-9])"),
        ("a GitHub token", r"(?<![A-Za-z0-9])(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_[A-Za-z0-9_]{20,})"),
        ("a GitLab token", r"(?<![A-Za-z0-9])glpat-[A-Za-z0-9_-]{16,}"),
        ("a Slack token", r"(?<![A-Za-z0-9])xox[abeoprs]-[A-Za-z0-9-]{10,}"),
        ("a Google API key", r"(?<![A-Za-z0-9])AIza[A-Za-z0-9_-]{30,}"),
        ("a signed web token", r"(?<![A-Za-z0-9])eyJ[A-Za-z0-9_-]{8,4000}\.eyJ[A-Za-z0-9_-]{8,}"),
        ("a private key", r"-----BEGIN [A-Z ]{0,40}PRIVATE KEY"),
        ("a bearer token", r"(?i)\bbearer\s{1,8}(?=[A-Za-z._~+/=-]{0,200}[0-9])[A-Za-z0-9._~+/=-]{16,}"),
        (
            "an address with a password in it",
            r"(?<![A-Za-z])[A-Za-z][A-Za-z0-9+.-]{1,20}://[^/\s:@]{0,200}:[^/\s@]{1,200}@",
        ),
        ("an address with a token in it", r"(?i)https?://(?=[^/\s:@0-9]{0,200}[0-9])[^/\s:@]{16,200}@"),
        (
            "a signed address",
            r"(?i)[?&](?:x-amz-signature|x-goog-signature|sig|signature|token|access_token|auth|key)=[^&\s]{12,}",
        ),
        (
            "a secret assigned in text",
            r"(?i)(?:api[_-]?key|token|secret|passw(?:or)?d)[\\\"']{0,4}\s{0,4}=\s{0,4}[\\\"']{0,4}[^\s\"'&]{6,}",
        ),
        ("a secret assigned in text", r"(?i)api[_-]?key[\\\"']{0,4}\s{0,4}:\s{0,4}[\\\"']{0,4}[^\s\"'&]{8,}"),
        (
            "a secret assigned in text",
            r"(?i)(?:token|secret|passw(?:or)?d)[\\\"']{0,4}\s{0,4}:\s{0,4}[\\\"']{0,4}(?=[^\s0-9]{0,60}[0-9])[^\s\"'&]{8,}",
        ),
    )
)
# What nearly every text has none of, in small letters: a set of 100,000 prompts takes seconds less.
_MARKS = (
    *("hf_", "sk-", "ws_", "wsk_", "rp_", "rpa_", "akia", "asia", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat"),
    *("glpat", "xox", "aiza", "eyj", "private", "bearer", ":", "="),
)
# A prefix with its run of signs, and further runs behind spaces or line breaks.
_BROKEN = re.compile(
    r"(?<![A-Za-z0-9])(?:hf_|sk-|wsk?_|rpa?_|AKIA|ASIA|gh[pousr]_|github_pat_|glpat-|xox[abeoprs]-|AIza|eyJ)"
    r"[\w.-]{0,200}+(?:\s{1,40}+[\w.-]{1,200}+){1,8}"
)
_BASE64 = re.compile(r"(?<![A-Za-z0-9+/_-])[A-Za-z0-9+/_-]{24,}+={0,2}")
_BASIC = re.compile(r"(?i)\bbasic\s{1,8}([A-Za-z0-9+/_-]{8,400}={0,2})")
_QUOTED = re.compile(r"%[0-9A-Fa-f]{2}")
SHORTEST_KNOWN = 6  # shorter configured values would match ordinary words
_SHORTEST_BROKEN = 12  # of a known value whose spaces do not count: shorter ones occur across ordinary words


def shape_of(text: str) -> str:
    """The kind of secret that a text holds, in words; "" for none. Linear in the text."""
    return _plain(text) or next((kind for kind in map(_plain, _undisguised(text)) if kind), "") or _basic(text)


def _may_hold(text: str) -> bool:
    small = text.lower()
    return any(mark in small for mark in _MARKS)


def _plain(text: str) -> str:
    if not _may_hold(text):
        return ""
    return next((kind for kind, pattern in _SHAPES if pattern.search(text)), "")


def _undisguised(text: str) -> Iterator[str]:
    """The text as it may have been before somebody wrapped, escaped or encoded it."""
    if not text.isascii():
        yield "".join(sign for sign in unicodedata.normalize("NFKC", text) if unicodedata.category(sign) != "Cf")
    if "%" in text and _QUOTED.search(text):
        yield unquote(text)
    for match in _BROKEN.finditer(text) if _may_hold(text) else ():
        yield _rejoined(match[0])
    for match in _BASE64.finditer(text):
        yield _decoded(match[0])


def _rejoined(run: str) -> str:
    """The first piece with those behind it that hold a digit, as pieces of a key do and words do not."""
    first, *further = run.split()
    kept = [first]
    for piece in further:
        if not any(sign.isdigit() for sign in piece):
            break
        kept.append(piece)
    return "".join(kept)


def _decoded(run: str) -> str:
    """What a run of base64 says, "" when that is no plain text."""
    plain = run.rstrip("=").replace("-", "+").replace("_", "/")
    try:
        text = base64.b64decode(plain + "=" * (-len(plain) % 4), validate=True).decode("ascii")
    except (binascii.Error, ValueError):
        return ""
    return text if text.isprintable() else ""


def _basic(text: str) -> str:
    if "asic" not in text.lower():
        return ""
    named = (_decoded(match[1]) for match in _BASIC.finditer(text))
    return "a name and password (Basic)" if any(":" in name for name in named) else ""


@lru_cache(maxsize=8)
def spellings(known: frozenset[str]) -> frozenset[str]:
    """Configured values worth looking for, each also as it reads in an address, in hex and in base64."""
    found: set[str] = set()
    for value in known:
        if len(value) < SHORTEST_KNOWN:
            continue
        found |= {value, quote(value, safe=""), value.encode().hex()}
        if len(value) >= _SHORTEST_BROKEN:
            found |= _in_base64(value.encode())
    return frozenset(found)


def _in_base64(value: bytes) -> set[str]:
    """The middle of the value's base64, for each of the three ways it can be aligned inside a longer text."""
    runs = set()
    for shift in range(3):
        whole = base64.b64encode(bytes(shift) + value).decode()
        first, last = (0, 2, 3)[shift], len(value) + shift
        run = whole[first : last * 8 // 6]
        runs |= {run, run.replace("+", "-").replace("/", "_")}
    return runs


def holds_known(text: str, literals: frozenset[str]) -> bool:
    """Whether one of the values stands in the text, spaces and line breaks inside a longer one not counted."""
    if any(literal in text for literal in literals):
        return True
    squeezed = "".join(text.split()) if literals else text
    return squeezed != text and any(literal in squeezed for literal in _squeezed(literals))


@lru_cache(maxsize=8)
def _squeezed(literals: frozenset[str]) -> frozenset[str]:
    return frozenset("".join(literal.split()) for literal in literals if len(literal) >= _SHORTEST_BROKEN)
