"""A block of history: every bit of it back, by any station, for years; and damage is never taken for history."""

from __future__ import annotations

import base64

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hmi.core.batch import FLAG_BACKFILLED, FLAG_TEXT, FLAG_TIME_SUSPECT
from hmi.core.history import Samples
from hmi.core.quality import BAD_COMMUNICATION, UNCERTAIN_LAST_USABLE
from hmi.store.codec import Damaged, constant, decode, decode_times, encode, encode_times
from tests.store.packing import INT64, ODD_BITS, drift, resealed, with_or_without, without_pcodec

_COLUMNS = ("time", "received", "value", "raw", "quality", "flags")
_AT = 1_790_000_000_000_000_000 + np.arange(600) * 1_000_000_000


def samples_of(at: NDArray[np.int64], **columns: object) -> Samples:
    """Good numbers at these times, unless something else is said."""
    zeros = {"value": "<f8", "raw": "<i8", "quality": "<u4", "flags": "<u4"}
    full = {name: np.zeros(len(at), kind) for name, kind in zeros.items()}
    texts = columns.pop("texts", ())
    for name, given_column in columns.items():
        full.setdefault(name, at.copy())[:] = given_column
    return Samples.of("a", {"time": at, "received": at, **full}, texts)


def back(samples: Samples, scale: float = 1.0, offset: float = 0.0) -> Samples:
    """The samples as history gives them back."""
    at = decode_times(encode_times(samples.at), len(samples))
    blob = encode(samples, scale, offset)
    return constant("a", at, float(samples.value[0])) if blob is None else decode(blob, at, "a")


def assert_same(found: Samples, samples: Samples) -> None:
    """Bit for bit, but for text indexes and for receipts that nobody asks for."""
    is_text = (samples.flags & FLAG_TEXT) != 0
    for name in ("time", "value", "quality", "flags"):
        assert getattr(found, name).tobytes() == getattr(samples, name).tobytes(), name
        assert getattr(found, name).dtype == getattr(samples, name).dtype, name
    assert (found.raw[~is_text] == samples.raw[~is_text]).all()
    assert [found.text(row) for row in range(len(found))] == [samples.text(row) for row in range(len(found))]
    assert (found.at == samples.at).all()
    suspect = (samples.flags & FLAG_TIME_SUSPECT) != 0
    assert (found.received == np.where(suspect, samples.received, samples.time)).all()


_BITS = INT64 | st.sampled_from(ODD_BITS)
_UINT32 = st.integers(0, 2**32 - 1) | st.sampled_from([0, BAD_COMMUNICATION])
_ROW = st.tuples(INT64, INT64, _BITS, INT64, _UINT32, st.integers(0, 63), st.text(max_size=3))
_REPEATED = st.lists(st.tuples(_ROW, st.integers(1, 40)), min_size=1, max_size=6)


@settings(max_examples=200)
@given(_REPEATED, st.booleans(), st.booleans())
def test_every_bit_survives(rows: list[tuple[tuple, int]], in_order: bool, pcodec: bool) -> None:
    time, received, bits, raw, quality, flags, texts = zip(*(row for row, _ in rows), strict=True)
    lengths = [length for _, length in rows]
    columns = {
        "time": np.array(time, np.int64),
        "received": np.array(received, np.int64),
        "value": np.array(bits, np.int64).view(np.float64),
        "raw": np.array(raw, np.int64),
        "quality": np.array(quality, np.uint32),
        "flags": np.array(flags, np.uint32),
    }
    is_text = (columns["flags"] & FLAG_TEXT) != 0
    columns["raw"][is_text] = np.flatnonzero(is_text)
    samples = Samples.of("a", {name: np.repeat(column, lengths) for name, column in columns.items()}, texts)
    if in_order:
        order = np.argsort(samples.at, kind="stable")
        samples = Samples.of("a", {name: getattr(samples, name)[order] for name in _COLUMNS}, texts)
    with with_or_without(pcodec):
        assert_same(back(samples), samples)


# ------------------------------------------------------------------------------------------------- what is usual

