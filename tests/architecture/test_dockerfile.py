"""The images run as nobody in particular, hold no secret, and fetch nothing but packages."""

from __future__ import annotations

import re

import pytest

from tests.architecture.containers import exec_form, instructions, last, stages
from tests.architecture.tree import text

TARGETS = ("web", "worker", "runner")
SECRET = re.compile(r"secret|password|passwd|token|api_?key|private", re.I)


def test_the_targets_are_web_worker_and_runner_and_web_is_the_default() -> None:
    assert set(TARGETS) <= set(stages())
    assert list(stages())[-1] == "web"


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_ends_as_a_numbered_user_that_is_not_root(target: str) -> None:
    # A number, because Kubernetes' runAsNonRoot cannot judge a name.
    user = last(target, "USER")
    assert user is not None
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user)


@pytest.mark.parametrize("target", TARGETS)
def test_a_target_starts_its_program_without_a_shell(target: str) -> None:
    # A shell in front would be process 1, and would not pass SIGTERM on.
    command = [exec_form(rest) for rest in (last(target, "ENTRYPOINT"), last(target, "CMD")) if rest is not None]
    assert command
    assert None not in command
    assert command[0][0] in ("python", "gunicorn")


def test_the_web_target_says_how_it_is() -> None:
    health = last("web", "HEALTHCHECK")
    assert health is not None
    assert "/healthz" in health
    assert exec_form(health.split("CMD", 1)[1].strip()) is not None


def test_no_secret_has_a_default_in_the_image() -> None:
    steps = [rest for stage in stages().values() for word in ("ENV", "ARG") for rest in stage.all(word)]
    steps += [rest for word, rest in instructions(text("Dockerfile")) if word == "ARG"]
    assert steps
    assert [rest for rest in steps if SECRET.search(rest)] == []


def test_nothing_is_fetched_but_packages_and_nothing_is_copied_whole() -> None:
    words = [(word, rest) for stage in stages().values() for word, rest in stage.steps]
    assert [rest for word, rest in words if word == "ADD"] == []
    assert [rest for word, rest in words if word == "RUN" and re.search(r"curl|wget|<<|://", rest)] == []
    assert [rest for word, rest in words if word == "COPY" and rest.split()[0] in (".", "./")] == []


def test_pins_are_copied_before_the_code_so_that_a_change_of_code_keeps_the_packages() -> None:
    for stage in stages().values():
        installs = [
            number for number, (word, rest) in enumerate(stage.steps) if word == "RUN" and "pip install" in rest
        ]
        code = [number for number, (word, rest) in enumerate(stage.steps) if word == "COPY" and "presets_app" in rest]
        assert not installs or not code or max(installs) < min(code), stage.name


def test_the_runner_takes_torch_by_its_pin_and_first() -> None:
    installs = [rest for rest in stages()["runner"].all("RUN") if "pip install" in rest]
    assert "^torch==" in installs[0]
    assert [rest for rest in installs if re.search(r"\bdjango\b|gitpython|httpx", rest)] == []


def test_what_must_not_reach_an_image_is_left_out_of_the_build() -> None:
    rules = [line for line in text(".dockerignore").splitlines() if line and not line.startswith("#")]
    assert rules[0] == "*"
    assert {".git", ".venv", "data", "secrets", "**/.env"} <= set(rules)
    named = {rule.removeprefix("!") for rule in rules if rule.startswith("!")}
    assert named == {"LICENSE", "manage.py", "presets_app", "requirements", "runner", "static", "templates"}
