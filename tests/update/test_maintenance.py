"""When work on a station is allowed."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from hmi.plantfiles.site import Window
from hmi.update.maintenance import is_open, told

NIGHT = Window(frozenset({5, 6}), 22 * 60, 4 * 60)  # sat and sun, over midnight
NOON = Window(frozenset(range(7)), 12 * 60, 13 * 60)


def at(text: str, zone: str = "UTC") -> int:
    return round(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1e9)


@pytest.mark.parametrize(
    ("window", "when", "opened"),
    [
        (NOON, "2026-11-23T11:59:59", False),
        (NOON, "2026-11-23T12:00", True),
        (NOON, "2026-11-23T12:59:59", True),
        (NOON, "2026-11-23T13:00", False),
        (NIGHT, "2026-11-20T23:00", False),  # a Friday
        (NIGHT, "2026-11-21T03:00", False),  # the night that began on Friday
        (NIGHT, "2026-11-21T22:00", True),
        (NIGHT, "2026-11-22T03:59", True),
        (NIGHT, "2026-11-22T04:00", False),
        (NIGHT, "2026-11-23T03:00", True),  # Monday: it began on Sunday
        (NIGHT, "2026-11-23T22:30", False),
    ],
)
def test_it_is_open_when_it_says(window: Window, when: str, opened: bool) -> None:
    assert is_open(window, at(when), UTC) is opened


def test_it_is_the_plants_time_that_counts() -> None:
    assert is_open(NOON, at("2026-07-01T12:30", "Europe/Berlin"), ZoneInfo("Europe/Berlin"))
    assert not is_open(NOON, at("2026-07-01T12:30", "Europe/Berlin"), UTC)


def test_it_is_told_in_words() -> None:
    assert (told(NIGHT), told(NOON)) == ("sat, sun 22:00 to 04:00", "every day 12:00 to 13:00")
