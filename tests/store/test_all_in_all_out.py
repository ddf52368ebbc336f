"""What goes in comes out: any values, any times, whatever is sealed, restarted or dropped in between."""

from __future__ import annotations

import tempfile
from contextlib import closing
from pathlib import Path

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hmi.clock import HandClock
from hmi.core.batch import FLAG_BACKFILLED, FLAG_TEXT, FLAG_TIME_SUSPECT, ROW, Batch
from hmi.store.query import Reader
from hmi.store.store import Store
from tests.store.made import HOUR, MIDNIGHT, SECOND, TAGS

ODD = np.array(
    [0.0, -0.0, np.inf, -np.inf, 5e-324, 1e308, 2.0**53 + 2, 0.1, 21.7, 1e6, np.nan, np.float64.fromhex("0x1p-1060")]
)
NANS = np.array([0x7FF8000000000001, -1, 0x7FF0000000000001], np.int64).view(np.float64)
RAWS = np.array([0, 1, -1, 2**63 - 1, -(2**63), 2**53 + 1], np.int64)
TEXTS = ("", "läuft", "steht", "a" * 300, "nul \x00 inside")


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    count = draw(st.integers(1, 30))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows = np.zeros(count, ROW)
    rows["tag"] = rng.choice([0, 2], count)
    around = draw(st.sampled_from([SECOND, HOUR, 26 * HOUR]))
    rows["time"] = MIDNIGHT + rng.integers(-around, around, count)
    rows["time"] -= rows["time"] % draw(st.sampled_from([1, 1000, SECOND]))
    rows["received"] = MIDNIGHT + rng.integers(0, HOUR, count)
    rows["value"] = rng.choice(draw(st.sampled_from([ODD, ODD[7:10], NANS, np.array([1.0])])), count)
    rows["raw"] = rng.choice(RAWS, count) * draw(st.integers(0, 1))
    rows["quality"] = rng.choice(np.array([0, 0x40000000, 0x80000000, 0xFFFFFFFF], np.uint32), count)
    rows["flags"] = rng.choice(np.array([0, 0, FLAG_BACKFILLED, FLAG_TIME_SUSPECT], np.uint32), count)
    if draw(st.booleans()):
        text = rng.random(count) < 0.5
        rows["tag"][text], rows["flags"][text], rows["value"][text] = 1, FLAG_TEXT, np.nan
        rows["raw"][text] = rng.integers(0, len(TEXTS), int(text.sum()))
    return Batch(rows, TEXTS)


Steps = st.lists(st.one_of(batches(), st.sampled_from(["seal", "restart", "hour", "day"])), min_size=1, max_size=8)


def told(rows: np.ndarray) -> list[tuple[object, ...]]:
    """Every row as it must come back, in the order in which it came."""
    suspect = (rows["flags"] & FLAG_TIME_SUSPECT) != 0
    at = np.where(suspect, rows["received"], rows["time"])
    bits = np.ascontiguousarray(rows["value"]).view(np.int64)
    flags = rows["flags"].tolist()
    raw = [TEXTS[n] if flag & FLAG_TEXT else n for n, flag in zip(rows["raw"].tolist(), flags, strict=True)]
    columns = (at, rows["time"], bits, rows["quality"])
    return list(zip(*(column.tolist() for column in columns), raw, flags, strict=True))


def without_repeats(found: list[tuple[object, ...]]) -> set[tuple[object, ...]]:
    """Told twice at one moment is told once, be it from the device's history the second time."""
    return {(*row[:-1], int(str(row[-1])) & ~FLAG_BACKFILLED) for row in found}


def kept(folder: Path, tag: int) -> list[tuple[object, ...]]:
    [samples] = Reader(folder).samples([TAGS[tag].name], -(2**63), 2**63 - 1)
    assert (np.diff(samples.at) >= 0).all()
    rows = np.zeros(len(samples), ROW)
    for name in ("time", "received", "value", "raw", "quality", "flags"):
        rows[name] = getattr(samples, name)
    texts = [samples.text(row) for row in range(len(samples))]
    return [
        (*row[:4], row[4] if text is None else text, row[5]) for row, text in zip(told_plain(rows), texts, strict=True)
    ]


def told_plain(rows: np.ndarray) -> list[tuple[object, ...]]:
    suspect = (rows["flags"] & FLAG_TIME_SUSPECT) != 0
    at = np.where(suspect, rows["received"], rows["time"])
    bits = np.ascontiguousarray(rows["value"]).view(np.int64)
    columns = (at, rows["time"], bits, rows["quality"], rows["raw"], rows["flags"])
    return list(zip(*(column.tolist() for column in columns), strict=True))


@given(Steps)
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
def test_all_that_goes_in_comes_out_to_the_bit(steps: list[Batch | str]) -> None:
    given_rows: list[np.ndarray] = []
    clock = HandClock(MIDNIGHT)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        store = Store(folder, TAGS, clock)
        for step in steps:
            if isinstance(step, Batch):
                store.append(step)
                store.flush().result(20)
                given_rows.append(step.rows)
            elif step == "seal":
                store.seal().result(20)
            elif step == "restart":
                store.close()
                store = Store(folder, TAGS, clock)
            else:
                clock.step_wall(3600 if step == "hour" else 86_400)
        with closing(store):
            rows = np.concatenate(given_rows) if given_rows else np.zeros(0, ROW)
            for tag in range(3):
                expected = told(rows[rows["tag"] == tag])
                assert without_repeats(kept(folder, tag)) == without_repeats(expected)
                shared = Reader(folder, store.unsealed).samples([TAGS[tag].name], -(2**63), 2**63 - 1)[0]
                assert len(shared) == len(kept(folder, tag))
