"""Steps keep to the plant's calendar: the day on which clocks are changed has 23 or 25 hours, and so has its row."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.core.edges import Step, begin_of, edges_of, step_of

BERLIN = ZoneInfo("Europe/Berlin")
LORD_HOWE = ZoneInfo("Australia/Lord_Howe")  # changes its clocks by half an hour
_S = 1_000_000_000
_HOUR = 3600 * _S


def ns(text: str, zone: tzinfo = BERLIN) -> int:
    """A time on the wall."""
    return int(datetime.fromisoformat(text).replace(tzinfo=zone).timestamp()) * _S


def hours(start: str, stop: str, step: str, zone: tzinfo = BERLIN) -> list[float]:
    """How long the steps are."""
    edges = edges_of(ns(start, zone), ns(stop, zone), step_of(step), zone).tolist()
    assert (edges[0], edges[-1]) == (ns(start, zone), ns(stop, zone))
    return [(after - before) / _HOUR for before, after in pairwise(edges)]


@pytest.mark.parametrize(
    ("start", "stop", "step", "expected"),
    [
        ("2026-03-28", "2026-03-31", "1d", [24, 23, 24]),
        ("2026-10-24", "2026-10-27", "1d", [24, 25, 24]),
        ("2026-10-24T06:00", "2026-10-26T06:00", "8h", [8, 8, 9, 8, 8, 8]),  # the night shift is the long one
        ("2026-03-28T06:00", "2026-03-30T06:00", "8h", [8, 8, 7, 8, 8, 8]),
        ("2026-10-25", "2026-10-26", "1h", [1] * 25),
        ("2026-10-25", "2026-10-25T06:00", "2h", [2, 3, 2]),
        ("2026-10-25", "2026-10-25T06:00", "5h", [5, 2]),
        ("2026-01-31", "2026-05-31", "1mo", [28 * 24, 31 * 24 - 1, 30 * 24, 31 * 24]),
        ("2026-03-23", "2026-04-06", "1w", [7 * 24 - 1, 7 * 24]),
        ("2026-03-29", "2026-03-29T01:00", "15m", [0.25] * 4),
        ("2026-03-29", "2026-03-29T01:30", "1h", [1, 0.5]),  # the last one is cut short
    ],
)
def test_the_length_of_steps(start: str, stop: str, step: str, expected: list[float]) -> None:
    assert hours(start, stop, step) == expected


def test_a_clock_that_is_changed_by_half_an_hour() -> None:
    assert hours("2026-04-04", "2026-04-06", "1d", LORD_HOWE) == [24, 24.5]


@given(
    st.integers(0, 4_000_000_000 * _S),
    st.integers(1, 400 * 86_400 * _S),
    st.sampled_from(["3h", "8h", "12h", "1d", "3d", "1w", "1mo", "100h"]),
    st.sampled_from([UTC, BERLIN, LORD_HOWE]),
)
def test_steps_cover_all_the_time_in_order(start: int, length: int, text: str, zone: tzinfo) -> None:
    step = step_of(text)
    edges = edges_of(start, start + length, step, zone)
    assert (edges[0], edges[-1]) == (start, start + length)
    assert (edges[1:] > edges[:-1]).all()
    begin = begin_of(start, step, zone)
    assert begin <= start
    assert begin_of(begin, step, zone) == begin


@pytest.mark.parametrize(
    ("when", "step", "expected"),
    [
        ("2026-03-29T14:37:05", "1d", "2026-03-29"),
        ("2026-03-29T14:37:05", "8h", "2026-03-29T08:00"),
        ("2026-03-29T14:37:05", "1h", "2026-03-29T14:00"),
        ("2026-03-29T14:37:05", "15m", "2026-03-29T14:30"),
        ("2026-03-29T14:37:05", "1w", "2026-03-23"),
        ("2026-03-29T14:37:05", "1mo", "2026-03-01"),
    ],
)
def test_where_the_calendar_begins_a_step(when: str, step: str, expected: str) -> None:
    assert begin_of(ns(when) + 5, step_of(step), BERLIN) == ns(expected)


def test_hours_begin_with_the_hour_on_the_wall() -> None:
    india = ZoneInfo("Asia/Kolkata")
    assert begin_of(ns("2026-03-29T14:37", india), Step(1, "h"), india) == ns("2026-03-29T14:00", india)


@pytest.mark.parametrize("text", ["", "h", "0h", "-1h", "1y", "1 h", "1.5h", "1H"])
def test_what_is_no_step(text: str) -> None:
    with pytest.raises(ValueError, match="is not a step"):
        step_of(text)


@pytest.mark.parametrize("step", ["1s", "8h"])
def test_too_many_steps_are_refused(step: str) -> None:
    with pytest.raises(ValueError, match="longer steps"):
        edges_of(0, 4_000_000_000_000_000_000 if step == "1s" else 8_000_000_000 * _S, step_of(step))


def test_times_that_no_calendar_has() -> None:
    with pytest.raises(ValueError, match="no calendar"):
        begin_of(2**80, step_of("1d"))
    with pytest.raises(ValueError, match="not after"):
        edges_of(5, 5, step_of("1d"))
