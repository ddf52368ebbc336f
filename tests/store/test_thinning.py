"""What a window is drawn from: the coarsest part of a block that says exactly what its samples say."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from hmi.clock import HandClock
from hmi.core.batch import FLAG_BACKFILLED, Batch, join
from hmi.core.history import Window, window_of
from hmi.core.quality import BAD_TIMEOUT, UNCERTAIN
from hmi.store import minutes, minutes_thinned
from hmi.store.minutes_packed import Packed
from hmi.store.query import Reader
from hmi.store.store import Store
from tests.store.made import HOUR, MIDNIGHT, SECOND, TAGS, batch_of

MINUTE = 60 * SECOND
STEP = 2 * SECOND  # dense enough for minutes
COLUMNS = ("t0", "count", "vmin", "vmax", "first", "last", "worst", "backfilled")


def stored(folder: Path, *seals: Batch) -> Reader:
    with closing(Store(folder, TAGS, HandClock(MIDNIGHT))) as store:
        for batch in seals:
            store.append(batch)
            store.flush().result(20)
            store.seal().result(20)
    return Reader(folder)


def walk(seed: int, start: int, count: int, step: int = SECOND, late: slice | None = None) -> Batch:
    """`late`: which of the values were backfilled."""
    rng = np.random.default_rng(seed)
    times = start + np.arange(count) * step + rng.integers(0, step // 2, count)
    batch = batch_of(0, times, np.round(np.cumsum(rng.normal(size=count)), 2))
    batch.rows["flags"][late or slice(0)] = FLAG_BACKFILLED
    return batch


@pytest.mark.parametrize("width", [1, 30, 119, 120, 180, 1800, 3600, 7200, 4 * 3600])
@pytest.mark.parametrize("start", [0, 7 * 60, 3599])
def test_at_any_width_a_window_is_what_its_samples_are(tmp_path: Path, width: int, start: int) -> None:
    late = walk(2, MIDNIGHT + 2 * HOUR + 17 * MINUTE, 300, late=slice(300))
    still = batch_of(0, MIDNIGHT + 7 * HOUR + np.arange(600) * SECOND, np.full(600, 5.25))
    few = walk(3, MIDNIGHT + 9 * HOUR, 50, 30 * SECOND)
    most = walk(1, MIDNIGHT, 4 * 3600, late=slice(3700, 5000))
    reader = stored(tmp_path, most, join([late, still]), few)
    [samples] = reader.samples(["a.level"], 0, 2**62)
    begin, end = MIDNIGHT + start * SECOND, MIDNIGHT + 10 * HOUR
    points = max(1, (end - begin) // (width * SECOND))
    [window] = reader.window(["a.level"], begin, end, points)
    assert window.backfilled.any()
    assert not window.backfilled.all() or len(window) < 4
    expected = window_of(samples, window.from_ns, window.to_ns, -(-(window.to_ns - window.from_ns) // window.width_ns))
    assert len(samples) == 4 * 3600 + 300 + 600 + 50
    for column in ("t0", "count", "vmin", "vmax", "first", "last", "worst", "backfilled"):
        np.testing.assert_array_equal(getattr(window, column), getattr(expected, column), column)


def test_what_is_not_sealed_yet_joins_what_is_without_a_seam(tmp_path: Path) -> None:
    with closing(Store(tmp_path, TAGS, HandClock(MIDNIGHT))) as store:
        store.append(walk(1, MIDNIGHT, 1000))
        store.flush().result(20)
        store.seal().result(20)
        store.append(walk(2, MIDNIGHT + 900 * SECOND, 1000))
        store.flush().result(20)
        for reader in (Reader(tmp_path), Reader(tmp_path, store.unsealed)):
            [samples] = reader.samples(["a.level"], 0, 2**62)
            for points in (7, 100, 3000):
                [window] = reader.window(["a.level"], MIDNIGHT, MIDNIGHT + HOUR, points)
                expected = window_of(
                    samples, window.from_ns, window.to_ns, -(-(window.to_ns - window.from_ns) // window.width_ns)
                )
                np.testing.assert_array_equal(window.vmax, expected.vmax)
                np.testing.assert_array_equal(window.last, expected.last)
                assert window.count.sum() == 2000


def assert_what_its_samples_are(reader: Reader, begin: int, end: int, width: int) -> Window:
    [samples] = reader.samples(["a.level"], 0, 2**62)
    [window] = reader.window(["a.level"], begin, end, -(-(end - begin) // width))
    expected = window_of(samples, window.from_ns, window.to_ns, -(-(window.to_ns - window.from_ns) // window.width_ns))
    for column in COLUMNS:
        np.testing.assert_array_equal(getattr(window, column), getattr(expected, column), column)
    return window


def interrupted(seed: int, start: int, count: int, late: slice | None = None) -> Batch:
    """A walk whose device was away now and then, also at the end of an hour."""
    batch = walk(seed, start, count, STEP, late)
    hour = HOUR // STEP
    for first, stop, code in ((40, 60, BAD_TIMEOUT), (hour - 30, hour + 5, BAD_TIMEOUT), (900, 901, UNCERTAIN)):
        batch.rows["quality"][first:stop] = code
    batch.rows["value"][1000:1100] = np.nan
    return batch


@pytest.mark.parametrize("width", [SECOND, 40 * SECOND, 2 * MINUTE, 22 * MINUTE, 59 * MINUTE, HOUR])
def test_a_trend_over_days_with_bad_stretches_is_what_its_samples_are(tmp_path: Path, width: int) -> None:
    """Some of it backfilled, each block by itself, and the newest of it not sealed."""
    clock, day, begin = HandClock(MIDNIGHT), 24 * HOUR, MIDNIGHT + 20 * HOUR
    with closing(Store(tmp_path, TAGS, clock)) as store:
        for seed, start, count in ((1, begin, 11_000), (2, begin + 8 * HOUR, 5000)):
            store.append(interrupted(seed, start, count, slice(700, 1500) if seed == 2 else None))
            store.flush().result(20)
            store.seal().result(20)
            clock.step_wall(day / 1e9)
        store.append(interrupted(3, begin + 12 * HOUR, 4000))
        store.flush().result(20)
        reader = Reader(tmp_path, store.unsealed)
        for first, last in ((begin, begin + 15 * HOUR), (begin + 77 * MINUTE, begin + 9 * HOUR)):
            if (last - first) // width < 20_000 * 3:
                assert_what_its_samples_are(reader, first, last, width)
        reader.close()


def test_values_that_come_late_are_in_the_next_answer(tmp_path: Path) -> None:
    """What a reader keeps of a file holds for the file as it was."""
    with closing(Store(tmp_path, TAGS, HandClock(MIDNIGHT))) as store:
        store.append(interrupted(1, MIDNIGHT, 9000))
        store.flush().result(20)
        store.seal().result(20)
        reader = Reader(tmp_path, store.unsealed)
        widths = (20 * SECOND, 2 * MINUTE, 11 * MINUTE, 90 * MINUTE)
        before = [assert_what_its_samples_are(reader, MIDNIGHT, MIDNIGHT + 6 * HOUR, width) for width in widths]
        store.append(walk(9, MIDNIGHT + 2 * HOUR + 17, 600, late=slice(600)))
        store.flush().result(20)
        store.seal().result(20)
        after = [assert_what_its_samples_are(reader, MIDNIGHT, MIDNIGHT + 6 * HOUR, width) for width in widths]
        assert all(new.count.sum() == old.count.sum() + 600 for old, new in zip(before, after, strict=True))
        reader.close()


def test_a_window_of_minutes_that_are_damaged_is_drawn_from_samples(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reader = stored(tmp_path, interrupted(1, MIDNIGHT, 9000))
    reads, asked = minutes_thinned.Packed, []

    def damaged(blobs: list[bytes], hours: NDArray[np.int64], **proven: bool) -> Packed:
        asked.append(len(blobs))
        return reads([blobs[0][:-1], *blobs[1:]], hours, **proven)

    monkeypatch.setattr(minutes_thinned, "Packed", damaged)
    monkeypatch.setattr(minutes, "Packed", damaged)
    assert len(assert_what_its_samples_are(reader, MIDNIGHT, MIDNIGHT + 5 * HOUR, 3 * MINUTE)) > 90
    assert asked == [5, 5]  # by its buckets, then minute by minute
    reader.close()


def test_few_values_an_hour_have_no_minutes(tmp_path: Path) -> None:
    reader = stored(tmp_path, join([interrupted(1, MIDNIGHT, 5000), walk(2, MIDNIGHT + 3 * HOUR, 50, 100 * SECOND)]))
    for width in (2 * MINUTE, 30 * MINUTE):
        assert_what_its_samples_are(reader, MIDNIGHT, MIDNIGHT + 6 * HOUR, width)
    reader.close()
