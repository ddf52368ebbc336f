"""The minutes of an hour come back exactly, or are not packed at all; damage is said, never decoded."""

from __future__ import annotations

import zlib
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hmi.core import quality as q
from hmi.core.batch import FLAG_TEXT
from hmi.core.history import Samples
from hmi.store import minutes, thin
from hmi.store.codec_bytes import Damaged
from hmi.store.minutes import HOUR_NS, MINUTE_NS
from hmi.store.thin import Thin

_HOUR = 494_444 * HOUR_NS  # of 2026


def hour_of(value: Any, at: NDArray[np.int64] | None = None, hour: int = _HOUR) -> Samples:
    """Samples of an hour, evenly spread unless told otherwise."""
    value = np.asarray(value, np.float64)
    time = hour + np.arange(len(value)) * (HOUR_NS // len(value)) if at is None else at
    empty = np.zeros(len(value), np.uint32)
    return Samples("a.b", time, time, value, np.zeros(len(value), np.int64), empty, empty)


def assert_exact(found: Thin, samples: Samples) -> None:
    """Every minute is what its samples are."""
    first, last = int(samples.time[0]) // HOUR_NS * HOUR_NS, int(samples.time[-1]) + 1
    expected = thin.reduce(thin.of_samples(samples), first, last, MINUTE_NS)
    for name in ("count", "vmin", "vmax", "first", "last", "worst"):
        np.testing.assert_array_equal(getattr(found, name), expected[name], name)
        assert getattr(found, name).dtype == expected[name].dtype
    np.testing.assert_array_equal(found.t, expected["t0"])
    for name in ("vmin", "first", "last"):
        np.testing.assert_array_equal(np.signbit(getattr(found, name)), np.signbit(expected[name]), name)


def _random() -> np.random.Generator:
    return np.random.default_rng(7)


def _level(decimals: int) -> NDArray[np.float64]:
    noise = _random().normal(0, 1, 3600)
    return np.round(50 + np.cumsum(noise) * 0.05 + noise * 0.1, decimals)


KINDS = {
    "level": (_level(1), 200),
    "level in hundredths": (_level(2), 330),
    "constant": (np.full(3600, 0.1), 40),
    "minus": (-_level(1) * 1, 200),
    "switch": ((_random().random(3600) < 0.01).astype(float), 110),
    "counter": (1e9 + np.cumsum(_random().integers(0, 30, 3600)), 400),
    "float32": (_level(4).astype(np.float32) / np.float32(3), 1010),
    "float64": (_level(3) / 3, 2000),
    "large": (_level(0) * 1e300, 2000),
    "infinite": (np.where(_level(0) > 50, np.inf, 1.0), 2000),
    "minus zero": (np.where(_level(0) > 50, -0.0, 0.1), 2000),
    "wide": (np.where(_random().random(3600) < 0.3, 2.0**49, -(2.0**49)), 2000),
    "wide in tenths": (np.where(_random().random(3600) < 0.3, 2.0**49, 0.1), 2000),
}


@pytest.mark.parametrize(("value", "most"), KINDS.values(), ids=KINDS.keys())
def test_every_kind_of_tag_comes_back(value: NDArray[np.float64], most: int) -> None:
    samples = hour_of(value)
    blob = minutes.pack(samples)
    assert blob is not None
    assert len(blob) <= most
    assert_exact(minutes.unpack([blob], np.array([_HOUR])), samples)
    assert minutes.pack(samples, samples.time) == blob


@settings(max_examples=40, deadline=None)
@given(
    st.integers(0, 2**32),
    st.sampled_from([0.1, 0.25, 1.0, 1 / 3, 1000.0, 2.0**40]),
    st.integers(500, 2000),
    st.lists(st.integers(0, 59), min_size=1, max_size=60),
    st.booleans(),
)
def test_any_hour_comes_back_or_is_not_packed(seed: int, unit: float, n: int, present: list[int], narrow: bool) -> None:
    random = np.random.default_rng(seed)
    slot = np.sort(random.choice(np.array(present), n))
    at = np.sort(_HOUR + slot * MINUTE_NS + random.integers(0, MINUTE_NS, n))
    value = random.integers(-300, 300, n) * unit
    samples = hour_of(value.astype(np.float32) if narrow else value, at)
    blob = minutes.pack(samples)
    if blob is not None:
        assert_exact(minutes.unpack([blob], np.array([_HOUR])), samples)


def _odd(hour: int = _HOUR) -> Samples:
    """A level whose device was away for a while."""
    whole = hour_of(_level(1), hour=hour)
    return replace(whole, quality=np.where(np.arange(3600) // 200 == 3, q.BAD_TIMEOUT, q.GOOD).astype(np.uint32))


def test_many_hours_of_all_kinds_at_once() -> None:
    hours = [hour_of(value, hour=_HOUR + k * HOUR_NS) for k, (value, _) in enumerate(KINDS.values())]
    hours.insert(3, _odd(_HOUR + 50 * HOUR_NS))
    half = hours[0].cut(0, 1800)
    blobs = [minutes.pack(samples) or b"" for samples in [*hours, half]]
    starts = np.array([int(samples.time[0]) // HOUR_NS * HOUR_NS for samples in [*hours, half]])
    together = minutes.unpack(blobs, starts)
    apart = [minutes.unpack([blob], starts[k : k + 1]) for k, blob in enumerate(blobs)]
    for name in ("t", "count", "vmin", "vmax", "first", "last", "worst"):
        np.testing.assert_array_equal(getattr(together, name), np.concatenate([getattr(one, name) for one in apart]))
    assert len(minutes.unpack([], np.empty(0, np.int64))) == 0


def _unfit() -> dict[str, Samples]:
    good = hour_of(_level(1))
    bad, uncertain = np.full(3600, q.BAD_TIMEOUT, np.uint32), good.quality.copy()
    uncertain[5] = q.UNCERTAIN
    some_text = np.where(np.arange(3600) % 100, 0, FLAG_TEXT).astype(np.uint32)
    return {
        "few": good.cut(0, 239),
        "few, not all good": replace(good, quality=uncertain).cut(0, 239),
        "nothing usable": replace(good, quality=bad),
        "not even a number": replace(good, value=np.full(3600, np.nan)),
        "some texts": replace(good, flags=some_text, quality=uncertain),
        "text": replace(good, value=np.full(3600, np.nan), flags=np.full(3600, FLAG_TEXT, np.uint32)),
        "two hours": replace(good, time=good.time + MINUTE_NS),
        "two hours, not all good": replace(good, time=good.time + MINUTE_NS, quality=uncertain),
        "not worth it": hour_of(_level(3)[:300] / 3),
    }


@pytest.mark.parametrize("samples", _unfit().values(), ids=_unfit().keys())
def test_what_is_not_packed(samples: Samples) -> None:
    assert minutes.pack(samples) is None


def _blob() -> bytes:
    return minutes.pack(hour_of(_level(2))) or b""


def test_any_damaged_byte_is_found() -> None:
    for good in (_blob(), minutes.pack(_odd()) or b""):
        _assert_every_byte_counts(good)


def _assert_every_byte_counts(good: bytes) -> None:
    for place in range(len(good)):
        bad = bytearray(good)
        bad[place] ^= 0x10
        with pytest.raises(Damaged, match=f"hour that began at {_HOUR + HOUR_NS} ns"):
            minutes.unpack([good, bytes(bad)], np.array([_HOUR, _HOUR + HOUR_NS]))


@given(st.binary(max_size=400), st.booleans(), st.sampled_from([b"\x01", b"\x02"]))
def test_hostile_bytes_are_damage(body: bytes, sealed: bool, version: bytes) -> None:
    """Also those with a right checksum."""
    if sealed and len(body) > 5:
        body = version + zlib.crc32(body[5:]).to_bytes(4, "little") + body[5:]
    try:
        found = minutes.unpack([body], np.array([_HOUR]))
    except Damaged:
        return
    assert len(found) <= 60


def test_many_hours_are_packed_at_once_as_each_of_them_is() -> None:
    hours = [hour_of(value, hour=_HOUR + k * HOUR_NS) for k, (value, _) in enumerate(KINDS.values())]
    hours += [replace(hour_of(_level(2)[:1000])), *(one for one in _unfit().values() if not one.quality.any())]
    assert [minutes.is_odd(minutes.pack(hour) or b"") for hour in [*hours, _odd()]] == [False] * len(hours) + [True]
    value, at = (np.concatenate([getattr(hour, name) for hour in hours]) for name in ("value", "time"))
    heads = np.cumsum([0, *map(len, hours[:-1])])
    assert minutes.pack_all(value, at, heads) == [minutes.pack(hour) for hour in hours]


def test_an_hour_that_was_told_twice_is_not_packed() -> None:
    """A clock was set back by an hour: its minutes come around again, and once made the sealing fail for good."""
    rng = np.random.default_rng(4)
    once = _HOUR + np.arange(360) * 10 * 10**9
    twice = np.concatenate([once, once, once])
    value = np.round(rng.normal(50, 5, len(twice)), 2)
    assert minutes.pack_all(value, twice, np.array([0])) == [None]
    beside = np.concatenate([twice, once + HOUR_NS])
    values = np.concatenate([value, value[:360]])
    alone = minutes.pack_all(value[:360], once + HOUR_NS, np.array([0]))
    assert minutes.pack_all(values, beside, np.array([0, len(twice)])) == [None, *alone]
