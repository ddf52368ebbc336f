"""Columns of numbers: each kind in the way that suits it, and all of them back bit for bit."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hmi.store import codec_columns
from hmi.store.codec_bytes import Damaged, part, signed, written
from hmi.store.codec_columns import fitting, is_steady, narrowed, pack, unpack, unpack_integers
from hmi.store.codec_dense import narrow
from tests.store.packing import INT64, drift, with_or_without

_RUNS = st.lists(st.tuples(INT64, st.integers(1, 60)), min_size=1, max_size=8)


def way_of(column: NDArray[np.generic]) -> str:
    """The name of the way in which a column is packed."""
    names = {getattr(codec_columns, name): name for name in ("_CONSTANT", "_TOGGLE", "_BITS", "_STEPS", "_DISTINCT")}
    return names.get(pack(column)[0], "dense").strip("_").lower()


@settings(max_examples=150)
@given(_RUNS, st.booleans(), st.booleans())
def test_integers_come_back_however_long_they_are_held(runs: list[tuple[int, int]], narrow: bool, pcodec: bool) -> None:
    values, lengths = zip(*runs, strict=True)
    column = np.repeat(np.array(values, np.int64), lengths)
    with with_or_without(pcodec):
        packed = pack(narrowed(column) if narrow else column)
        assert unpack_integers(packed, len(column)).tolist() == column.tolist()
        assert (unpack(packed, len(column)) == column).all()


@settings(max_examples=60)
@given(st.integers(2, 40), st.integers(8, 40), st.sampled_from(["<f4", "<f8"]), st.booleans())
def test_floats_come_back_whether_few_or_many_are_distinct(few: int, times: int, kind: str, pcodec: bool) -> None:
    random = np.random.default_rng(few)
    values = random.integers(-(2**62), 2**62, few).astype(f"<i{np.dtype(kind).itemsize}").view(kind)
    column = random.choice(values, few * times)
    with with_or_without(pcodec):
        assert unpack(pack(column), len(column)).tobytes() == column.tobytes()


def test_each_kind_of_column_in_its_way() -> None:
    random = np.random.default_rng(1)
    toggles = np.zeros(3600, np.int16)
    toggles[random.integers(0, 3600, 20)] = 1
    levels = np.repeat(random.integers(0, 9999, 12), 300)
    converter = np.rint(9000 + drift(3600)) * (150 / 27648) - 20
    expected = {
        "constant": (np.full(3600, -5), 10),
        "toggle": (np.cumsum(toggles) % 2, 60),
        "bits": (random.integers(0, 2, 3600), 480),
        "steps": (levels, 80),
        "distinct": (converter, 2400),
        "dense": (np.rint(drift(3600)).astype(np.int16), 2000),
    }
    for pcodec in (True, False):
        with with_or_without(pcodec):
            for name, (column, size) in expected.items():
                packed = pack(column)
                assert way_of(column) == name
                assert len(packed) <= size, name
                assert unpack(packed, 3600).tobytes() == column.astype(unpack(packed, 3600).dtype).tobytes()


def test_a_converter_in_float32_takes_its_distinct_values() -> None:
    column = (np.rint(9000 + drift(3600)).astype(np.float32) / np.float32(27648)) * np.float32(150)
    assert way_of(column) == "distinct"
    assert unpack(pack(column), 3600).tobytes() == column.tobytes()


@pytest.mark.parametrize("kind", [np.int16, np.int32])
def test_the_smallest_type_that_holds_them(kind: type[np.signedinteger]) -> None:
    limit = np.iinfo(kind)
    assert fitting(limit.min, limit.max) is kind
    assert np.iinfo(fitting(limit.min - 1, 0)).max > limit.max < np.iinfo(fitting(0, limit.max + 1)).max
    assert narrowed(np.array([limit.min, limit.max])).dtype == kind


def test_steady_is_at_most_one_change_in_sixteen() -> None:
    column = np.zeros(32, np.int64)
    column[31] = column[5:] = 1
    assert is_steady(column)
    column[31] = 2
    assert is_steady(column)
    column[30] = 7
    assert not is_steady(column)


def steps_of(gaps: list[int], kind: str = "<i2") -> bytes:
    """The head of a column that changes after these numbers of samples."""
    return signed(0) + part(written(len(gaps)) + narrow(np.array(gaps, kind), delta=False))


@pytest.mark.parametrize(
    ("words", "packed"),
    [
        ("does not know", b"\xee"),
        ("too early", b""),
        ("longer than what is in it", b"\0" + signed(3) + b"x"),
        ("more steps", b"\1" + steps_of([]) + signed(1)),
        ("more steps", b"\1" + steps_of([1] * 5) + signed(1)),
        ("outside", b"\1" + steps_of([0]) + signed(1)),
        ("outside", b"\1" + steps_of([-3]) + signed(1)),
        ("outside", b"\1" + steps_of([40, 24]) + signed(1)),
        ("outside", b"\1" + steps_of([32767] * 2) + signed(1)),
        ("outside", b"\1" + steps_of([4], "<f4") + signed(1)),
        ("another length", b"\2" + signed(0) + signed(1) + b"\0" + bytes(7)),
        ("another length", b"\3" + steps_of([5]) + pack(np.arange(5))),
        ("distinct", b"\4" + written(0)),
        ("distinct", b"\4" + written(64)),
        ("distinct", b"\4" + written(9) + part(pack(np.arange(9) / 3)) + pack(np.arange(64) % 9)),
        ("is not in it", b"\4" + written(1) + part(pack(np.array([0.5]))) + pack(np.arange(64))),
        ("is not in it", b"\4" + written(1) + part(pack(np.array([0.5]))) + pack(np.full(64, -1))),
    ],
)
def test_bytes_that_are_no_column_of_64_numbers(words: str, packed: bytes) -> None:
    with pytest.raises(Damaged, match=words):
        unpack(packed, 64)


def test_columns_within_columns_come_to_an_end() -> None:
    distinct, steps = pack(np.array([0.5])), pack(np.arange(2))
    for depth in range(2000):
        distinct = b"\4" + written(2000 - depth) + part(distinct) + pack(np.zeros(9, np.int64))
        steps = b"\3" + steps_of([1]) + steps
    for packed in (distinct, steps):
        with pytest.raises(Damaged):
            unpack(packed, 3600)


def test_fractions_where_integers_belong() -> None:
    with pytest.raises(Damaged, match="fractions"):
        unpack_integers(pack(np.array([0.5, np.nan])), 2)
