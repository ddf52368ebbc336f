"""What a window is drawn from: the coarsest part of a block that says exactly what its samples say."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from hmi.clock import HandClock
from hmi.core.batch import FLAG_BACKFILLED, Batch, join
from hmi.core.history import window_of
from hmi.store.query import Reader
from hmi.store.store import Store
from tests.store.made import HOUR, MIDNIGHT, SECOND, TAGS, batch_of

MINUTE = 60 * SECOND


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
