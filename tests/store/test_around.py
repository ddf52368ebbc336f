"""Blocks of every kind, told one sample at a time: bit for bit what unpacking them gives."""

from __future__ import annotations

import numpy as np
import pytest

from hmi.core.batch import FLAG_NO_SOURCE_TIME, FLAG_TEXT, ROW
from hmi.core.history import Samples
from hmi.core.quality import BAD
from hmi.store import codec
from hmi.store.around import Around, Gathered
from hmi.store.codec_bytes import Damaged
from hmi.store.samples import COLUMNS
from hmi.store.slab import Slab
from tests.store.made import MIDNIGHT, SECOND, rows_of

N = 1200
AT = MIDNIGHT + np.arange(N) * SECOND
RNG = np.random.default_rng(7)
DRIFT = np.cumsum(RNG.integers(-5, 6, N)).astype(np.float64)
TOGGLE = np.repeat([0.0, 1.0, 0.0], N // 3)


def sampled(value: np.ndarray, *, raw: object = 0, quality: object = 0, flags: object = 0) -> Samples:
    columns = {"time": AT, "received": AT, "value": np.asarray(value, np.float64)}
    kinds = {"raw": (raw, np.int64), "quality": (quality, np.uint32), "flags": (flags, np.uint32)}
    columns |= {name: np.broadcast_to(np.asarray(given, kind), N).copy() for name, (given, kind) in kinds.items()}
    return Samples.of("", columns, ("on", "off") if flags == FLAG_TEXT else ())


def holes() -> np.ndarray:
    found = DRIFT / 100
    found[500:600] = np.nan
    return found


BLOCKS = {
    "decimals": (sampled(DRIFT / 1000), 1.0, 0.0),
    "decimals as float32": (sampled((DRIFT / 100).astype(np.float32)), 1.0, 0.0),
    "float32": (sampled(RNG.standard_normal(N).astype(np.float32)), 1.0, 0.0),
    "doubles": (sampled(RNG.standard_normal(N)), 1.0, 0.0),
    "scaled by its tag": (sampled(DRIFT * 0.0173 - 4.0), 0.0173, -4.0),
    "a counter": (sampled(DRIFT, raw=DRIFT), 1.0, 0.0),
    "a scaled counter": (sampled(DRIFT * 0.25 + 3, raw=DRIFT), 0.25, 3.0),
    "a bit": (sampled(TOGGLE, raw=TOGGLE), 1.0, 0.0),
    "a setpoint": (sampled(TOGGLE * 3.7), 1.0, 0.0),
    "few values": (sampled(RNG.choice([0.1, 0.7, 1e300, -1 / 3], N)), 1.0, 0.0),
    "raw without the fraction": (sampled(DRIFT / 8, raw=np.trunc(DRIFT / 8)), 1.0, 0.0),
    "raw as it likes": (sampled(DRIFT / 8, raw=RNG.integers(-(2**62), 2**62, N)), 1.0, 0.0),
    "unsigned raw": (sampled(np.full(N, 2.0**63), raw=-(2**63)), 1.0, 0.0),
    "never with a source time": (sampled(DRIFT / 10, flags=FLAG_NO_SOURCE_TIME), 1.0, 0.0),
    "never good": (sampled(DRIFT / 10, quality=BAD), 1.0, 0.0),
    "bad for a while": (sampled(DRIFT / 10, quality=np.where(np.arange(N) < 90, BAD, 0)), 1.0, 0.0),
    "holes": (sampled(holes()), 1.0, 0.0),
    "minus zero": (sampled(np.where(DRIFT > 0, 0.0, -0.0)), 1.0, 0.0),
    "text": (sampled(np.full(N, np.nan), raw=TOGGLE, flags=FLAG_TEXT), 1.0, 0.0),
    "one value": (sampled(np.full(N, 21.5)), 1.0, 0.0),
}
NEVER_PLAIN = ("bad for a while", "holes", "text", "unsigned raw")  # and these are looked at one by one


@pytest.mark.parametrize("what", BLOCKS)
def test_each_sample_of_a_block_is_what_was_put_in(what: str) -> None:
    samples, scale, offset = BLOCKS[what]
    gathered = Gathered(2**62)
    gathered.add(0, int(AT[0]), (1, codec.encode_times(AT), N), codec.encode(samples, scale, offset), samples.value[0])
    around = Around(gathered)
    if what in NEVER_PLAIN:
        assert list(around.odd) == [0]
        return
    for place in (0, 1, 89, 90, 599, 600, N - 1, 400):
        rows = np.zeros(1, ROW)
        around.write(rows, int(AT[place]) + 5)
        for name in COLUMNS:
            assert rows[name].tobytes() == getattr(samples, name)[place : place + 1].tobytes(), (place, name)


def test_all_of_them_side_by_side() -> None:
    gathered, stamps = Gathered(2**62), codec.encode_times(AT)
    for place, (samples, scale, offset) in enumerate(BLOCKS.values()):
        gathered.add(place, int(AT[0]), (1, stamps, N), codec.encode(samples, scale, offset), samples.value[0])
    around = Around(gathered)
    assert around.others(list(BLOCKS)) == {}
    assert around.others([*BLOCKS, "x"]) == {len(BLOCKS): "x"}
    rows = np.zeros(len(BLOCKS), ROW)
    around.write(rows, int(AT[333]))
    for place in around.of.tolist():
        wanted = list(BLOCKS.values())[place][0]
        for name in COLUMNS:
            assert rows[name][place].tobytes() == getattr(wanted, name)[333].tobytes()


def test_what_was_held_when_the_day_began() -> None:
    rows = rows_of(3, [MIDNIGHT], [7.25])
    rows["raw"], rows["quality"] = 7, BAD
    gathered = Gathered(2**62)
    gathered.add_begun(0, Slab.of(rows["tag"], rows), 0)
    around = Around(gathered)
    found = np.zeros(1, ROW)
    around.write(found, MIDNIGHT + 99)
    found["tag"] = 3
    assert found.tobytes() == rows.tobytes()
    assert (around.from_ns, around.to_ns) == (MIDNIGHT, 2**62)


def test_the_times_of_another_block_are_damage() -> None:
    gathered, stamps = Gathered(2**62), codec.encode_times(AT)
    gathered.add(0, 0, (1, stamps, N), None, 1.0)
    with pytest.raises(Damaged):
        gathered.add(1, 0, (1, stamps, N - 1), None, 1.0)
