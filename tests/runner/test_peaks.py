"""The memory that one render took, and not what came before it."""

from __future__ import annotations

from runner.device import peaks

SIZE = 256 << 20


def test_a_peak_before_the_render_is_not_counted() -> None:
    block = b"x" * SIZE
    before = peaks.peak()
    del block
    peaks.begin()
    assert peaks.peak() < before - SIZE // 2
    block = b"y" * SIZE
    assert peaks.peak() > SIZE
    del block
