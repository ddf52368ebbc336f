"""Slabs: columns of many tags, packed and joined without losing a bit, and damage always told."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hmi.core.batch import FLAG_BACKFILLED, FLAG_TEXT, FLAG_TIME_SUSPECT, ROW
from hmi.store.codec_bytes import Damaged
from hmi.store.slab import Slab, groups, join
from tests.store.made import MIDNIGHT, SECOND, bits, rows_of, slab_of, texts_of

ODD = np.array([0.0, -0.0, np.inf, -np.inf, 5e-324, 1e308, np.nan], np.float64)


@st.composite
def slabs(draw: st.DrawFn) -> tuple[Slab, np.ndarray]:
    count = draw(st.integers(1, 40))
    rng = np.random.default_rng(draw(st.integers(0, 2**32)))
    rows = np.zeros(count, ROW)
    rows["tag"] = np.sort(rng.integers(0, 5, count))
    unit = draw(st.sampled_from([1, 1000, 1_000_000, SECOND]))
    reach = draw(st.sampled_from([10, 2**31, 2**61 // unit]))
    rows["time"] = rng.integers(-reach, reach, count) * unit
    rows["received"] = MIDNIGHT + rng.integers(0, 9, count)
    rows["value"] = rng.choice(np.append(ODD, rng.normal(size=4)), count)
    rows["raw"] = rng.integers(-(2**63), 2**63 - 1, count) if draw(st.booleans()) else 0
    rows["quality"] = rng.choice(np.array([0, 0x80000000, 0xFFFFFFFF], np.uint32), count) * draw(st.integers(0, 1))
    rows["flags"] = rng.choice(np.array([0, FLAG_BACKFILLED, FLAG_TIME_SUSPECT], np.uint32), count)
    return Slab.of(rows["tag"], rows), rows


@settings(deadline=None)
@given(slabs())
def test_packed_and_unpacked_is_the_same_to_the_bit(made: tuple[Slab, np.ndarray]) -> None:
    slab, rows = made
    again = Slab.unpack(slab.pack())
    for name in ("raw", "quality", "flags"):
        np.testing.assert_array_equal(again.column(name), rows[name])
    np.testing.assert_array_equal(again.column("source"), rows["time"])
    np.testing.assert_array_equal(again.value.view(np.int64), np.ascontiguousarray(rows["value"]).view(np.int64))
    suspect = (rows["flags"] & FLAG_TIME_SUSPECT) != 0
    np.testing.assert_array_equal(again.at, np.where(suspect, rows["received"], rows["time"]))
    assert again.span == (int(again.at.min()), int(again.at.max()))


@settings(deadline=None)
@given(st.lists(slabs(), min_size=1, max_size=5))
def test_joined_slabs_hold_the_rows_of_each_tag_in_the_order_of_the_slabs(made: list[tuple[Slab, np.ndarray]]) -> None:
    whole = join([slab for slab, _ in made])
    rows = np.concatenate([own for _, own in made])
    for number, where in groups(whole.tag):
        own = rows[rows["tag"] == number]
        np.testing.assert_array_equal(whole.column("source")[where], own["time"])
        np.testing.assert_array_equal(whole.value[where].view(np.int64), own["value"].copy().view(np.int64))
        np.testing.assert_array_equal(whole.column("raw")[where], own["raw"])
    assert len(whole) == len(rows)


def test_a_tag_is_found_and_one_that_is_not_there_is_not() -> None:
    slab = slab_of((2, [1, 2], [1.0, 2.0]), (7, [5], [3.0]))
    assert (slab.rows_of(2), slab.rows_of(7), slab.rows_of(3)) == (slice(0, 2), slice(2, 3), slice(0, 0))
    assert slab.tags.tolist() == [2, 7]
    assert (slab.range_of(0, 3), slab.range_of(3, 8)) == (slice(0, 2), slice(2, 3))
    assert slab.samples("x", slab.rows_of(2)).value.tolist() == [1.0, 2.0]


def test_samples_come_in_order_of_time_and_with_their_own_texts_only() -> None:
    batch = texts_of(3, [MIDNIGHT + 2, MIDNIGHT, MIDNIGHT + 1], ["b", "a", "b"])
    slab = Slab.unpack(Slab.of(batch.rows["tag"], batch.rows, batch.texts).pack())
    samples = slab.samples("t", slab.rows_of(3))
    assert [samples.text(row) for row in range(3)] == ["a", "b", "b"]
    one = slab.pick(np.array([1]))
    assert (one.texts, [row[-1] for row in bits(one.samples("t", slice(0, 1)))]) == (("a",), ["a"])
    assert all(samples.flags & FLAG_TEXT)


def test_texts_of_joined_slabs_stay_those_of_their_rows() -> None:
    parts = [texts_of(1, [MIDNIGHT + n], [text]) for n, text in enumerate("xyx")]
    whole = join([slab_of((0, [1], [0.5])), *(Slab.of(part.rows["tag"], part.rows, part.texts) for part in parts)])
    samples = whole.samples("t", whole.rows_of(1))
    assert [samples.text(row) for row in range(3)] == ["x", "y", "x"]
    assert whole.value[whole.rows_of(0)].tolist() == [0.5]


def test_an_empty_slab_has_nothing() -> None:
    empty = Slab.of(np.empty(0, np.uint32), np.empty(0, ROW))
    assert (len(Slab.unpack(empty.pack())), empty.span, empty.tags.tolist(), list(groups(empty.tag))) == (
        0,
        (0, -1),
        [],
        [],
    )


def test_bytes_that_are_damaged_are_told() -> None:
    packed = slab_of((0, range(MIDNIGHT, MIDNIGHT + 500), np.arange(500.0))).pack()
    rng = np.random.default_rng(3)
    wrong = [packed[:n] for n in range(0, len(packed), 7)]
    wrong += [
        packed[:place] + bytes([packed[place] ^ (1 << int(rng.integers(8)))]) + packed[place + 1 :]
        for place in rng.integers(0, len(packed), 200).tolist()
    ]
    for blob in [*wrong, b"", b"no slab at all", rng.bytes(300)]:
        try:
            again = Slab.unpack(blob)
        except Damaged:
            continue
        assert len(again) == 500  # a flipped bit of the head that says nothing of the values: base or unit
    with pytest.raises(Damaged):
        Slab.unpack(b"")


def test_rows_that_repeat_nothing_are_plain(tmp_path: object) -> None:
    slab = Slab.of(np.zeros(3, np.uint32), rows_of(0, [MIDNIGHT, MIDNIGHT + SECOND, MIDNIGHT + 2 * SECOND], [1, 2, 3]))
    assert (slab.unit, slab.dt.dtype, slab.raw, slab.quality) == (SECOND, np.int32, None, None)


def test_slabs_far_apart_keep_their_times_whatever_their_units() -> None:
    """Minutes in ns do not fit 32 bits: a slab in ms beside one in ns must not run over."""
    first = slab_of((1, [MIDNIGHT, MIDNIGHT + 5_000_000_000], [1.0, 2.0]))
    second = slab_of((1, [MIDNIGHT + 9_000_000_001, MIDNIGHT + 3600 * SECOND], [3.0, 4.0]))
    assert join([first, second]).at.tolist() == [*first.at.tolist(), *second.at.tolist()]


@settings(deadline=None)
@given(st.integers(1, 4), st.integers(1, 5), st.integers(1, 3), st.booleans())
def test_slabs_with_the_same_tags_are_joined_as_any_others_are(
    slabs: int, tags: int, times: int, odd_one: bool
) -> None:
    """What is scanned every second takes a shorter way than what is not."""
    rng = np.random.default_rng(slabs * 100 + tags * 10 + times)
    made = []
    for second in range(slabs):
        rows = np.zeros(tags * times, ROW)
        rows["tag"] = np.repeat(np.arange(tags) * 3, times)
        rows["time"] = rows["received"] = MIDNIGHT + second * SECOND + rng.integers(0, 999, len(rows)) * 1_000_000
        rows["value"], rows["raw"] = rng.normal(size=len(rows)), rng.integers(0, 9, len(rows))
        rows["quality"] = rng.integers(0, 2, len(rows)) * 0x80000000
        made.append(rows[: len(rows) - (odd_one and second == 1)])
    whole = join([Slab.of(rows["tag"], rows) for rows in made])
    expected = np.concatenate(made)
    expected = expected[np.argsort(expected["tag"], kind="stable")]
    for name in ("raw", "quality"):
        np.testing.assert_array_equal(whole.column(name), expected[name])
    for found, name in ((whole.tag, "tag"), (whole.at, "time"), (whole.value, "value")):
        np.testing.assert_array_equal(found, expected[name])


def test_rows_of_some_tags_are_found_by_their_numbers() -> None:
    slab = slab_of((2, [1, 2], [1.0, 2.0]), (5, [1], [3.0]), (9, [1, 2, 3], [4.0, 5.0, 6.0]))
    assert [slab.range_of(*ends) for ends in ((0, 2), (2, 5), (3, 9), (5, 10), (10, 99))] == [
        slice(0, 0),
        slice(0, 2),
        slice(2, 3),
        slice(2, 6),
        slice(6, 6),
    ]
    assert slab.ends.tolist() == [1, 2, 5]


def test_a_slab_without_rows_is_packed_too() -> None:
    assert len(Slab.unpack(slab_of((1, [], [])).pack())) == 0
