"""`hmi alarms kpi` over a real journal."""

import json

import pytest

from hmi.cli import main
from hmi.clock import HandClock
from hmi.core.journal import Record
from hmi.core.listing import iso
from hmi.store.store import Store
from tests.engine.toy import TAGS

CLOCK = HandClock()
START = CLOCK.now_ns()
MINUTE = 60 * 10**9


def record(minute, event, subject="a.h", result="unacknowledged", priority=4, category="alarm"):
    return Record(
        time_ns=START + round(minute * MINUTE),
        category=category,
        event=event,
        subject=subject,
        result=result,
        priority=priority,
    )


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Two days: one alarm that chatters, one that was shelved, a write that is no alarm."""
    path = tmp_path_factory.mktemp("journal")
    store = Store(path, TAGS, HandClock())
    found = [record(0, "started", category="system"), record(1, "shelved", "a.shelved", "normal")]
    for beat in range(12):
        found += [
            record(60 + beat / 3, "raised"),
            record(60 + beat / 3 + 0.05, "returned", result="returned-unacknowledged"),
        ]
    found += [record(100, "raised", "a.shelved"), record(481, "unshelved", "a.shelved", priority=2)]
    found += [record(500, "acknowledged", "a.shelved", "acknowledged"), record(2880, "confirmed", category="write")]
    promises = [store.record(one) for one in found]
    for promise in promises:
        promise.result(20)
    store.close()
    return path


def asked(folder, capsys, *words):
    times = ("--from", iso(START), "--to", iso(START + 2880 * MINUTE))
    code = main(["alarms", "kpi", *times, "--data", str(folder), *words])
    return code, capsys.readouterr()


def test_every_figure_stands_beside_what_it_ought_to_be(folder, capsys):
    code, told = asked(folder, capsys)
    assert code == 1  # a flood
    assert "13 alarms told to operators" in told.out
    lines = {line[:38].strip(): line for line in told.out.splitlines()}
    assert lines["annunciated per day"].split()[-4:] == ["<=", "150", "300", "good"]
    assert lines["chattering alarms"].endswith("too much")
    assert "12 alarms, the first a.h" in told.out
    assert "a.h  5 s on-delay would have removed 100 % of these" in told.out


def test_json_names_the_records_of_each_figure(folder, capsys):
    _, told = asked(folder, capsys, "--json")
    body = json.loads(told.out)
    figures = {one["key"]: one for one in body["figures"]}
    assert figures["per_day"]["value"] == pytest.approx(6.5)
    assert len(figures["per_day"]["events"]) == len(body["annunciations"]) == 13
    assert figures["priority_2"]["events"] == [28]
    (unshelved,) = (one for one in body["annunciations"] if one["alarm"] == "a.shelved")
    assert (unshelved["record"], unshelved["priority"], unshelved["time"]) == (28, 2, iso(START + 481 * MINUTE))
    assert body["bad_actors"][0]["alarm"] == "a.h"
    assert (body["bad_actors"][0]["kind"], body["bad_actors"][0]["seconds"]) == ("on_delay_s", 5.0)
    assert body["floods"][0]["events"] == figures["flood"]["events"]


def test_what_was_kept_quiet_before_the_stretch_is_quiet_in_it(folder, capsys):
    words = ["--from", iso(START + 90 * MINUTE), "--to", iso(START + 200 * MINUTE), "--data", str(folder)]
    assert main(["alarms", "kpi", *words]) == 0
    assert "0 alarms told" in capsys.readouterr().out


def test_no_figure_is_made_better_by_days_without_a_journal(folder, capsys):
    words = ["--from", iso(START - 30 * 1440 * MINUTE), "--to", iso(START + 2880 * MINUTE), "--data", str(folder)]
    main(["alarms", "kpi", *words, "--json"])
    body = json.loads(capsys.readouterr().out)
    assert body["from"] == body["journal_begins"] == iso(START)


@pytest.mark.parametrize(
    ("words", "text"),
    [(["--from", "2026-01-02", "--to", "2026-01-01"], "--from is not before --to"), ([], "says nothing of that time")],
)
def test_what_cannot_be_answered_is_said_in_one_line(tmp_path, capsys, words, text):
    assert main(["alarms", "kpi", *words, "--data", str(tmp_path)]) == 1
    told = capsys.readouterr()
    assert text in told.err and told.err.count("\n") == 1


def test_for_one_operator_position(tmp_path, capsys):
    subjects = ("line1.filler.tank.level.hh", "line1.palletiser.door1.open", "an alarm of before")
    store = Store(tmp_path, TAGS, HandClock())
    for place, subject in enumerate(subjects):
        store.record(record(place + 1, "raised", subject)).result(20)
    store.close()

    def told(*words):
        code, out = asked(tmp_path, capsys, *words)
        assert code == 0, out.err  # three alarms are too few to judge by
        return {one["alarm"] for one in json.loads(out.out)["annunciations"]}

    assert told("--json") == set(subjects)
    at_filler = told("--json", "--position", "filling", "--plant", "bottling")
    assert at_filler == {subjects[0], subjects[2]}  # what the plant has no longer is everybody's
    code, out = asked(tmp_path, capsys, "--position", "filing", "--plant", "bottling")
    assert code == 1 and "did you mean filling" in out.err
