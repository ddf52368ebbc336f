"""Values of a block: each kind of signal in its way, the odd ones put aside, every bit back."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from hmi.store import codec_values
from hmi.store.codec_bytes import Damaged, part
from hmi.store.codec_columns import pack
from hmi.store.codec_values import pack_values, unpack_values
from tests.store.packing import INT64, ODD_BITS, drift, with_or_without

_N = 1200
_NO_RAW = np.zeros(_N, np.int64)
_WAYS = ["bits", "decimal", "decimal_32", "float_32", "float_64", "raw", "raw_unsigned"]
_DRIFT = drift(_N)
_COUNTS = np.rint(9000 + _DRIFT * 5).astype(np.int64)
_REAL = np.float32


def told(value: NDArray[np.float64], raw: NDArray[np.int64] = _NO_RAW, scale: float = 1.0, offset: float = 0.0) -> str:
    """Pack, see that every bit comes back with and without pcodec, and name the way."""
    for pcodec in (False, True):
        with with_or_without(pcodec):
            packed = pack_values(value, raw, scale, offset)
            assert unpack_values(packed, raw).tobytes() == value.tobytes()
    names = dict(zip((getattr(codec_values, "_" + way.upper()) for way in _WAYS), _WAYS, strict=True))
    scaled, holes = packed[0] & codec_values._SCALED, packed[0] & codec_values._HOLES
    return names[packed[0] & 0x3F] + " scaled" * bool(scaled) + " holes" * bool(holes)


_SIGNALS = {
    "decimal": np.rint(2000 + _DRIFT) / 100,
    "decimal of halves": np.rint(200 + _DRIFT) / 2,
    "decimal of what is around zero": np.rint(_DRIFT) / 10 + 0.0,
    "decimal, large": np.rint(1e12 + _DRIFT * 1e6) / 1e3,
    "decimal_32": (np.rint(2000 + _DRIFT) / 100).astype(_REAL).astype(float),
    "float_32": (20 + _DRIFT / 1000).astype(_REAL).astype(float),
    "float_32 of a converter": (_COUNTS.astype(_REAL) / _REAL(27648) * _REAL(150)).astype(float),
    "float_64": 20 + _DRIFT / 1000,
    "float_64 of tiny ones": np.abs(_DRIFT) * 5e-324 * 1e6,
    "float_64 of huge ones": _DRIFT * 1e306,
    "bits holes of a set-point": np.repeat([33.3, 1 / 3, -0.0, np.nan, np.inf, 5.0], _N // 6),
}


@pytest.mark.parametrize("name", _SIGNALS)
def test_each_signal_in_its_way(name: str) -> None:
    assert told(_SIGNALS[name]) == name.partition(",")[0].partition(" of")[0]


_SCALED = {
    "raw": (_COUNTS.astype(float), 1.0, 0.0),
    "raw scaled": (_COUNTS.astype(float) * (150 / 27648) - 20.0, 150 / 27648, -20.0),
    "raw of a plant that ignores its scaling": (_COUNTS.astype(float), 0.5, 3.0),
    "raw holes": (np.where(np.arange(_N) % 300 < 20, np.nan, _COUNTS), 1.0, 0.0),
}


@pytest.mark.parametrize("name", _SCALED)
def test_values_told_from_the_devices_integers(name: str) -> None:
    value, scale, offset = _SCALED[name]
    assert told(value, _COUNTS, scale, offset) == name.partition(" of")[0]
    assert len(pack_values(value, _COUNTS, scale, offset)) < 60


def test_counters_beyond_what_doubles_hold() -> None:
    raw = 2**62 + np.cumsum(np.arange(_N))
    assert told(raw.astype(float), raw) == "raw"
    unsigned = (raw.astype(np.uint64) * 3).astype(np.uint64)
    assert told(unsigned.astype(float), unsigned.view(np.int64)) == "raw_unsigned"


def test_a_float32_scaled_here() -> None:
    real = (20 + _DRIFT / 1000).astype(_REAL).astype(float)
    assert told(real * 0.1 + 3, scale=0.1, offset=3.0) == "float_32 scaled"
    tenths = (np.rint(200 + _DRIFT) / 10).astype(_REAL).astype(float)
    assert told(tenths * 0.3 + 7, scale=0.3, offset=7.0) == "decimal_32 scaled"
    assert told(np.rint(200 + _DRIFT) * 0.3 + 7, scale=0.3, offset=7.0) == "decimal scaled"


@pytest.mark.parametrize(
    ("scale", "offset"), [(0.0, 0.0), (np.nan, 1.0), (np.inf, -np.inf), (1e-308, 1e308), (1.0, np.nan)]
)
def test_a_scaling_that_makes_no_sense_costs_only_the_hint(scale: float, offset: float) -> None:
    assert told(_SIGNALS["decimal"], scale=scale, offset=offset) == "decimal"


def test_a_burst_of_bad_values_does_not_spoil_the_way() -> None:
    value = _SIGNALS["decimal"].copy()
    clean = len(pack_values(value, _NO_RAW, 1.0, 0.0))
    value[100:400] = np.nan
    value[700] = 1e308
    value[701] = np.inf
    value[800:820] = -0.0
    value[0] = np.nan
    assert told(value) == "decimal holes"
    assert len(pack_values(value, _NO_RAW, 1.0, 0.0)) < clean + 100


def test_odd_values_everywhere() -> None:
    value = _SIGNALS["decimal"].copy()
    value[::3] = 1 / 3
    assert told(value) == "float_64"
    value[:] = np.nan
    value.view(np.int64)[::2] += np.arange(_N // 2)
    assert told(value) == "float_64"
    value[:] = np.where(np.arange(_N) % 2, np.nan, -0.0)
    assert told(value) == "float_32"


@settings(max_examples=200)
@given(st.lists(INT64 | st.sampled_from(ODD_BITS), min_size=1, max_size=40), st.lists(INT64, min_size=1, max_size=3))
def test_any_bits_beside_any_raw(bits: list[int], raws: list[int]) -> None:
    told(np.array(bits, np.int64).view(np.float64), np.resize(np.array(raws, np.int64), len(bits)))


_SHAPES = st.sampled_from(list(_SIGNALS.values()) + [value for value, _, _ in _SCALED.values()])
_SCALES = st.sampled_from([(1.0, 0.0), (150 / 27648, -20.0), (0.1, 3.0)])


@settings(max_examples=100)
@given(
    _SHAPES,
    _SCALES,
    st.booleans(),
    st.integers(1, _N),
    st.dictionaries(st.integers(0, _N - 1), st.sampled_from(ODD_BITS)),
)
def test_odd_bits_anywhere_in_any_signal(
    shape: NDArray[np.float64], scaling: tuple[float, float], counts: bool, n: int, odd: dict[int, int]
) -> None:
    value = shape[:n].copy()
    for place, bits in odd.items():
        value.view(np.int64)[place % n] = bits
    told(value, (_COUNTS if counts else _NO_RAW)[:n], *scaling)


@pytest.mark.parametrize(
    ("words", "packed"),
    [
        ("does not know", b"\x3f"),
        ("decimal places", b"\1\x0a" + pack(np.arange(4))),
        ("too early", b"\x41\1" + bytes(15)),
        ("fractions", b"\0" + pack(np.full(4, np.nan))),
        ("fractions", b"\x83" + part(pack(np.ones(4, np.int64))) + part(pack(np.full(4, np.nan))) + pack(np.arange(4))),
        ("fractions", b"\1\2" + pack(np.full(4, 0.5))),
        ("longer", b"\5abc"),
    ],
)
def test_what_are_no_four_values(words: str, packed: bytes) -> None:
    with pytest.raises(Damaged, match=words):
        unpack_values(packed, np.zeros(4, np.int64))
