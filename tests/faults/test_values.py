"""Values that are hard to believe: wrong types, odd numbers, every status, impossible times, counters turned over."""

from __future__ import annotations

import itertools
import math
import struct
import time
from collections.abc import Iterator

import numpy as np
import pytest
from asyncua import ua

from hmi.core.batch import FLAG_TIME_SUSPECT
from hmi.core.history import Samples
from tests.faults.ledger import balance, bits
from tests.faults.parts import COUNT, Counting, node
from tests.faults.station import Station, Window, connection, live_rows, tag
from tests.faults.yard import Yard

US = 10**6
BLOCKS = itertools.count(1_772_600_000 * US, 3600 * US)  # from 2026-03-04 on, an hour of source time for each trial
ODD = (math.nan, math.inf, -math.inf, -0.0, 5e-324, 0.0, -5e-324, 2.2250738585072014e-308, 1e308, -1e308, 0.1, 1 / 3)
LAST_YEAR_US = 1_740_000_000 * US
TIMES_US = {  # source times that no clock of ours agrees with -> whether they are flagged
    "1601": (-11_644_473_600 * US + 1, True),
    "1970": (0, True),
    "1989": (599_616_000 * US, True),
    "last year": (LAST_YEAR_US, False),
    "an hour before that": (LAST_YEAR_US - 3600 * US, False),
    "year 9999": (253_402_300_799 * US, True),
    "none at all": (None, False),
    "last year again": (LAST_YEAR_US + 1, False),
}
WIDE = ((-(2**63), "Int64", "int64"), (2**63 - 1, "Int64", "int64"), (2**64 - 1, "UInt64", "uint64"))


@pytest.fixture(scope="module")
def trial(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Counting, Station]]:
    """A counting server, and a station that watches what it counts, things of any type, a total and a text."""
    yard = Yard(tmp_path_factory.mktemp("values"))
    server = yard.counting(history=str(yard.folder / "history.db"))
    rows = [
        tag("line.count", "plc", COUNT, "uint32"),
        tag("line.any", "plc", node("Any"), "float64"),
        tag("line.total", "plc", node("Total"), "uint32"),
        tag("line.text", "plc", node("Text"), "string[100]"),
        *(tag(f"line.{type_}", "plc", node(kind), type_) for _, kind, type_ in WIDE[1:]),
    ]
    yield server, yard.station([connection("plc", server.address, publish_ms=50)], rows)
    yard.clear()


@pytest.fixture
def start_us() -> int:
    """From where on a trial's source times are its own."""
    return next(BLOCKS)


def put(server: Counting, window: Window, us: int | None, value: object, kind: str, status: int = 0, name: str = "any"):
    """Let a node be this, and wait until a window has it; gives what the window got."""
    count = len(window.rows(f"line.{name}"))
    server.ask(do="set", name=name if name == kind else name.capitalize(), value=value, type=kind, status=status, us=us)
    if us is None:
        window.until(lambda: len(window.rows(f"line.{name}")) > count)
    else:
        wanted = max(-(2**63) + 1, min(2**63 - 1, us * 1000))
        window.until(lambda: window.now[f"line.{name}"].time == wanted)
    return window.now[f"line.{name}"]


def block(samples: Samples, start_us: int) -> np.ndarray:
    """Which of the stored rows are of this trial."""
    return (samples.time >= start_us * 1000) & (samples.time < (start_us + 3600 * US) * 1000)


def whole(server: Counting, station: Station) -> None:
    """The other tags never noticed."""
    account = balance(station, server.counts)
    assert (account.declared, account.flagged, account.backfilled, account.gap_s) == (0, 0, 0, 0), account
    assert station.connection()["reconnects"] == 0


