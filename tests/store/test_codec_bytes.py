"""Numbers, lengths and zipped parts: as written, or Damaged."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.store.codec_bytes import Cursor, Damaged, part, signed, unzipped, written, zipped
from tests.store.packing import INT64


@given(st.lists(st.integers(0, 2**64 - 1)), st.lists(INT64), st.binary())
def test_numbers_and_parts_come_back_in_order(numbers: list[int], whole: list[int], body: bytes) -> None:
    cursor = Cursor(b"".join(map(written, numbers)) + b"".join(map(signed, whole)) + part(body) + b"rest")
    assert [cursor.number() for _ in numbers] == numbers
    assert [int(cursor.int64()) for _ in whole] == whole
    assert cursor.part() == body
    assert cursor.rest() == b"rest"
    cursor.end()


def test_small_numbers_take_one_byte() -> None:
    assert [len(written(number)) for number in (0, 127, 128, 2**64 - 1)] == [1, 1, 2, 10]
    assert [len(signed(number)) for number in (0, -64, 63, 64, -(2**63))] == [1, 1, 1, 2, 10]


def test_a_double_is_eight_bytes() -> None:
    assert Cursor(np.float64(0.1).tobytes()).float64() == 0.1


@pytest.mark.parametrize("blob", [b"", b"\x80", b"\xff" * 9, b"\xff" * 30, b"\xff" * 9 + b"\x02"])
def test_a_number_that_was_never_written(blob: bytes) -> None:
    with pytest.raises(Damaged):
        Cursor(blob).number()


def test_nothing_is_read_beyond_the_end_and_nothing_is_left() -> None:
    with pytest.raises(Damaged, match="too early"):
        Cursor(b"abc").take(4)
    with pytest.raises(Damaged, match="too early"):
        Cursor(written(2**63) + b"abc").part()
    with pytest.raises(Damaged, match="longer"):
        Cursor(b"abc", 2).end()


@given(st.binary(max_size=2000), st.integers(1, 30))
def test_zipped_parts_come_back_and_never_grow(body: bytes, times: int) -> None:
    packed = zipped(body * times)
    assert unzipped(packed, len(body) * times) == body * times
    assert len(packed) <= len(body) * times + 1


@pytest.mark.parametrize(
    "packed",
    [
        b"",
        b"\2abc",
        b"\0ab",
        b"\0abcd",
        b"\1abc",
        b"\1" + zlib.compress(b"abc")[:-1],
        b"\1" + zlib.compress(b"abc") + b"!",
    ],
)
def test_what_is_not_three_zipped_bytes(packed: bytes) -> None:
    with pytest.raises(Damaged):
        unzipped(packed, 3)


def test_few_bytes_cannot_fill_the_memory() -> None:
    bomb = b"\1" + zlib.compress(bytes(80 * 1024 * 1024))
    for size in (3, 80 * 1024 * 1024, 2**62):
        with pytest.raises(Damaged):
            unzipped(bomb, size)
