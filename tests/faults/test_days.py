"""The two nights of the year in which an hour comes twice or never: stored in UTC, counted by the plant's own days."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from hmi import cli
from hmi.clock import HandClock
from hmi.core.batch import Batch
from hmi.core.tags import Tag
from hmi.store.store import Store

BERLIN = ZoneInfo("Europe/Berlin")
HOUR_NS = 3600 * 10**9
NIGHTS = {"2026-10-25": 25, "2026-03-29": 23}


def ns(day: datetime) -> int:
    return round(day.timestamp()) * 10**9


@pytest.mark.fault(rows=[16])
@pytest.mark.parametrize(("night", "hours"), NIGHTS.items())
def test_a_day_of_25_or_23_hours_is_counted_whole(tmp_path: Path, capsys, night: str, hours: int):
    """A value every ten minutes of three days: each is stored at its own moment, and each day has its own count."""
    middle = datetime.fromisoformat(night).replace(tzinfo=BERLIN)
    first, last = ns(middle) - 24 * HOUR_NS, ns(middle) + (hours + 24) * HOUR_NS
    clock = HandClock(first)
    store = Store(tmp_path, (Tag(0, "line.count", "plc", "x", "float64"),), clock)
    moments = range(first, last, HOUR_NS // 6)
    for number, moment in enumerate(moments):
        clock.advance((moment - clock.now_ns()) / 1e9)
        store.append(Batch.of([0], [float(number)], moment, moment))
    store.flush().result()
    clock.advance(HOUR_NS / 1e9)
    store.close()
    start, stop = (middle.fromtimestamp(edge / 1e9, BERLIN).isoformat() for edge in (first, last))
    words = ["--from", start, "--to", stop, "--format", "json", "--data", str(tmp_path)]
    assert cli.main(["history", "line.count", "--raw", *words]) == 0
    values = [row["value"] for row in json.loads(capsys.readouterr().out)["rows"]]
    assert values == [float(number) for number in range(len(moments))]  # none lost, none twice
    assert (
        cli.main(["history", "line.count", "--aggregate", "Count", "--step", "1d", "--zone", "Europe/Berlin", *words])
        == 0
    )
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["Count"] for row in rows] == [24 * 6, hours * 6, 24 * 6]