@pytest.mark.fault(rows=[12])
def test_odd_numbers_go_through_to_the_disk_bit_by_bit(trial, start_us: int, measured):
    server, station = trial
    with station.window() as window:
        window.until_moving()
        for number, value in enumerate(ODD):
            hexed = str(value) if value != value or math.isinf(value) else value.hex()
            seen = put(server, window, start_us + number, hexed, "Double")
            assert bits(seen.value) == bits(value)
            assert seen.word == "good"
    whole(server, station)
    samples = station.samples("line.any")
    kept = block(samples, start_us)
    assert [bits(value) for value in samples.value[kept].tolist()] == [bits(value) for value in ODD]
    assert set(samples.quality[kept].tolist()) == {0}
    shown = station.hmi("get", "line.any")
    measured("last of them on the command line", shown.stdout.strip()[:80])
    assert shown.returncode == 0


@pytest.mark.fault(rows=[13])
def test_every_status_goes_through_to_the_disk(trial, start_us: int, measured):
    """Whatever the device says of a value stands beside it, on screen and on disk; never the last good one alone."""
    server, station = trial
    codes = sorted({code for code in vars(ua.StatusCodes).values() if isinstance(code, int)})
    assert len(codes) > 200
    with station.window() as window:
        window.until_moving()
        for number, code in enumerate(codes):
            server.ask(do="set", name="Any", value=4.5, type="Double", status=code, us=start_us + number)
            if number % 5 == 4:  # its queue holds ten
                window.until(lambda number=number: window.now["line.any"].time == (start_us + number) * 1000)
        window.until(lambda: window.now["line.any"].time == (start_us + len(codes) - 1) * 1000)
    whole(server, station)
    samples = station.samples("line.any")
    kept = block(samples, start_us)
    stored = dict(zip((samples.time[kept] // 1000 - start_us).tolist(), samples.quality[kept].tolist(), strict=True))
    wrong = {hex(code): hex(stored.get(number, -1)) for number, code in enumerate(codes) if stored.get(number) != code}
    measured("status codes stored as they came", len(codes) - len(wrong))
    assert not wrong


@pytest.mark.fault(rows=[11])
@pytest.mark.parametrize(
    ("value", "kind"),
    [("Pils", "String"), ([1.0, 2.0], "Double"), (None, "Null"), (True, "Boolean"), ([], "Double")],
    ids=["text", "array", "null", "bool", "empty array"],
)
def test_another_type_costs_that_tag_only(trial, start_us: int, value: object, kind: str):
    server, station = trial
    with station.window() as window:
        window.until_moving()
        assert put(server, window, start_us, 5.5, "Double").word == "good"
        seen = put(server, window, start_us + 1, value, kind)
        assert seen.word == "bad", seen
        assert math.isnan(seen.value)
        reasons = station.json("status")["missing_tags"]
        window.until_moving()  # the others live on
        assert put(server, window, start_us + 2, 6.5, "Double").word == "good"
    if value is not None:  # null is "no value", which the device's own status explains
        assert "the device sends" in reasons["line.any"]
    assert "line.any" not in station.json("status")["missing_tags"]
    whole(server, station)
    samples = station.samples("line.any")
    kept = block(samples, start_us) & (samples.quality < 0x4000_0000) & live_rows(samples)
    assert samples.value[kept].tolist() == [5.5, 6.5]


@pytest.mark.fault(rows=[14])
def test_times_that_cannot_be_right(trial, measured):
    """Kept as they came, flagged, and filed where they were received."""
    server, station = trial
    begun_ns = time.time_ns()
    with station.window() as window:
        window.until_moving()
        for number, (what, (us, flagged)) in enumerate(TIMES_US.items()):
            seen = put(server, window, us, 100.0 + number, "Double")
            assert seen.value == 100.0 + number, what
            assert bool(seen.flags & FLAG_TIME_SUSPECT) == flagged, what
            if us is not None:
                assert seen.time == max(-(2**63) + 1, min(2**63 - 1, us * 1000)), what
    whole(server, station)
    samples = station.samples("line.any")
    mine = live_rows(samples) & (samples.value >= 100.0) & (samples.value < 100.0 + len(TIMES_US))
    values = samples.value[mine].tolist()
    assert sorted(values) == [100.0 + number for number in range(len(TIMES_US))], "one was lost on the way to the disk"
    for value, stamp, at in zip(values, samples.time[mine].tolist(), samples.received[mine].tolist(), strict=True):
        us, flagged = list(TIMES_US.values())[int(value - 100.0)]
        assert us is None or stamp == max(-(2**63) + 1, min(2**63 - 1, us * 1000))
        assert at > begun_ns or not flagged, "what has no time of its own is filed where it was received"
    done = station.hmi("history", "line.any", "--from", "-10m", "--points", "50")
    assert len(done.stdout.splitlines()) <= 51
    measured("stored with both stamps", len(values))


@pytest.mark.fault(rows=[40])
def test_counters_turn_over_to_the_last_digit(trial, start_us: int):
    """Across 2^32 and back to 0: every count as it was, so that sums are right."""
    server, station = trial
    counts = [2**32 - 3, 2**32 - 2, 2**32 - 1, 0, 1, 2, 0, 5]  # turned over; then reset
    with station.window() as window:
        window.until_moving()
        for number, value in enumerate(counts):
            assert put(server, window, start_us + number, value, "UInt32", name="total").value == value
    whole(server, station)
    samples = station.samples("line.total")
    kept = block(samples, start_us)
    assert samples.raw[kept].tolist() == counts


@pytest.mark.fault(rows=[40])
@pytest.mark.parametrize(("value", "kind", "type_"), WIDE, ids=[str(row[0]) for row in WIDE])
def test_wide_counters_are_exact_on_disk(trial, start_us: int, value: int, kind: str, type_: str):
    """Beyond what a double can tell apart."""
    server, station = trial
    told = [value + (-step if value > 0 else step) for step in range(3)]
    with station.window() as window:
        window.until_moving()
        for number, one in enumerate(told):
            server.ask(do="set", name=kind, value=one, type=kind, us=start_us + number)
            window.until(lambda number=number: window.now[f"line.{type_}"].time == (start_us + number) * 1000)
    whole(server, station)
    samples = station.samples(f"line.{type_}")
    kept = samples.raw[block(samples, start_us) & (samples.quality == 0)].tolist()
    form = "<Q" if type_ == "uint64" else "<q"
    assert [struct.unpack(form, struct.pack("<q", raw))[0] for raw in kept] == told


@pytest.mark.fault(rows=[29])
def test_hostile_text_is_text(trial, start_us: int, measured):
    """Markup, formats, commands, right-to-left and zero-width signs: kept to the letter, obeyed by nobody."""
    server, station = trial
    sentinel = station.data.parent / "sentinel"
    texts = [
        "<script>alert(1)</script><svg onload=alert(1)>",
        "%s%s%n {0} {0.__class__} ${jndi:ldap://x}",
        f"$(touch {sentinel}) `touch {sentinel}` ; touch {sentinel}",
        f"__import__('os').system('touch {sentinel}')",
        "\u202emroN \u200b\u2066x\u2069 \ufeff",
        "\x1b]0;owned\x07\x1b[2J\x1b[31mred",
        "one\ntwo\r\nthree\x00four",
        "=cmd|' /C calc'!A0",
        "x" * 90,
    ]
    with station.window() as window:
        window.until_moving()
        for number, text in enumerate(texts):
            seen = put(server, window, start_us + number, text, "String", name="text")
            assert seen.text == text
            for words in (("get", "line.text"), ("history", "line.text", "--from", "-10m", "--raw", "--format", "csv")):
                done = station.hmi(*words)
                assert done.returncode == 0, (text, done.stderr)
            spoken = station.hmi("get", "line.text").stdout
            measured(f"text {number} on the command line", repr(spoken[45:100]))
            assert not set(spoken[:-1]) & set(map(chr, (*range(32), 127))), "a device can steer the terminal"
    whole(server, station)
    samples = station.samples("line.text")
    kept = samples.raw[block(samples, start_us)].tolist()
    assert [samples.texts[index] for index in kept] == texts
    assert not sentinel.exists()
