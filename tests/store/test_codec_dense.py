"""Columns that move at every sample: back bit for bit, by pcodec and without it."""

from __future__ import annotations

import types

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hmi.store import codec_dense
from hmi.store.codec_bytes import Cursor, Damaged
from hmi.store.codec_dense import by_pcodec, floats, from_narrow, from_pcodec, narrow, ordered, size_about
from tests.store.packing import INT64, ODD_BITS, drift, without_pcodec

_KINDS = st.sampled_from(["<i2", "<i4", "<i8", "<f4", "<f8"])


def column_of(bits: list[int], kind: str) -> NDArray[np.generic]:
    """Numbers of this type that have these low bits."""
    return np.array(bits, np.int64).astype(f"<i{np.dtype(kind).itemsize}").view(kind)


@settings(max_examples=200)
@given(
    st.lists(INT64 | st.sampled_from(ODD_BITS), min_size=1, max_size=40), _KINDS, st.sampled_from([None, True, False])
)
@example(ODD_BITS, "<f8", None)
@example([2**63 - 1, -(2**63)] * 5, "<i8", True)
def test_any_bits_come_back(bits: list[int], kind: str, delta: bool | None) -> None:
    column = column_of(bits, kind)
    back = from_narrow(Cursor(narrow(column, delta)), len(bits))
    assert (back.dtype, back.tobytes()) == (column.dtype, column.tobytes())
    packed = by_pcodec(column)
    assert packed is not None
    back = from_pcodec(Cursor(packed), len(bits))
    assert (back.dtype, back.tobytes()) == (column.dtype, column.tobytes())


@given(st.lists(st.floats(allow_nan=False, width=32), min_size=2, max_size=20), st.sampled_from(["<f4", "<f8"]))
def test_floats_as_integers_keep_their_order(numbers: list[float], kind: str) -> None:
    column = np.sort(np.array(numbers, kind))
    rises = column[1:] > column[:-1]
    assert (np.diff(ordered(column).astype(object))[rises] > 0).all()
    assert floats(ordered(column), column.dtype).tobytes() == column.tobytes()


def test_a_drift_is_written_as_differences_and_noise_as_it_is() -> None:
    random = np.random.default_rng(3)
    wander, noise = np.rint(drift(3600)).astype(np.int16), np.rint(random.normal(0, 5, 3600)).astype(np.int16)
    for column, delta in ((wander, True), (noise, False)):
        assert len(narrow(column)) == len(narrow(column, delta)) < len(narrow(column, not delta))


def test_sizes_are_in_bits() -> None:
    assert size_about(np.array([7.0, 7.0, 8.0])) == 1.0
    assert size_about(np.array([3, -3, 0]), 0.0) == 4.0
    assert size_about(np.empty(0)) == 0.0


def test_a_station_without_pcodec_says_what_is_missing() -> None:
    packed = by_pcodec(np.arange(9))
    assert packed is not None
    with without_pcodec():
        assert by_pcodec(np.arange(9)) is None
        with pytest.raises(Damaged, match="packed by pcodec, which this station does not have"):
            from_pcodec(Cursor(packed), 9)


def test_a_panic_of_pcodec_goes_no_further(monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]) -> None:
    """The real one: 32 coefficients make pcodec 1.1 panic, with an exception that is no Exception."""
    import pcodec
    from pcodec import standalone

    hard = pcodec.ChunkConfig(delta_spec=pcodec.DeltaSpec.try_conv1(32), mode_spec=pcodec.ModeSpec.classic())

    def panic(*_: object) -> bytes:
        return standalone.simple_compress(np.rint(drift(3600)).astype(np.int32), hard)

    with pytest.raises(BaseException) as raised:
        panic()
    assert not isinstance(raised.value, Exception)
    monkeypatch.setattr(codec_dense, "_pco", types.SimpleNamespace(simple_compress=panic, simple_decompress_into=panic))
    assert by_pcodec(np.arange(99)) is None
    with pytest.raises(Damaged, match="cannot be unpacked"):
        from_pcodec(Cursor(b"\2abc"), 9)
    capfd.readouterr()  # pcodec tells the terminal of it too


@pytest.mark.parametrize("trouble", [KeyboardInterrupt, MemoryError])
def test_trouble_of_this_station_is_not_taken_for_damage(
    monkeypatch: pytest.MonkeyPatch, trouble: type[BaseException]
) -> None:
    def interrupted(*_: object) -> bytes:
        raise trouble

    own = types.SimpleNamespace(simple_compress=interrupted, simple_decompress_into=interrupted)
    monkeypatch.setattr(codec_dense, "_pco", own)
    with pytest.raises(trouble):
        by_pcodec(np.arange(99))
    with pytest.raises(trouble):
        from_pcodec(Cursor(b"\2abc"), 9)


@pytest.mark.parametrize(
    "packed", [b"", b"\x07", b"\x02\x03\0a", b"\x02\x08\0" + bytes(8), b"\x00\x04\0" + bytes(12), b"\x82\2"]
)
def test_what_is_not_three_numbers(packed: bytes) -> None:
    with pytest.raises(Damaged):
        from_narrow(Cursor(packed), 3)
    with pytest.raises(Damaged):
        from_pcodec(Cursor(packed), 3)


def test_a_column_of_another_length() -> None:
    column = np.rint(drift(300)).astype(np.int32)
    packed = by_pcodec(column)
    assert packed is not None
    for n in (0, 1, 299, 301, 9999):
        with pytest.raises(Damaged):
            from_pcodec(Cursor(packed), n)
        with pytest.raises(Damaged):
            from_narrow(Cursor(narrow(column)), n)
