"""Reports on the command line: figures a step, by the plant's own clock, and only as far as anything is known."""

import csv
import io
import json
import math

import pytest

from hmi import cli
from hmi.clock import HandClock
from hmi.core.batch import FLAG_TEXT, Batch
from hmi.core.plant import History
from hmi.store.store import Store
from tests.engine.toy import TAGS

_DAY = 1_771_977_600_000_000_000  # 2026-02-25T00:00:00Z


@pytest.fixture
def folder(tmp_path):
    """Two hours from 05:00 UTC: a level that counts the minutes, and a counter that rolls over."""
    clock = HandClock(_DAY + 5 * 3600 * 10**9)
    store = Store(tmp_path, TAGS, clock, History())
    for minute in range(120):
        now = clock.now_ns()
        store.append(Batch.of([0, 4], [float(minute), float((65_500 + minute) % 65_536)], now, now))
        clock.advance(60)
    now = clock.now_ns()
    lot = Batch.of([3], [math.nan], now, now, flags=FLAG_TEXT)
    store.append(Batch(lot.rows, ("L-17",)))
    store.flush().result(10)
    store.close()
    return tmp_path


def run(capsys, folder, *words, tags=("a.level",)):
    """Exit code, rows of the CSV and what was said on stderr."""
    code = cli.main(["history", *tags, "--data", str(folder), *words])
    out = capsys.readouterr()
    return code, list(csv.DictReader(io.StringIO(out.out))), out.err


def test_a_row_of_figures_an_hour(folder, capsys):
    words = ("--from", "2026-02-25T05:30", "--to", "2026-02-25T08:30", "--step", "1h")
    code, rows, _ = run(capsys, folder, *words, "--aggregate", "TimeAverage,maximum,Count")
    assert code == 0
    assert [row["time"][11:16] for row in rows] == ["05:30", "06:30", "07:30"]
    assert [row["end"] for row in rows] == [*(row["time"] for row in rows[1:]), "2026-02-25T08:30:00.000000000Z"]
    assert [row["Maximum"] for row in rows] == ["89.0", "119.0", ""]
    assert [row["Count"] for row in rows] == ["60.0", "30.0", "0.0"]
    assert float(rows[0]["TimeAverage"]) == pytest.approx(59.5)
    assert [row["covered"] for row in rows] == ["1.0", "0.5", "0.0"]  # recording ended at seven
    assert [row["quality_word"] for row in rows] == ["good", "uncertain", "bad"]


def test_one_row_in_all_and_a_counter(folder, capsys):
    words = ("--from", "2026-02-25T05:00", "--to", "2026-02-25T07:00", "--aggregate", "CounterTotal")
    _, rows, _ = run(capsys, folder, *words, "--rolls-over", "65536", tags=("a.count",))
    assert [row["CounterTotal"] for row in rows] == ["119.0"]
    _, rows, _ = run(capsys, folder, *words, tags=("a.count",))  # a counter that nobody said rolls over was reset
    assert [row["CounterTotal"] for row in rows] == ["118.0"]


def test_days_and_times_of_the_plant_s_own_zone(folder, capsys):
    """In Tokyo the day is 15:00 to 15:00 UTC; what is not known is left empty, not made 0."""
    words = ("--from", "2026-02-24", "--to", "2026-02-26", "--step", "1d", "--zone", "Asia/Tokyo", "--format", "json")
    assert cli.main(["history", "a.level", "--data", str(folder), *words]) == 0
    rows = json.loads(capsys.readouterr().out)["rows"]
    assert [row["time"][:16] for row in rows] == ["2026-02-23T15:00", "2026-02-24T15:00"]
    assert (rows[0]["TimeAverage"], rows[0]["covered"], rows[0]["quality_word"]) == (None, 0.0, "bad")
    assert (rows[1]["Minimum"], rows[1]["Maximum"]) == (0.0, 119.0)


def test_so_many_days_back_begin_with_the_day(folder, capsys):
    _, rows, _ = run(capsys, folder, "--from", "-3d", "--step", "1d", "--aggregate", "Count")
    assert len(rows) == 4
    assert all(row["time"].endswith("T00:00:00.000000000Z") for row in rows)


@pytest.mark.parametrize(
    ("words", "mend"),
    [
        (("--aggregate", "TimeAvrage"), "Write TimeAverage"),
        (("--aggregate", "Count", "--step", "soon"), "15m, 1h"),
        (("--aggregate", "Count", "--step", "1s", "--from", "-400d"), "longer steps"),
        (("--aggregate", "Count", "--raw"), "leave one of them out"),
        (("--aggregate", "Count", "--zone", "Berlin"), "Europe/Berlin"),
    ],
)
def test_a_question_that_is_none_is_mended_in_one_line(folder, capsys, words, mend):
    code, rows, err = run(capsys, folder, *words)
    assert (code, rows) == (1, [])
    assert mend in err
    assert err.count("\n") == 1


def test_a_tag_of_which_nothing_is_known(folder, capsys):
    code, _, err = run(capsys, folder, "--from", "2026-02-25", "--to", "2026-02-26", "--step", "1h", tags=("a.speed",))
    assert code == 1
    assert "no values of a.speed" in err


def test_there_are_no_figures_of_text(folder, capsys):
    words = ("--from", "2026-02-25", "--to", "2026-02-26", "--step", "1h")
    code, rows, err = run(capsys, folder, *words, tags=("a.lot",))
    assert (code, rows) == (1, [])
    assert err == "hmi: a.lot is text, and there are no figures of text: list it with --raw\n"
