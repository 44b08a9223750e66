"""Texts that travel in pictures and videos: found as they are spelled, within limits, whatever the bytes."""

from __future__ import annotations

import io
import json
import zlib
from pathlib import Path
from typing import Any

import pytest

from presets_app.measure import png_texts, tags, words_in
from presets_app.measure import texts as texts_of_pictures
from tests.support.clips import moving, write_clip
from tests.support.graphs import api_graph, chunk, picture, png, ui_graph, video

GRAPH = api_graph()


def texts(data: bytes) -> texts_of_pictures.Texts:
    return png_texts(io.BytesIO(data))


@pytest.mark.parametrize("suffix", [".mp4", ".webm", ".mkv"])
def test_a_videos_graphs_are_found_in_every_container(tmp_path: Path, suffix: str) -> None:
    place = video(tmp_path / f"clip{suffix}", prompt=GRAPH, workflow=ui_graph(GRAPH))
    found = {name.lower(): text for name, text in tags(place)["tags"].items()}
    assert json.loads(found["prompt"]) == GRAPH
    assert json.loads(found["workflow"])["nodes"][0]["id"] == 1


def test_words_outside_ascii_come_through_a_video(tmp_path: Path) -> None:
    place = video(tmp_path / "clip.mp4", prompt={"text": 'Ein Bötchen, 小船, "quoted", \\ and \U0001f6f6'})
    assert json.loads(tags(place)["tags"]["prompt"])["text"].endswith("\U0001f6f6")


def test_a_file_without_pictures_still_gives_its_tags(tmp_path: Path) -> None:
    """Unlike measuring, reading tags needs no stream that could be compared."""
    place = write_clip(tmp_path / "odd.mkv", moving(2, (64, 64)), codec="ffv1", pixel_format="yuv444p")
    assert tags(place)["problems"] == []


@pytest.mark.parametrize(
    ("data", "kind"), [(b"", "empty"), (b"hello", "not_a_video"), (b"#EXTM3U\n/etc/passwd", "playlist")]
)
def test_what_is_no_video_is_named(tmp_path: Path, data: bytes, kind: str) -> None:
    place = tmp_path / "x.mp4"
    place.write_bytes(data)
    assert [fault["kind"] for fault in tags(place)["problems"]] == [kind]


def test_a_video_of_nothing_but_empty_boxes_ends_in_time(tmp_path: Path) -> None:
    place = tmp_path / "x.mp4"
    place.write_bytes(b"\0\0\0\x18ftypisom" + bytes(12) + b"\0\0\0\x08free" * 3_000_000)
    assert tags(place)["problems"]


def test_more_text_than_is_read_gives_none_of_it(tmp_path: Path) -> None:
    place = video(tmp_path / "clip.mp4", prompt=["x" * (7 << 20)])
    answer = tags(place)
    assert (answer["tags"], [fault["kind"] for fault in answer["problems"]]) == ({}, ["too_large"])


def test_the_three_kinds_of_text_in_a_picture_are_read() -> None:
    body = json.dumps(GRAPH).encode()
    packed = zlib.compress(body)
    data = png(
        (b"tEXt", b"plain\0" + body),
        (b"zTXt", b"packed\0\0" + packed),
        (b"iTXt", b"open\0\0\0en\0\0" + body),
        (b"iTXt", b"shut\0\1\0\0\0" + packed),
    )
    assert {name: json.loads(text) for name, text in texts(data).found.items()} == dict.fromkeys(
        ("plain", "packed", "open", "shut"), GRAPH
    )


def test_a_picture_without_text_has_none_and_no_fault() -> None:
    found = texts(png())
    assert (found.found, found.faults) == ({}, [])


def test_a_changed_byte_is_seen_by_its_checksum() -> None:
    data = bytearray(picture(prompt=GRAPH))
    data[data.index(b"paper")] ^= 1
    found = texts(bytes(data))
    assert found.found == {}
    assert [code for code, _ in found.faults] == ["embedded_damaged"]


@pytest.mark.parametrize("cut", [9, 20, 60, 200])
def test_a_picture_that_is_cut_off_says_so(cut: int) -> None:
    assert "embedded_damaged" in {code for code, _ in texts(picture(prompt=GRAPH)[:cut]).faults}


def test_a_bomb_is_opened_to_its_limit_only() -> None:
    bomb = zlib.compress(bytes(64 << 20), 9)
    found = texts(png((b"zTXt", b"prompt\0\0" + bomb), (b"tEXt", b"after\0still read")))
    assert found.found == {"after": "still read"}
    assert [code for code, _ in found.faults] == ["embedded_damaged"]


def test_a_length_that_lies_ends_the_reading() -> None:
    data = b"\x89PNG\r\n\x1a\n" + b"\xff\xff\xff\xfftEXt" + b"prompt\0{}"
    assert {code for code, _ in texts(data).faults} <= {"embedded_too_large", "embedded_damaged"}
    assert texts(data).found == {}


def test_no_damage_to_a_picture_raises() -> None:
    data = picture(prompt=GRAPH, workflow=ui_graph(GRAPH))
    for place in range(8, len(data), 41):
        damaged = bytearray(data)
        damaged[place] ^= 0xFF
        texts(bytes(damaged))


def test_more_texts_than_are_read_are_counted() -> None:
    found = texts(png(*((b"tEXt", b"k%d\0v" % number) for number in range(80))))
    assert len(found.found) == texts_of_pictures.MOST
    assert [code for code, _ in found.faults] == ["embedded_too_large"]


def test_a_name_that_comes_twice_keeps_its_first_text() -> None:
    assert texts(png((b"tEXt", b"prompt\0first"), (b"tEXt", b"prompt\0second"))).found == {"prompt": "first"}


def test_readable_words_are_found_in_any_bytes() -> None:
    data: Any = (
        b"\xff\xd8\xff\xe1Exif\0\0" + "api_key: abcdefgh".encode("utf-16-le") + bytes(300 << 10) + b"the last words"
    )
    found = words_in(data)
    assert any("api_key: abcdefgh" in run for run in found)
    assert "the last words" in found
    assert chunk(b"IEND", b"")
