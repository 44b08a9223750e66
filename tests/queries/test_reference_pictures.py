from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from presets_app import wiring
from presets_app.queries import reference_pictures
from tests.core.examples import wan22
from tests.core.test_lint_advice import png


def with_picture(digest: Any) -> dict[str, Any]:
    return wan22(task="i2v", inputs={"image": {"sha256": digest, "media_type": "image/png"}})


def test_a_kept_picture_is_held_to_the_size_that_is_rendered(places: Path) -> None:
    digest = wiring.artifacts().put(png(640, 360))
    (problem,) = reference_pictures.problems(with_picture(digest))
    assert (problem.code, problem.path) == ("reference_small", "/inputs/image")
    assert "640x360" in problem.message


@pytest.mark.parametrize("digest", ["a" * 64, "../../etc/passwd", 5, None])
def test_a_picture_that_is_not_kept_here_says_nothing(places: Path, digest: Any) -> None:
    assert reference_pictures.problems(with_picture(digest)) == []
