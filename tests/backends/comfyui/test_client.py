"""The client against a server of its own: real HTTP, a real websocket, real files."""

from __future__ import annotations

import hashlib
import io
import time
from pathlib import Path
from typing import Any

import pytest

from presets_app.backends.base import Upload
from presets_app.backends.comfyui.client import ComfyClient, open_client
from presets_app.backends.comfyui.serving import compile_work, work_id
from presets_app.backends.errors import BackendFailed, FetchFailed, FetchRefused, VendorRefused
from presets_app.core.errors import Invalid, LocalOnly
from tests.backends.comfyui.served import asking, body, document, ended, rendered, serving

NAME = work_id("item", 1)


def download(client: ComfyClient, url: str, limit: int = 1 << 26) -> bytes:
    sink = io.BytesIO()
    client.download(url, sink, limit=limit)
    return sink.getvalue()


def test_a_graph_is_rendered_and_its_video_fetched_under_the_runs_name(tmp_path: Path) -> None:
    with serving(tmp_path) as server, asking(server.address) as client:
        client.submit(NAME, body("20261120T100000Z_fox_0123abcd_comfy"))
        watched = ended(client, NAME)
        assert (watched.status, watched.failure) == ("done", None)
        assert "filename=20261120T100000Z_fox_0123abcd_comfy_00001_.mp4&subfolder=video" in watched.outputs[0]
        assert download(client, watched.outputs[0])[4:8] == b"ftyp"
        phases = [watched.timings[phase] for phase in ("load", "text", "denoise", "decode", "encode")]
        assert 0 < sum(phases) <= watched.timings["total"] + 0.1
        assert sorted(watched.seeds.values()) == [0, 2**64 - 1]  # as the server's own record has them
        client.submit(work_id("item", 2), body("20261120T100000Z_fox_0123abcd_comfy"))
        assert ended(client, work_id("item", 2)).warm is True


def test_steps_come_over_the_websocket_and_the_queues_order_is_told(tmp_path: Path) -> None:
    with serving(tmp_path, slow=0.3) as server, asking(server.address) as client:
        client.submit(NAME, body())
        client.submit(work_id("other", 1), body("other"))
        assert client.poll(work_id("other", 1)).progress == {"phase": "waiting", "position": 1}
        until = time.monotonic() + 10
        while (seen := client.poll(NAME).progress).get("phase") != "denoise" and time.monotonic() < until:
            time.sleep(0.02)
        assert seen["node"] in ("Sample (high_noise)", "Sample (low_noise)")
        while not (shown := client.poll(NAME).preview) and time.monotonic() < until:
            time.sleep(0.02)
        assert shown.startswith(b"\xff\xd8\xff")
        client.cancel(work_id("other", 1))
        assert ended(client, NAME).status == "done"


@pytest.mark.parametrize("fault", ["silent", "gifs", "video", "no-reply", "not-a-number"])
def test_it_gets_there_without_a_websocket_a_reply_or_the_usual_list(tmp_path: Path, fault: str) -> None:
    with serving(tmp_path, fault) as server:
        client = open_client(server.address)
        client.submit(NAME, body())
        assert ended(client, NAME).status == "done"
        assert server.queue.taken == 1
        client.close()


def test_a_cleared_history_is_made_up_for_by_what_the_websocket_told(tmp_path: Path) -> None:
    with serving(tmp_path, "forgets", slow=0.2) as server, asking(server.address) as client:
        client.submit(NAME, body())
        watched = ended(client, NAME)
        assert (watched.status, len(watched.outputs)) == ("done", 1)


def test_a_restarted_server_has_lost_the_prompt_and_that_is_said_at_once(tmp_path: Path) -> None:
    with serving(tmp_path / "one", slow=5) as server, asking(server.address) as client:
        client.submit(NAME, body())
        assert client.knows(NAME)
        port = server.server_address[1]
        server.shutdown()
        server.server_close()
        with pytest.raises(FetchFailed):
            client.poll(NAME)
        with serving(tmp_path / "two", port=port):
            watched = client.poll(NAME)
            assert watched.failure is not None
            assert (watched.failure.code, watched.failure.cause, watched.failure.retry) == (
                "prompt_lost",
                "environment",
                "now",
            )
            assert not client.knows(NAME)


