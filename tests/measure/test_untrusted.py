"""Files that nobody vouches for: each gets a named reason, in a process of its own, and nothing else is opened."""

from __future__ import annotations

import http.server
import os
import struct
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from presets_app.measure import Limits, PairFiles, measure_pairs, probe
from tests.measure.conftest import Compare
from tests.support.clips import moving, speech, write_clip


def kinds(measured: dict[str, Any]) -> list[tuple[str, str]]:
    return [(problem["code"], problem["kind"]) for problem in measured["problems"]]


@pytest.fixture
def canary() -> Iterator[tuple[str, list[str]]]:
    """An HTTP server that remembers who called."""
    hits: list[str] = []

    class Remember(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            hits.append(self.path)
            self.send_error(404)

        def log_message(self, *_args: object) -> None:
            """Quietly."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Remember)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}/canary.mp4", hits
    server.shutdown()
    server.server_close()


PLAYLISTS = {
    "ffconcat": "ffconcat version 1.0\nfile '{file}'\nfile '{url}'\n",
    "m3u8": "#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{url}\n#EXTINF:2,\n{file}\n#EXT-X-ENDLIST\n",
    "dash": '<?xml version="1.0"?>\n<MPD><Period><BaseURL>{url}</BaseURL></Period></MPD>',
    "pls": "[playlist]\nFile1={url}\n",
    "spaced": "\n  #EXTM3U\n{file}\n",
}


@pytest.mark.parametrize("name", PLAYLISTS)
def test_a_playlist_named_mp4_is_not_followed(
    name: str, clip: Path, tmp_path: Path, canary: tuple[str, list[str]], compare: Compare
) -> None:
    url, hits = canary
    crafted = tmp_path / "x.mp4"
    crafted.write_text(PLAYLISTS[name].format(file=clip, url=url))
    assert kinds(compare(clip, crafted)) == [("undecodable", "playlist")]
    assert hits == []


def test_an_address_instead_of_a_file_is_not_fetched(
    clip: Path, canary: tuple[str, list[str]], compare: Compare
) -> None:
    url, hits = canary
    for address in (url, f"concat:{clip}|{clip}", f"file:{clip}", "data:video/mp4;base64,AAAA"):
        assert kinds(compare(clip, Path(address))) == [("undecodable", "missing")]
    assert hits == []


def test_what_is_no_video_is_named(clip: Path, tmp_path: Path, compare: Compare) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    (tmp_path / "empty.mp4").touch()
    (tmp_path / "text.mp4").write_text("hello")
    (tmp_path / "page.mp4").write_text("<html><body>upstream error</body></html>")
    found = {name: kinds(compare(clip, tmp_path / f"{name}.mp4"))[0][1] for name in ("pipe", "empty", "text", "page")}
    assert found == {"pipe": "not_a_file", "empty": "empty", "text": "not_a_video", "page": "not_a_video"}
    assert kinds(compare(tmp_path, clip))[0][1] == "not_a_file"


def test_a_truncated_file_is_named(clip: Path, frames: Any, tmp_path: Path, compare: Compare) -> None:
    cut = tmp_path / "cut.mp4"
    cut.write_bytes(clip.read_bytes()[: clip.stat().st_size // 2])
    assert kinds(compare(clip, cut)) == [("undecodable", "broken")]
    whole = write_clip(tmp_path / "whole.mp4", frames, container_options={"movflags": "+faststart"})
    cut.write_bytes(whole.read_bytes()[: whole.stat().st_size // 2])
    measured = compare(clip, cut)
    assert measured["problems"][0]["code"] == "undecodable"
    assert measured["container"]["right"]["frames"] < 41


def test_sound_without_pictures_is_named(clip: Path, tmp_path: Path, compare: Compare) -> None:
    alone = write_clip(tmp_path / "sound.mp4", [], sound=speech(1))
    assert kinds(compare(clip, alone)) == [("undecodable", "no_video")]


def resized(data: bytes, width: int, height: int) -> bytes:
    """The same file with other sizes in its track and sample headers."""
    for box, offset in ((b"tkhd", 80), (b"avc1", 28)):
        place = data.index(box) + offset
        if box == b"tkhd":
            data = data[:place] + struct.pack(">II", width << 16, height << 16) + data[place + 8 :]
        else:
            data = data[:place] + struct.pack(">HH", width, height) + data[place + 4 :]
    return data


def test_a_header_of_20000_by_20000_is_refused_or_corrected(clip: Path, tmp_path: Path, compare: Compare) -> None:
    """FFmpeg trusts the stream's own header where it can; either way no such picture is made."""
    crafted = tmp_path / "huge.mp4"
    crafted.write_bytes(resized(clip.read_bytes(), 20000, 20000))
    measured = compare(clip, crafted)
    assert measured["cost"]["peak_mb"] < 300
    facts = measured["container"]["right"]
    assert kinds(measured) or (facts["width"], facts["height"]) == (128, 96)


def test_pictures_larger_than_allowed_are_refused(clip: Path) -> None:
    measured = measure_pairs([PairFiles(clip, clip)], limits=Limits(pixels=64 * 64))[0]
    assert {kind for _, kind in kinds(measured)} <= {"too_large", "broken"}
    assert measured["video"] == {}


def test_more_frames_than_allowed_are_refused(clip: Path) -> None:
    assert kinds(measure_pairs([PairFiles(clip, clip)], limits=Limits(frames=10))[0])[0][1] == "too_long"


def test_random_damage_never_ends_the_child(clip: Path, tmp_path: Path) -> None:
    data, pairs = clip.read_bytes(), []
    for number in range(24):
        damaged = bytearray(data)
        for place in range(number * 37 + 40, len(data), 997):
            damaged[place] ^= 0x5A
        path = tmp_path / f"{number}.mp4"
        path.write_bytes(damaged)
        pairs.append(PairFiles(clip, path))
    measured = measure_pairs(pairs, timeout=60)
    assert "measure_failed" not in {code for entry in measured for code, _ in kinds(entry)}


def test_a_container_is_described_with_its_tags(clip: Path, tmp_path: Path) -> None:
    found = probe(clip)
    assert (found["facts"]["width"], found["facts"]["height"], found["facts"]["fps"]) == (128, 96, "24")
    assert found["tags"]["encoder"].startswith("Lav")
    assert probe(tmp_path / "nothing.mp4")["problems"][0]["kind"] == "missing"


def test_a_webm_is_read(clip: Path, tmp_path: Path, compare: Compare) -> None:
    other = write_clip(tmp_path / "b.webm", moving(41), codec="libvpx-vp9", options={"crf": "20", "cpu-used": "8"})
    measured = compare(clip, other)
    assert measured["container"]["right"]["codec"] in {"vp9", "libvpx-vp9"}
    assert measured["video"]["psnr"]["mean"] > 30
