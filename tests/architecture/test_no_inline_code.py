"""Pages hold no code and no style of their own, so that the strict content policy costs nothing; and no text is ever
declared safe."""

from __future__ import annotations

import ast
import re

import pytest

from tests.architecture.tree import parsed, text, under

FORBIDDEN = {
    "a script without a source": re.compile(r"<script(?![^>]*\ssrc=)", re.I),
    "a style element": re.compile(r"<style\b", re.I),
    "an event handler": re.compile(r"<[a-z][^<>]*\son[a-z]+\s*=", re.I),
    "an htmx handler": re.compile(r"\b(?:data-)?hx-(?:on\b|vars\b|vals=.js:)", re.I),
    "a style attribute": re.compile(r"<[a-z][^<>]*\sstyle\s*=", re.I),
    "a javascript: address": re.compile(r"javascript:", re.I),
    "a text declared safe": re.compile(r"\|\s*safe(?:seq)?\b|autoescape\s+off"),
    "another host": re.compile(r"\b(?:src|href)=[\"']?(?:https?:)?//", re.I),
}
DECLARES_SAFE = {"mark_safe", "SafeString", "SafeText", "html_safe"}


def offences(page: str) -> list[tuple[int, str]]:
    """(line, what) for each thing that a page may not hold; template comments do not count."""
    page = re.sub(
        r"\{#.*?#\}|\{% comment.*?endcomment %\}", lambda found: re.sub(r"[^\n]", " ", found[0]), page, flags=re.S
    )
    return sorted(
        (page.count("\n", 0, hit.start()) + 1, what)
        for what, pattern in FORBIDDEN.items()
        for hit in pattern.finditer(page)
    )


def test_no_page_holds_code_or_style() -> None:
    pages = under("templates/", suffix=".html")
    assert pages, "the templates moved: this test looks in the wrong place"
    assert [f"{name}:{line} {what}" for name in pages for line, what in offences(text(name))] == []


def test_no_picture_holds_code() -> None:
    drawings = under("static/", suffix=".svg")
    assert [
        f"{name}:{line} {what}" for name in drawings for line, what in offences(text(name)) if "host" not in what
    ] == []


def declares_safe(tree: ast.AST) -> list[int]:
    """Lines that call a text safe, or let a text that is no literal be the frame of format_html."""
    found = []
    for node in ast.walk(tree):
        if isinstance(node, ast.alias) and node.name in ("mark_safe", "html_safe"):
            found.append(node.lineno)
        elif isinstance(node, ast.Call):
            name = getattr(node.func, "id", "") or getattr(node.func, "attr", "")
            framed = name.startswith("format_html") and not all(
                isinstance(part, ast.Constant) for part in node.args[:1]
            )
            if framed or name in DECLARES_SAFE:
                found.append(node.lineno)
    return found


def test_no_python_declares_a_text_safe() -> None:
    names = under("presets_app/", suffix=".py")
    assert [f"{name}:{line}" for name in names for line in declares_safe(parsed(name))] == []


@pytest.mark.parametrize(
    "source",
    [
        "from django.utils.safestring import mark_safe",
        "safestring.mark_safe(text)",
        "SafeString(text)",
        "format_html(text)",
        "format_html(f'<b>{text}</b>')",
    ],
)
def test_the_check_sees_a_text_declared_safe(source: str) -> None:
    assert declares_safe(ast.parse(source)) == [1]


@pytest.mark.parametrize(
    "page",
    [
        "<script>go()</script>",
        '<a href="/" onclick="go()">x</a>',
        '<p class="a"\n   style="color: red">x</p>',
        "{{ prompt|safe }}",
        "{% autoescape off %}",
        '<a href="javascript:go()">x</a>',
        '<button hx-on:click="go()">x</button>',
        '<img src="//elsewhere.example/x.png">',
    ],
)
def test_the_check_sees_an_offence(page: str) -> None:
    assert offences(page)


@pytest.mark.parametrize(
    "page",
    [
        '<script src="{% static "js/theme.js" %}" defer></script>',
        '<meta name="htmx-config" content="{}"> <link rel="stylesheet" href="{% static "css/main.css" %}">',
        "{# style= and onclick= are not used #}",
        '<button hx-post="{% url "runs.cancel" %}" data-tone="on">Stop</button>',
    ],
)
def test_the_check_lets_a_plain_page_be(page: str) -> None:
    assert offences(page) == []
