from __future__ import annotations

import json

from runner import determinism, fingerprint


def test_it_names_libraries_machine_and_flags_and_is_json() -> None:
    determinism.settle()
    taken = fingerprint.take({"repository": "org/name"})
    assert set(taken) == {"model", "driver", "determinism"}
    assert taken["driver"]["libraries"]["torch"].startswith("2.13.0")
    assert taken["driver"]["cpu"]["model"]
    assert taken["determinism"]["threads"] == 1
    assert taken["determinism"]["deterministic_algorithms"] is True
    json.dumps(taken, allow_nan=False)


def test_a_machine_without_a_gpu_says_so() -> None:
    gpu = fingerprint.gpus()
    assert gpu["devices"] if gpu["present"] else gpu["reason"]


def test_two_looks_at_one_machine_agree() -> None:
    assert fingerprint.take({}) == fingerprint.take({})