def test_a_server_that_stays_away_is_given_up(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        address = server.address
    client = ComfyClient(address, open_client(address)._fetcher, gone_after=0.0)
    with pytest.raises(VendorRefused) as caught:
        client.poll(NAME)
    assert caught.value.code == "server_gone"


def test_only_our_own_prompt_is_stopped(tmp_path: Path) -> None:
    with serving(tmp_path, slow=0.4) as server, asking(server.address) as client:
        ours, others = work_id("ours", 1), work_id("others", 1)
        client.submit(others, body("others"))
        client.submit(ours, body("ours"))
        client.cancel(ours)
        assert not client.knows(ours)
        client.cancel(ours)
        assert ended(client, others).status == "done"
        client.submit(ours, body("again"))
        while client.poll(ours).status != "running":
            time.sleep(0.01)
        client.cancel(ours)
        stopped = ended(client, ours).failure
        assert stopped is not None and stopped.code == "interrupted"


@pytest.mark.parametrize(
    ("fault", "cause", "code"),
    [
        ("node-error", "preset", "node_failed"),
        ("oom", "environment", "out_of_memory"),
        ("interrupted", "environment", "interrupted"),
        ("traversal", "service", "output_name_refused"),
        ("absolute", "service", "output_name_refused"),
        ("subfolder", "service", "output_name_refused"),
    ],
)
def test_a_render_that_fails_says_who_can_mend_it(tmp_path: Path, fault: str, cause: str, code: str) -> None:
    failure = rendered(tmp_path, fault).failure
    assert failure is not None
    assert (failure.cause, failure.code) == (cause, code)
    assert "tensor" not in str(failure) and "/srv" not in str(failure)


@pytest.mark.parametrize(("fault", "code"), [("huge", "reply_too_large"), ("not-a-video", "not_a_video")])
def test_an_output_is_bounded_and_looked_at_before_it_is_kept(tmp_path: Path, fault: str, code: str) -> None:
    with serving(tmp_path, fault) as server, asking(server.address) as client:
        client.submit(NAME, body())
        watched = ended(client, NAME)
        with pytest.raises(FetchRefused) as caught:
            download(client, watched.outputs[0])
        assert caught.value.code == code


@pytest.mark.parametrize("path", ["/view/../queue?x", "/queue", "@127.0.0.1:1/view?x", "/view"])
def test_nothing_but_the_servers_own_view_is_downloaded(path: str) -> None:
    with pytest.raises(VendorRefused):
        download(open_client("http://127.0.0.1:9"), f"http://127.0.0.1:9{path}")


def test_what_the_server_takes_in_part_is_withdrawn_and_refused(tmp_path: Path) -> None:
    with serving(tmp_path, "partial") as server, asking(server.address) as client:
        with pytest.raises(VendorRefused) as caught:
            client.submit(NAME, body())
        assert caught.value.code == "required_input_missing"


@pytest.mark.parametrize(
    ("place", "value", "code", "cause"),
    [
        ("UNETLoader", {"unet_name": "gone.safetensors"}, "value_not_in_list", "environment"),
        ("KSamplerAdvanced", {"noise_seed": 2**64}, "value_bigger_than_max", "preset"),
        ("KSamplerAdvanced", {"steps": "many"}, "invalid_input_type", "preset"),
        ("KSamplerAdvanced", {"sampler_name": "wishful"}, "value_not_in_list", "preset"),
        ("SaveVideo", {"video": ["404", 0]}, "exception_during_validation", "preset"),
    ],
)
def test_a_refused_graph_says_why(tmp_path: Path, place: str, value: dict[str, Any], code: str, cause: str) -> None:
    sent = body()
    node = next(held for held in sent["prompt"].values() if held["class_type"] == place)
    node["inputs"].update(value)
    with serving(tmp_path) as server, asking(server.address) as client:
        with pytest.raises(VendorRefused) as caught:
            client.submit(NAME, sent)
        assert (caught.value.code, caught.value.failure.cause) == (code, cause)
        assert server.queue.taken == 0


def test_an_input_is_named_by_its_content_sent_once_and_read_back(tmp_path: Path) -> None:
    data = b"\x89PNG of a fox"
    digest = hashlib.sha256(data).hexdigest()
    upload = Upload(f"matchframe-{digest}.png", digest, "image/png")
    with serving(tmp_path) as server, asking(server.address) as client:
        client.give(upload, data)
        kept = server.input / upload.name
        assert kept.read_bytes() == data
        before = kept.stat().st_mtime_ns
        client.give(upload, data)
        assert kept.stat().st_mtime_ns == before


@pytest.mark.parametrize("fault", ["renames", "taken"])
def test_a_server_that_keeps_another_file_under_that_name_is_not_used(tmp_path: Path, fault: str) -> None:
    data = b"a picture"
    digest = hashlib.sha256(data).hexdigest()
    with serving(tmp_path, fault) as server, asking(server.address) as client:
        with pytest.raises(VendorRefused) as caught:
            client.give(Upload(f"matchframe-{digest}.png", digest, "image/png"), data)
        assert caught.value.code == "upload_differs"


def test_a_preset_names_its_pictures_by_their_content(tmp_path: Path) -> None:
    digest = "ab" * 32
    given = document(task="i2v", inputs={"image": {"sha256": digest, "media_type": "image/jpeg", "name": "fox.jpg"}})
    made = compile_work(given, None, run_name="r")
    assert made.body["uploads"] == [{"name": f"matchframe-{digest}.jpg", "sha256": digest, "media_type": "image/jpeg"}]
    loaders = [held for held in made.body["prompt"].values() if held["class_type"] == "LoadImage"]
    assert [held["inputs"]["image"] for held in loaders] == [f"matchframe-{digest}.jpg"]


def test_an_address_in_the_teams_own_network_needs_a_permission() -> None:
    for address in ("http://192.168.77.77:8188", "https://10.1.2.3"):
        with pytest.raises(FetchRefused):
            open_client(address).describe()
    for address in ("http://169.254.169.254", "http://93.184.216.34", "http://[fd00:ec2::254]:80"):
        with pytest.raises(FetchRefused) as caught:
            open_client(address, private=True).describe()
        assert caught.value.code == "address_not_allowed"


def test_nothing_leaves_a_local_only_project_for_a_server_outside() -> None:
    with pytest.raises(LocalOnly):
        open_client("https://comfy.example", local_only=True).describe()
    with pytest.raises(BackendFailed):
        open_client("http://127.0.0.1:9", local_only=True).describe()  # tried: it is this machine
    with pytest.raises(Invalid):
        open_client("nonsense")
