"""Scripts made to break a reader: each is answered within seconds, and nothing of one is ever run."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from presets_app.backends.diffusers import importing

HEAD = "import torch\nfrom diffusers import WanPipeline\npipe = WanPipeline.from_pretrained('a/wan2.2-t2v')\n"
CALL = "\npipe(prompt='x', num_frames=n)\n"
NESTED = {
    "brackets": "[" * 200_000,
    "closed brackets": "(" * 200_000 + ")" * 200_000,
    "signs": HEAD + "n=" + "-" * 100_000 + "1" + CALL,
    "nots": HEAD + "n=" + "not " * 50_000 + "1" + CALL,
    "attributes": HEAD + "n=a" + ".b" * 60_000 + CALL,
    "calls": HEAD + "n=a" + "()" * 40_000 + CALL,
    "sums": HEAD + "n=" + "1+" * 60_000 + "1" + CALL,
    "lambdas": HEAD + "n=" + "lambda:" * 5_000 + "1" + CALL,
    "choices": HEAD + "n=" + "1 if 1 else " * 5_000 + "1" + CALL,
    "branches": HEAD + "if a:pass\n" + "elif a:pass\n" * 30_000 + CALL,
}
REFUSED = {
    "null bytes": HEAD + "\0",
    "no Python": "from diffusers import (((",
    "a long number": HEAD + "n=" + "9" * 100_000 + CALL,
    "a megabyte too much": "#" * (1024 * 1024 + 1),
    "too many words": HEAD + "a;" * 120_000 + CALL,
    "much work": HEAD + "".join(f"a{number}=[0]*2000\n" for number in range(20_000)) + "n=1" + CALL,
    "much text": HEAD + "".join(f"a{number}='x'*90000\n" for number in range(20_000)) + "n=1" + CALL,
    "nothing": "",
    "another library": "import torch\nprint(1)\n",
}
UNKNOWN = {
    "a tower of powers": "n=9**9**9**9",
    "a long text": "n='a'*10**9",
    "a list of lists": "a=[1]*1000\nb=[a]*1000\nc=[b]*1000\nn=[c]*1000",
    "a list in itself": "n=[]\nn.append(n)",
    "a fraction": "from fractions import Fraction\nn=Fraction('1e99999999')",
    "a replacement": "s='a'*90000\nn=s.replace('a', s)",
    "a format": "n=f'{1:>999999999}'",
    "a percent sign": "n='%999999999d' % 1",
    "itself": "def f(x): return f(x)\nn=f(1)",
    "half a sign": "n='\\ud800'",
    "not a number": "n=float('nan')",
    "more than a float": "n=float('1e999')",
    "a division by zero": "n=1/0",
}


@pytest.mark.parametrize("name", NESTED)
def test_a_script_that_is_nested_too_deeply_is_refused(name: str) -> None:
    back = importing.from_script(NESTED[name])
    assert back.document is None
    assert [problem.code for problem in back.problems] == ["script_too_deep"]


@pytest.mark.parametrize("name", REFUSED)
def test_a_script_that_cannot_be_read_is_refused_in_seconds(name: str) -> None:
    start = time.process_time()
    importing.recognises_script(REFUSED[name])
    back = importing.from_script(REFUSED[name])
    assert back.document is None
    assert back.problems[0].code in {"script_invalid", "script_too_large", "script_without_pipeline"}
    assert time.process_time() - start < 8


@pytest.mark.parametrize("name", UNKNOWN)
def test_a_value_that_would_never_end_is_unknown(name: str) -> None:
    back = importing.from_script(HEAD + UNKNOWN[name] + CALL)
    assert back.document is not None
    assert "frames" not in back.document
    assert ("value_at_run_time", "/frames") in {(problem.code, problem.path) for problem in back.problems}


def test_functions_that_call_each_other_many_times_end() -> None:
    fan = (
        "".join(f"def f{number}():\n" + f"    f{number + 1}()\n" * 9 for number in range(7))
        + "def f7(): pass\nf0()\nn=1"
    )
    start = time.process_time()
    importing.from_script(HEAD + fan + CALL)
    assert time.process_time() - start < 8


def test_nothing_of_a_script_is_run(tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    does = f"open({str(mark)!r}, 'w').write('run')"
    text = f"{does}\nimport os\nos.system('touch {mark}')\neval({does!r})\nexec({does!r})\n__import__('{tmp_path}')\n"
    back = importing.from_script(HEAD + text + f"n = [{does} for _ in [1]] and 81" + CALL)
    assert not mark.exists()
    assert back.document is not None


def test_an_error_in_a_script_repeats_none_of_it() -> None:
    back = importing.from_script(HEAD + "password = 'hunter2hunter2\n")
    assert "hunter2" not in str(back.problems)
    assert "line 4" in back.problems[0].message


WORDS = [
    "pipe",
    "(",
    ")",
    "=",
    "n",
    "[",
    "]",
    "{",
    "}",
    ":",
    ",",
    ".",
    "\n",
    "\n    ",
    "if ",
    "for ",
    " in ",
    "def f(",
    "x",
]
WORDS += [
    "return ",
    "lambda ",
    "**",
    "*",
    "+",
    "-",
    "1",
    "'a'",
    "torch",
    "f(",
    "with ",
    " as ",
    "try:",
    "except:",
    "and ",
]


@settings(max_examples=300, deadline=None)
@given(st.lists(st.sampled_from(WORDS), max_size=40).map("".join))
def test_any_words_at_all_are_answered(text: str) -> None:
    back: Any = importing.from_script(HEAD + text + CALL)
    assert back.document is not None or back.problems