_HOUR = _AT[0] + np.arange(3600) * 1_000_000_000
_USUAL = {
    "measurement": (samples_of(_HOUR, value=np.rint(2000 + drift(3600)) / 100), 1_500),
    "switch": (samples_of(_HOUR, value=np.arange(3600) // 500 % 2, raw=np.arange(3600) // 500 % 2), 50),
    "set-point": (samples_of(_HOUR, value=np.where(np.arange(3600) < 1800, 33.3, 0.1)), 60),
    "mode": (samples_of(_HOUR, value=4.0, raw=4), 20),
    "counter": (samples_of(_HOUR, value=np.arange(3600) * 7 // 5, raw=np.arange(3600) * 7 // 5), 500),
    "word": (samples_of(_HOUR, value=np.nan, raw=1, flags=FLAG_TEXT, texts=("never shown", "läuft")), 60),
    "converter": (samples_of(_HOUR, value=np.rint(9000 + drift(3600)) / 27648 * 150 - 20), 2_500),
}


@pytest.mark.parametrize("pcodec", [True, False])
@pytest.mark.parametrize("name", _USUAL)
def test_an_hour_takes_few_bytes_and_comes_back(name: str, pcodec: bool) -> None:
    samples, size = _USUAL[name]
    with with_or_without(pcodec):
        blob = encode(samples)
        assert blob is not None
        assert len(blob) <= (size if pcodec else size * 5 // 4)
        assert_same(back(samples), samples)


def test_one_good_value_for_the_whole_block_needs_no_bytes() -> None:
    for value in (0.0, 50.0, -1e308, np.inf):
        samples = samples_of(_AT, value=value)
        assert encode(samples) is None
        assert_same(constant("a", _AT, value), samples)
    assert encode(Samples.empty("a")) is None
    assert len(constant("a", _AT[:0], 0.0)) == 0


@pytest.mark.parametrize(
    "columns",
    [{"value": np.nan}, {"value": -0.0}, {"raw": 5}, {"quality": 1}, {"flags": FLAG_BACKFILLED}, {"value": _AT % 7}],
)
def test_anything_else_is_written(columns: dict[str, object]) -> None:
    samples = samples_of(_AT, **columns)
    assert encode(samples) is not None
    assert_same(back(samples), samples)


def test_raw_that_only_repeats_the_value_without_its_fraction_costs_nothing() -> None:
    value = np.rint(2000 + drift(600)) / 100
    value[7] = np.nan
    samples = samples_of(_AT, value=value, raw=np.where(np.isnan(value), 0, value).astype(np.int64))
    plain = encode(samples_of(_AT, value=value))
    blob = encode(samples)
    assert blob is not None and plain is not None and len(blob) == len(plain)
    assert_same(back(samples), samples)


def test_a_loss_of_communication_costs_little() -> None:
    value = np.rint(2000 + drift(600)) / 100
    clean = encode(samples_of(_AT, value=value))
    value[100:200] = np.nan
    quality = np.where(np.isnan(value), BAD_COMMUNICATION, 0)
    quality[200:210] = UNCERTAIN_LAST_USABLE
    samples = samples_of(_AT, value=value, quality=quality)
    blob = encode(samples)
    assert blob is not None and clean is not None and len(blob) < len(clean) + 100
    assert_same(back(samples), samples)


def test_a_source_time_that_cannot_be_right_is_kept_beside_its_receipt() -> None:
    flags = np.where(np.arange(600) % 50 == 3, FLAG_TIME_SUSPECT, 0)
    samples = samples_of(_AT, value=drift(600), flags=flags, time=np.where(flags, 5, _AT))
    assert_same(back(samples), samples)
    assert back(samples).time[3] == 5


def test_texts_are_kept_once_and_only_those_that_are_shown() -> None:
    texts = ("idle", "unused" * 1000, "running", "idle", "bro\ud800ken", "")
    samples = samples_of(_AT, value=np.nan, flags=FLAG_TEXT, raw=np.resize([0, 2, 3, 4, 5], 600), texts=texts)
    found = back(samples)
    assert_same(found, samples)
    assert found.texts == ("idle", "running", "bro\ud800ken", "")
    with pytest.raises(ValueError, match="a text that is not there"):
        encode(samples_of(_AT, flags=FLAG_TEXT, raw=6, texts=texts))


# ------------------------------------------------------------------------------------- other stations, other years


def test_a_station_without_pcodec_reads_what_it_can_and_says_what_it_cannot() -> None:
    written_with = {name: encode(samples) for name, (samples, _) in _USUAL.items()}
    with without_pcodec():
        for name in ("switch", "set-point", "mode", "word"):
            assert_same(decode(written_with[name] or b"", _HOUR, "a"), _USUAL[name][0])
        with pytest.raises(Damaged, match="pcodec, which this station does not have"):
            decode(written_with["measurement"] or b"", _HOUR, "a")
        written_without = {name: encode(samples) for name, (samples, _) in _USUAL.items()}
        times = encode_times(_HOUR)
    assert (decode_times(times, 3600) == _HOUR).all()
    for name, (samples, _) in _USUAL.items():
        assert_same(decode(written_without[name] or b"", _HOUR, "a"), samples)


def written_in_2026() -> Samples:
    """What the blobs below hold: a bit of everything."""
    n = np.arange(300)
    at = _AT[:300] + n % 7 * 1_000_000
    value = (n * n % 7 - 40) / 10
    value[50:60], value[7], value[8] = np.nan, -0.0, 1 / 3
    flags = np.where(n == 5, FLAG_TIME_SUSPECT, 0) | np.where(n > 290, FLAG_BACKFILLED, 0)
    quality = np.where(np.isnan(value), BAD_COMMUNICATION, 0)
    return samples_of(at, value=value, quality=quality, flags=flags, time=np.where(n == 5, 1, at))


_TIMES_2026 = {
    "pcodec": "0s)>*hkvXB00Dr2n7@SKt=BOI0dQk)Ap-yiO9TM}D**ryVFCa|d;kCtu+s+s009610DwyST>t<7|NsC0|NsC0|MC9OKiVI{?)Lxy",
    "zlib": "0s-~*nrf^900Dr2n7@SKt=BOHfdT*k0004aoO}5a1RlK{r3g~Yqkvcd0Cq1Djs",
}
_SAMPLES_2026 = {
    "pcodec": (
        "0Rdv~K7gzO4h{hT1_A&905S@IfT(~F6axSX0{{X51pyrZ009L60RRF31O)&90ssJk0So~E2m}BD00#mo3IZerf(QTr000000Du8_oC{se0"
        "0W_`$YNeqf;0C!z?lGsBnR>a0B~b(Ap-yiO9TN3D**riNB~g5{sTtYf51rl4;XR(0g#UgHlBk>oi02NS7zbwCg}vH#&!!YYqfGW)|PUkZm"
        "JDwHd}NVvureRGgql_<nF36Q>43*<xWg=60IGnb|QC|HdS)llO-Hd-uVRp"
    ),
    "zlib": (
        "0Rfq5{<^FJ4h{hT1_A&905S@IfT(~F6axSX0{{X51pyrZ009L60RRF31O)&90ssJk0So~E2m}BD00#mo3IZerf(QTr000000Du8_oC{se0"
        "0W_`$YNeqf;0C!z?lGsBnR>Z009AboV#)J&aGQ_Zr+4YH;AARfJhC)h5`U3)c<A"
    ),
}


@pytest.mark.parametrize("packed_by", ["pcodec", "zlib"])
def test_blocks_of_the_first_version_are_read_for_ever(packed_by: str) -> None:
    samples = written_in_2026()
    at = decode_times(base64.b85decode(_TIMES_2026[packed_by]), 300)
    assert (at == samples.at).all()
    assert_same(decode(base64.b85decode(_SAMPLES_2026[packed_by]), at, "a"), samples)


# --------------------------------------------------------------------------------------------------------- damage


@pytest.mark.parametrize("pcodec", [True, False])
def test_no_flipped_bit_and_no_lost_end_is_taken_for_history(pcodec: bool) -> None:
    samples = written_in_2026()
    with with_or_without(pcodec):
        blob, times = encode(samples), encode_times(samples.at)
        assert blob is not None
        for place in range(8 * len(blob)):
            damaged = bytearray(blob)
            damaged[place // 8] ^= 1 << place % 8
            with pytest.raises(Damaged):
                decode(bytes(damaged), samples.at, "a")
        for end in range(len(times)):
            with pytest.raises(Damaged):
                decode_times(times[:end], 300)


def test_a_blob_beside_the_wrong_times_or_in_the_wrong_place() -> None:
    samples = written_in_2026()
    blob, times = encode(samples), encode_times(samples.at)
    assert blob is not None
    for n in (0, 1, 299):
        with pytest.raises(Damaged, match="300 samples where"):
            decode(blob, samples.at[:n], "a")
        with pytest.raises(Damaged, match="300 samples where"):
            decode_times(times, n)
    with pytest.raises(Damaged, match="kind"):
        decode(times, samples.at, "a")
    with pytest.raises(Damaged, match="kind"):
        decode_times(blob, 300)
    with pytest.raises(Damaged, match="kind"):
        decode_times(times[:1] + b"\x63" + times[2:], 300)


_TARGETS = [samples for samples, _ in _USUAL.values()] + [written_in_2026()]
_CHANGE = st.tuples(st.integers(0, 2**16), st.integers(0, 255))


@settings(max_examples=600)
@given(
    st.sampled_from(_TARGETS),
    st.booleans(),
    st.booleans(),
    st.lists(_CHANGE, max_size=6),
    st.integers(0, 2**16),
    st.binary(),
)
def test_whatever_a_blob_holds_decoding_gives_samples_or_says_damaged(
    samples: Samples, pcodec: bool, times: bool, changes: list[tuple[int, int]], end: int, tail: bytes
) -> None:
    """Even where the checksum agrees."""
    with with_or_without(pcodec):
        blob = bytearray((encode_times(samples.at) if times else encode(samples)) or b"")
        for place, byte in changes:
            blob[8 + place % min(len(blob) - 8, 60)] = byte
        if tail:
            blob[8 + end % (len(blob) - 8) :] = tail
        try:
            if times:
                assert decode_times(resealed(bytes(blob)), len(samples)).dtype == np.int64
            else:
                found = decode(resealed(bytes(blob)), samples.at, "a")
                assert {len(getattr(found, name)) for name in _COLUMNS} == {len(samples)}
                assert [getattr(found, name).dtype for name in _COLUMNS] == ["<i8", "<i8", "<f8", "<i8", "<u4", "<u4"]
                assert found.text(0) is None or isinstance(found.text(0), str)
        except Damaged as damage:
            assert str(damage)


@settings(max_examples=300)
@given(st.binary(max_size=120), st.integers(0, 70))
@example(b"\x01", 0)
def test_random_bytes_are_never_anything_else(body: bytes, n: int) -> None:
    for version in (b"\1\1", b"\2\1"):
        blob = resealed(version + bytes(4) + bytes([n]) + body)
        try:
            decode_times(blob, n) if version[0] == 2 else decode(blob, _AT[:n], "a")
        except Damaged as damage:
            assert str(damage)
