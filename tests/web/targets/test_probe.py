"""Asking a target again, with a real queue and with none."""

from __future__ import annotations

from typing import Any

import pytest
from redis import Redis

from tests.support.pages import browser
from tests.support.people import People

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.services]


@pytest.mark.parametrize("target", ["local", "cloud"])
def test_an_owner_asks_and_the_question_waits_in_the_queue(
    local: Any, cloud: Any, people: People, redis_url: str, target: str
) -> None:
    answer = browser("olu").post(f"/p/studio/targets/{target}/probe", follow=True)
    assert answer.redirect_chain == [(f"/p/studio/targets/{target}", 303)]
    assert "was asked" in answer.content.decode()
    with Redis.from_url(redis_url) as client:
        assert client.keys("rq:job:*")


@pytest.mark.parametrize("target", ["local", "cloud"])
def test_without_a_queue_the_page_says_so_and_stays(local: Any, cloud: Any, people: People, target: str) -> None:
    answer = browser("olu").post(f"/p/studio/targets/{target}/probe")
    assert answer.status_code == 503
    assert "queue does not answer" in answer.content.decode()
