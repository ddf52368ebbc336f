"""A clock that is set back while values come: the same hour is told twice, and all of it is kept and sealed."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import numpy as np

from hmi.clock import HandClock
from hmi.core.batch import Batch
from hmi.store.query import Reader
from hmi.store.store import Store
from tests.store.made import HOUR, MIDNIGHT, TAGS


def test_the_same_hour_three_times_is_kept_and_sealed(tmp_path: Path) -> None:
    rng = np.random.default_rng(2)
    told: list[tuple[int, float]] = []
    for _ in range(3):
        clock = HandClock(MIDNIGHT)
        with closing(Store(tmp_path, TAGS, clock, reserve_mb=0)) as store:
            for _ in range(400):
                value, now = round(rng.normal(50, 5), 2), clock.now_ns()
                store.append(Batch.of([0], [value], now, now))
                told.append((now, value))
                clock.advance(10)
            store.flush().result(60)
    with closing(Store(tmp_path, TAGS, HandClock(MIDNIGHT + 5 * HOUR), reserve_mb=0)) as store:
        store.seal().result(60)
    with closing(Reader(tmp_path)) as reader:
        (samples,) = reader.samples(["a.level"], 0, 2**62)
        (window,) = reader.window(["a.level"], MIDNIGHT, MIDNIGHT + 2 * HOUR, 100)
    found = list(zip(samples.time.tolist(), samples.value.tolist(), strict=True))
    assert sorted(set(found)) == sorted(set(told))  # the same value at the same moment is the same value
    assert float(np.nanmax(window.vmax)) == max(value for _, value in told)
    assert float(np.nanmin(window.vmin)) == min(value for _, value in told)
