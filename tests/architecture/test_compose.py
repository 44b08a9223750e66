"""The containers of compose.yaml: who reaches whom, who serves which queue, and where secrets lie."""

from __future__ import annotations

import re

from django.conf import settings

from tests.architecture.containers import compose, exec_form, last, stages
from tests.architecture.tree import text


def services() -> dict:
    return compose()["services"]


def test_the_runner_has_no_network_and_reaches_redis_by_a_socket_file() -> None:
    runner, redis = services()["runner"], services()["redis"]
    assert runner["network_mode"] == "none"
    assert not {"networks", "ports", "links", "extra_hosts", "dns"} & set(runner)
    door = runner["environment"]["REDIS_URL"].removeprefix("unix://")
    assert redis["command"][redis["command"].index("--unixsocket") + 1] == door
    folder = f"queue-door:{door.rpartition('/')[0]}"
    sharing = {name for name, service in services().items() if folder in service.get("volumes", [])}
    assert sharing == {"runner", "redis"}


def test_redis_may_make_the_door_and_the_runners_group_may_come_in() -> None:
    options = compose()["volumes"]["queue-door"]["driver_opts"]["o"].split(",")
    owner = services()["redis"]["user"].partition(":")[0]
    group = (last("runner", "USER") or "").partition(":")[2]
    assert {f"uid={owner}", f"gid={group}", "mode=0710"} <= set(options)


def test_the_runner_holds_no_secret_and_cannot_write_weights() -> None:
    runner = services()["runner"]
    assert "secrets" not in runner
    assert sorted(volume.split(":")[1] for volume in runner["volumes"]) == [
        "/artifacts",
        "/hashes",
        "/run/queue",
        "/weights",
    ]
    assert [volume for volume in runner["volumes"] if "/weights" in volume and not volume.endswith(":ro")] == []


def test_the_hashes_of_weights_outlive_a_restart_and_only_the_runner_writes_them() -> None:
    runner = services()["runner"]
    assert runner["environment"]["MATCHFRAME_HASHES"].startswith("/hashes/")
    sharing = [name for name, service in services().items() if "hashes:/hashes" in service.get("volumes", [])]
    assert sharing == ["runner"]
    assert "MATCHFRAME_IMAGE" in runner["environment"]


def test_redis_cannot_be_reached_from_outside() -> None:
    redis = services()["redis"]
    assert "ports" not in redis
    assert all(compose()["networks"][name]["internal"] for name in redis["networks"])


def test_only_the_web_server_has_a_port_and_only_on_this_host() -> None:
    ports = {name: service["ports"] for name, service in services().items() if "ports" in service}
    assert list(ports) == ["web"]
    assert all(port.startswith("127.0.0.1:") for port in ports["web"])


def test_every_queue_is_served() -> None:
    served: set[str] = set()
    for service in services().values():
        target = service.get("build", {}).get("target")
        if target in ("worker", "runner"):
            served.update(service.get("command") or exec_form(last(target, "CMD") or "") or [])
    assert {*settings.RQ_QUEUES, f"gpu:{settings.GPU_POOLS[0]}"} <= served


def test_every_built_service_names_a_target_of_the_dockerfile() -> None:
    assert {service["build"]["target"] for service in services().values() if "build" in service} <= set(stages())


def test_secrets_come_by_file_and_none_stands_in_the_text() -> None:
    for name, service in services().items():
        for key, value in (service.get("environment") or {}).items():
            if re.search(r"secret|key|password|token", key, re.I):
                assert key.endswith("_FILE"), f"{name}: {key}"
                assert value.startswith("/run/secrets/"), f"{name}: {key}"
    assert all(set(secret) == {"file"} for secret in compose()["secrets"].values())


def test_no_container_may_gain_rights() -> None:
    for name, service in services().items():
        assert service["cap_drop"] == ["ALL"], name
        assert "no-new-privileges:true" in service["security_opt"], name
        assert service["read_only"] is True, name
        assert not {"privileged", "cap_add", "pid", "devices"} & set(service), name
        assert service.get("network_mode", "none") == "none", name


def test_the_systemd_unit_gives_the_runner_no_network_either() -> None:
    lines = [line.partition("=") for line in text("deploy/matchframe-runner.service").splitlines()]
    unit = {name: value for name, sign, value in lines if sign and not name.startswith("#")}
    assert (unit["PrivateNetwork"], unit["NoNewPrivileges"], unit["CapabilityBoundingSet"]) == ("yes", "yes", "")
    assert "AF_INET" not in unit["RestrictAddressFamilies"].replace("AF_NETLINK", "")
    assert "-m runner --queue gpu:" in unit["ExecStart"]
