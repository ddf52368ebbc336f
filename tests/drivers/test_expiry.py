"""Certificates that end soon, on a clock that the test turns."""

from __future__ import annotations

from datetime import timedelta

import pytest

from hmi.clock import HandClock
from hmi.drivers.certificates import at
from hmi.drivers.expiry import Expiry
from tests.drivers.papers import paper

DAY_S = 86_400.0


class Watched:
    """A server's certificate with so many days left."""

    def __init__(self, days: float) -> None:
        self.clock = HandClock()
        self.expiry = Expiry("filler", self.clock)
        self.use(days)

    def use(self, days: float) -> None:
        now = at(self.clock.now_ns())
        ends = now + timedelta(days=days, hours=1)
        self.expiry.use("the server plc7:4840", paper(start=now - timedelta(days=9), end=ends))


@pytest.mark.parametrize(
    ("days", "words"),
    [
        (91, ""),
        (90, "expires in 90 days: renew it"),
        (2, "expires in 2 days: renew it"),
        (1, "expires tomorrow: renew it"),
        (0, "expires today: renew it"),
        (-1, "has expired: renew it"),
    ],
)
def test_it_is_told_from_ninety_days_on(days: int, words: str):
    expected = words and f"the certificate of the server plc7:4840 {words}"
    watched = Watched(days)
    assert watched.expiry.words() == expected
    assert watched.expiry.news() == ([expected] if words else [])


def test_it_is_news_once_a_day():
    watched = Watched(20)
    assert watched.expiry.is_due()
    assert len(watched.expiry.news()) == 1
    assert not watched.expiry.is_due()
    assert watched.expiry.news() == []
    watched.clock.advance(DAY_S)
    assert watched.expiry.is_due()
    (text,) = watched.expiry.news()
    assert "expires in 19 days" in text


def test_a_renewed_one_is_silent_and_one_that_ends_soon_too_is_news():
    watched = Watched(20)
    watched.expiry.news()
    watched.use(10)
    assert len(watched.expiry.news()) == 1
    watched.use(700)
    assert (watched.expiry.words(), watched.expiry.news()) == ("", [])


def test_the_log_has_it_at_each_notice_once():
    watched, logged = Watched(95), []
    for _ in range(100):
        logged += watched.expiry.urgent()
        watched.clock.advance(DAY_S)
    assert [text.split("expires in ")[1] for text in logged] == [
        "90 days: renew it",
        "60 days: renew it",
        "30 days: renew it",
        "7 days: renew it",
    ]
    assert logged[0].startswith("filler: the certificate of the server")


def test_when_each_one_in_use_ends_is_known_by_whose_it_is():
    watched = Watched(20)
    [(whose, end_ns)] = watched.expiry.ends().items()
    assert whose == "the server plc7:4840"
    assert (end_ns - watched.clock.now_ns()) // (86_400 * 10**9) == 20
