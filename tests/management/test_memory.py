"""`memory`: from a file alone, without a database."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

A14B = {
    "format": "matchframe/preset/1",
    "family": "wan-2.2",
    "task": "t2v",
    "width": 1280,
    "height": 720,
    "frames": 81,
    "stages": [{"role": "high_noise"}, {"role": "low_noise"}],
}


def asked(*arguments: str) -> tuple[dict[str, Any], int]:
    out, code = io.StringIO(), 0
    try:
        call_command("memory", *arguments, "--json", stdout=out)
    except SystemExit as ended:
        code = int(ended.code or 0)
    return json.loads(out.getvalue()), code


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "a14b.json"
    path.write_text(json.dumps(A14B))
    return path


def test_each_component_has_a_row_with_its_exact_parameters(file: Path) -> None:
    told, code = asked("estimate", str(file))
    assert code == 0
    assert [(row["name"], row["parameters"]) for row in told["components"]] == [
        ("text_encoder", 5_680_910_336),
        ("transformer", 14_288_491_584),
        ("transformer_2", 14_288_491_584),
        ("vae", 126_892_531),
    ]
    assert all(isinstance(row["bytes"], int) for row in told["components"])
    assert set(told["peaks"]) == {"text", "denoise", "decode"}


@pytest.mark.parametrize(("card", "fits"), [("24", True), ("4", False)])
def test_a_card_says_of_every_plan_whether_it_fits_and_that_nothing_does_is_an_answer(
    file: Path, card: str, fits: bool
) -> None:
    told, code = asked("estimate", str(file), "--card", card)
    assert code == 0
    assert any(plan["fits"] for plan in told["plans"]) is fits
    assert all(plan["fits"] is (plan["peak_bytes"] <= float(card) * 1024**3) for plan in told["plans"])


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"[1]", "document_not_object"),
        (b'{"a":', "json_invalid"),
        (b"\xff\x00", None),
        (b"", None),
        (b"{" * 5000, None),
    ],
)
def test_a_file_that_is_no_preset_is_told_and_exits_with_2(tmp_path: Path, content: bytes, code: str | None) -> None:
    (tmp_path / "bad.json").write_bytes(content)
    told, ended = asked("estimate", str(tmp_path / "bad.json"))
    assert ended == 2
    assert told["problems"]
    assert code in (None, told["problems"][0]["code"])


@pytest.mark.parametrize("card", ["0", "-1", "nan", "inf", "many", "9999999"])
def test_a_card_of_no_size_is_refused(file: Path, card: str) -> None:
    with pytest.raises(CommandError, match="in GiB"):
        asked("estimate", str(file), f"--card={card}")


def test_the_comparison_tells_every_published_figure(capsys: pytest.CaptureFixture[str]) -> None:
    told, code = asked("compare")
    assert code == 0
    assert min(len(told[name]) for name in ("figures", "renders", "claims")) > 8
    call_command("memory", "compare")
    assert "LTX-2 full at 1024" in capsys.readouterr().out
