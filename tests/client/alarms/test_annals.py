"""Reading the journal's alarms page by page."""

import pytest
from PySide6.QtWidgets import QApplication

from hmi.client.alarms import annals
from hmi.client.alarms.annals import Annals
from hmi.link.messages import Reply


def record(number, event="raised", rule="tank.level.h"):
    return {
        "id": number,
        "time_ns": number * 10,
        "category": "alarm",
        "event": event,
        "subject": rule,
        "priority": 2,
        "result": "",
    }


@pytest.fixture
def journal(engine):
    """Twenty-five records, as the engine gives them: the newest first, so many at a time."""

    def answer(request):
        args = request.args
        if args.get("oldest"):
            return Reply(request.number, True, "", [record(4, "started")])
        found = [record(n) for n in range(25, 0, -1) if args["from_ns"] <= n * 10 <= args["to_ns"]]
        return Reply(request.number, True, "", found[: args["limit"]])

    engine.answers["journal"] = answer


def read(desk):
    done = []
    made = Annals(desk, lambda: done.append(True))
    made.read(0, 1000)
    for _ in range(20):
        desk.wire.tick()
        QApplication.processEvents()  # what is gone through later
    assert done == [True]
    return made


def test_all_pages_are_read(desk, journal, monkeypatch):
    monkeypatch.setattr(annals, "PAGE", 10)
    made = read(desk)
    assert len(made.telling().told) == 25
    assert (made.complete_ns, made.is_cut) == (40, False)  # since the journal began


def test_where_there_are_too_many_it_says_from_when_on_they_are_there(desk, journal, monkeypatch):
    monkeypatch.setattr(annals, "PAGE", 10)
    monkeypatch.setattr(annals, "MOST", 15)
    made = read(desk)
    assert (made.complete_ns, made.is_cut) == (70, True)


def test_a_journal_that_cannot_be_read_says_why(desk, engine):
    engine.answers["journal"] = lambda request: Reply(request.number, False, "the disk is away")
    assert read(desk).fault == "the disk is away"
