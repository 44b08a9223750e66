"""The containers of compose.yaml: who reaches whom, who serves which queue, and where secrets lie."""

from __future__ import annotations

import re

from django.conf import settings

from tests.architecture.containers import compose, exec_form, last, stages


def services() -> dict:
    return compose()["services"]


def test_the_runner_reaches_redis_and_nothing_else() -> None:
    networks = compose()["networks"]
    (only,) = services()["runner"]["networks"]
    assert networks[only]["internal"] is True
    assert {name for name, service in services().items() if only in service["networks"]} == {"runner", "redis"}


def test_the_runner_holds_no_secret_and_cannot_write_weights() -> None:
    runner = services()["runner"]
    assert "secrets" not in runner
    assert sorted(volume.split(":")[1] for volume in runner["volumes"]) == ["/artifacts", "/weights"]
    assert [volume for volume in runner["volumes"] if "/weights" in volume and not volume.endswith(":ro")] == []


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
        assert not {"privileged", "cap_add", "pid", "network_mode", "devices"} & set(service), name
