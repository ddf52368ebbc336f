"""History's answers: thinning never invents, hides or moves an extreme, and packing keeps every bit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.core import quality as q
from hmi.core.batch import FLAG_BACKFILLED, FLAG_TEXT, FLAG_TIME_SUSPECT
from hmi.core.history import Gap, Samples, Window, hold, width_of, window_of

_VALUES = st.floats(width=64) | st.sampled_from([-0.0, 0.0, 1.0])
_ROWS = st.lists(
    st.tuples(st.integers(-50, 1100), _VALUES, st.sampled_from([q.GOOD, q.UNCERTAIN_LAST_USABLE, q.BAD_TIMEOUT])),
    max_size=60,
)


def samples_of(*rows: tuple[int, float, int]) -> Samples:
    """Samples of one tag: (time, value, quality)."""
    rows = tuple(sorted(rows, key=lambda row: row[0]))
    times = np.array([row[0] for row in rows], np.int64)
    return Samples(
        tag="a.b",
        time=times,
        received=times + 5,
        value=np.array([row[1] for row in rows], np.float64),
        raw=np.zeros(len(rows), np.int64),
        quality=np.array([row[2] for row in rows], np.uint32),
        flags=np.zeros(len(rows), np.uint32),
    )


@given(_ROWS, st.integers(1, 40))
def test_every_bucket_is_what_its_samples_are(rows: list[tuple[int, float, int]], points: int) -> None:
    samples = samples_of(*rows)
    window = window_of(samples, 0, 1000, points)
    width = width_of(0, 1000, points)
    assert window.width_ns == width
    assert len(window) <= points
    before = [i for i in range(len(samples)) if samples.time[i] < 0]
    expected = {}
    for i in range(len(samples)):
        if 0 <= samples.time[i] < 1000:
            expected.setdefault(int(samples.time[i]) // width * width, []).append(i)
    if before:
        expected.setdefault(0, [])
    assert window.t0.tolist() == sorted(expected)
    for at, t0 in enumerate(sorted(expected)):
        inside = expected[t0]
        shown = [samples.value[i] if samples.quality[i] < q.BAD else np.nan for i in inside]
        good = [value for value in shown if not np.isnan(value)]
        assert window.count[at] == len(good)
        extremes = (min(good), max(good)) if good else (np.nan, np.nan)
        np.testing.assert_array_equal([window.vmin[at], window.vmax[at]], extremes)  # of 0 and -0 either is the least
        held = [samples.value[i] if samples.quality[i] < q.BAD else np.nan for i in before[-1:] if t0 == 0]
        np.testing.assert_equal((window.first[at], window.last[at]), ((held + shown)[0], (held + shown)[-1]))
        seen = [*(before[-1:] if t0 == 0 else []), *inside]
        assert window.worst[at] == max(samples.quality[i] for i in seen)


def test_what_was_held_begins_the_window() -> None:
    window = window_of(samples_of((-7, 3.0, q.GOOD), (-5, 4.0, q.GOOD), (600, 9.0, q.GOOD)), 0, 1000, 10)
    assert (window.t0.tolist(), window.count.tolist()) == ([0, 600], [0, 1])
    assert (window.first.tolist(), window.last.tolist()) == ([4.0, 9.0], [4.0, 9.0])
    assert np.isnan(window.vmin[0])


def test_a_bad_value_that_was_held_marks_and_breaks() -> None:
    window = window_of(samples_of((-5, 4.0, q.BAD_TIMEOUT), (10, 9.0, q.GOOD)), 0, 1000, 10)
    assert window.worst.tolist() == [q.BAD_TIMEOUT]
    assert np.isnan(window.first[0])
    assert window.last.tolist() == [9.0]


def test_nothing_gives_nothing() -> None:
    window = window_of(Samples.empty("a"), 0, 1000, 10)
    assert len(window) == 0
    assert len(hold(window, 1.0, q.GOOD)) == 1


@pytest.mark.parametrize(("start", "stop", "points"), [(0, 0, 10), (5, 0, 10), (0, 5, 0)])
def test_a_window_must_be_one(start: int, stop: int, points: int) -> None:
    with pytest.raises(ValueError, match="a window needs"):
        window_of(Samples.empty("a"), start, stop, points)


def test_suspect_times_are_ordered_by_receipt() -> None:
    samples = samples_of((100, 1.0, q.GOOD), (200, 2.0, q.GOOD))
    samples.received[:] = (500, 205)
    samples.flags[0] = FLAG_TIME_SUSPECT
    assert samples.at.tolist() == [500, 200]


@given(_ROWS)
def test_samples_survive_the_link(rows: list[tuple[int, float, int]]) -> None:
    samples = samples_of(*rows)
    again = Samples.unpack(samples.pack())
    assert again.pack() == samples.pack()
    assert again.tag == "a.b"
    assert [row["time"] for row in again.rows()] == samples.time.tolist()


def test_texts_survive_the_link() -> None:
    samples = samples_of((1, np.nan, q.GOOD), (2, 5.0, q.GOOD))
    samples.flags[0] = FLAG_TEXT
    again = Samples.unpack(replace(samples, texts=("Läuft",)).pack())
    assert [again.text(0), again.text(1)] == ["Läuft", None]
    assert [row["value"] for row in again.rows()] == ["Läuft", 5.0]


@given(_ROWS)
def test_windows_survive_the_link(rows: list[tuple[int, float, int]]) -> None:
    window = window_of(samples_of(*rows), 0, 1000, 7, [Gap(5, 9, "the engine was not running")])
    again = Window.unpack(window.pack())
    assert again.pack() == window.pack()
    assert again.gaps == (Gap(5, 9, "the engine was not running"),)
    assert [row["time"] for row in again.rows()] == window.t0.tolist()


def test_a_bucket_with_anything_backfilled_in_it_says_so() -> None:
    samples = samples_of(*((at, 1.0, q.GOOD) for at in range(10)))
    samples.flags[3] = FLAG_BACKFILLED
    window = window_of(samples, 0, 10, 5)
    assert window.backfilled.tolist() == [False, True, False, False, False]
    again = Window.unpack(window.pack())
    assert again.backfilled.tolist() == window.backfilled.tolist()
    assert [row["backfilled"] for row in again.rows()] == [0, 1, 0, 0, 0]


def _broken_bodies() -> list[dict[str, object]]:
    good = samples_of((1, 2.0, q.GOOD)).pack()
    text = {**good, "flags": np.array([FLAG_TEXT], "<u4").tobytes()}
    return [
        {},
        {**good, "time": b"abc"},
        {**good, "time": b""},
        {**good, "tag": 5},
        {**good, "value": "x"},
        text,
    ]


@pytest.mark.parametrize("body", _broken_bodies())
def test_what_is_no_history_is_a_value_error(body: dict[str, object]) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        Samples.unpack(body)
    with pytest.raises(ValueError, match=r"\w"):
        Window.unpack(body)
