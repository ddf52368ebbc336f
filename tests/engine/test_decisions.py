from __future__ import annotations

from concurrent.futures import Future
from pathlib import Path

from hmi.clock import HandClock
from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.drivers.decisions import Decision, laid_down, lay_down
from hmi.engine.decisions import LOOK_S, Decisions

MADE = Decision(77, "accepted", "the certificate of 'Filler' is trusted", "anna", "desk")


class Journal:
    """A journal whose disk the test plays."""

    def __init__(self, folder: Path) -> None:
        self.clock = HandClock()
        self.records: list[tuple[Record, Future[int]]] = []
        self.decisions = Decisions(folder, self.record, self.clock, "digest")

    def record(self, record: Record) -> Future[int]:
        self.records.append((record, Future()))
        return self.records[-1][1]

    def look(self) -> None:
        self.clock.advance(LOOK_S)
        self.decisions.look()


def test_a_decision_is_journalled_as_it_was_made_and_kept_until_it_is_on_the_disk(tmp_path: Path):
    lay_down(tmp_path, MADE)
    journal = Journal(tmp_path)
    journal.look()
    journal.look()
    ((record, written),) = journal.records
    assert (record.time_ns, record.category, record.event, record.subject) == (77, "system", "accepted", "certificates")
    assert (record.user, record.station, record.way, record.result) == ("anna", "desk", "command line", MADE.text)
    assert record.config == "digest"
    assert laid_down(tmp_path)
    written.set_result(1)
    journal.look()
    assert not laid_down(tmp_path)
    journal.look()
    assert len(journal.records) == 1


def test_what_the_disk_does_not_take_now_is_not_asked_for_again_and_not_forgotten(tmp_path: Path):
    lay_down(tmp_path, MADE)
    journal = Journal(tmp_path)
    journal.look()
    journal.records[0][1].set_exception(StoreError("disk full"))
    journal.look()
    assert len(journal.records) == 1
    assert laid_down(tmp_path)


def test_it_is_not_looked_at_every_beat(tmp_path: Path):
    journal = Journal(tmp_path)
    journal.look()
    lay_down(tmp_path, MADE)
    journal.decisions.look()
    assert journal.records == []
    journal.look()
    assert len(journal.records) == 1
