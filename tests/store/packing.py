"""What the tests of the block codec share: numbers that are hard to keep, a station without pcodec, and damage."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from contextlib import contextmanager

import numpy as np
import pytest
from hypothesis import strategies as st
from numpy.typing import NDArray

from hmi.store import codec_dense

INT64_MIN, INT64_MAX = -(2**63), 2**63 - 1
INT64 = st.integers(INT64_MIN, INT64_MAX) | st.sampled_from([0, 1, -1, INT64_MIN, INT64_MAX, 2**53, 2**53 + 1])
_ODD_FLOATS = [0.0, -0.0, 1e308, -1e308, 5e-324, -2.5e-310, np.inf, -np.inf, np.nan, 2.0**53, 0.1, 1e22]
ODD_BITS = [int(np.float64(number).view(np.int64)) for number in _ODD_FLOATS]
ODD_BITS += [0x7FF0_0000_0000_0001, 0x7FF8_0000_0000_002A, -1, -(2**51)]  # signalling, with a payload, all ones


@contextmanager
def without_pcodec() -> Iterator[None]:
    """A station on which pcodec is not installed."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(codec_dense, "pcodec", None)
        yield


@contextmanager
def with_or_without(pcodec: bool) -> Iterator[None]:
    """Either kind of station."""
    if pcodec:
        yield
    else:
        with without_pcodec():
            yield


def drift(n: int, seed: int = 1, noise: float = 1.0) -> NDArray[np.float64]:
    """A measurement that wanders, in steps of its last digit."""
    random = np.random.default_rng(seed)
    return np.cumsum(random.normal(0, 0.3, n)) + random.normal(0, noise, n)


def resealed(blob: bytes) -> bytes:
    """A blob whose checksum agrees with what is in it, whatever that is: what only malice or a bug of ours makes."""
    return blob[:2] + struct.pack("<I", zlib.crc32(blob[6:])) + blob[6:]
