"""What waits for a plant server, read from a folder that an engine left."""

from __future__ import annotations

from pathlib import Path

import pytest

from hmi.core.errors import StoreError
from hmi.core.outgoing import Backlog, Place
from hmi.store import outbox as outbox_module
from hmi.store.folder import day_files
from hmi.store.outbox import Outbox
from tests.store.made import DAY, MIDNIGHT
from tests.uplink.recorded import blocks_of, record_hours


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Three hours before and after a midnight."""
    record_hours(tmp_path, 6, MIDNIGHT - DAY // 8)
    return tmp_path


def newest(folder: Path) -> dict[int, Place]:
    """All of it was sent."""
    outbox = Outbox(folder)
    return {day: place for day in day_files(folder) if (place := outbox.newest(day)) is not None}


def test_all_of_it_comes_once_in_order_and_in_pieces(folder: Path):
    for most in (1, 2000, 10**7):
        shipments = list(Outbox(folder).shipments({}, most))
        places = [(shipment.day, block.place) for shipment in shipments for block in shipment.blocks]
        assert places == sorted(set(places))
        assert len(places) == len(blocks_of(folder))
        assert all(block.stamps in shipment.stamps for shipment in shipments for block in shipment.blocks)
        assert all(block.tag in shipment.tags for shipment in shipments for block in shipment.blocks)
    assert len(shipments) == 2, "one a day"


def test_it_goes_on_from_any_place(folder: Path):
    whole = [(one.day, block) for one in Outbox(folder).shipments({}) for block in one.blocks]
    for at in range(0, len(whole), 3):
        sent = {}
        for day, block in whole[:at]:
            sent[day] = block.place
        rest = [(one.day, block) for one in Outbox(folder).shipments(sent, 500) for block in one.blocks]
        assert rest == whole[at:]


def test_records_and_gaps_by_their_numbers(folder: Path):
    outbox = Outbox(folder)
    records = outbox.records(0)
    assert [one.number for one in records] == list(range(1, 73))
    assert [one.number for one in outbox.records(70)] == [71, 72]
    assert [one.number for one in outbox.records(10, 2)] == [11, 12]
    assert records[0].record.subject == "a.0" and len(records[0].hash) == 32
    assert [gap.reason for gap in outbox.gaps(0)][-1] == "a trial"
    assert outbox.gaps(10**6) == []


def test_days_of_which_nothing_waits_are_not_opened_again(folder: Path, monkeypatch: pytest.MonkeyPatch):
    outbox, sent = Outbox(folder), newest(folder)
    opened: list[Path] = []
    real = outbox_module.open_to_read
    monkeypatch.setattr(outbox_module, "open_to_read", lambda path: opened.append(path) or real(path))
    for _ in range(3):
        assert list(outbox.shipments(sent)) == []
        assert outbox.backlog(sent, 72) == Backlog(0, 0, 0, 0)
    days = set(day_files(folder).values())
    assert sorted(path for path in opened if path in days) == sorted(days), "each once"
    record_hours(folder, 1, MIDNIGHT + DAY // 4, seed=2)
    assert sum(len(one.blocks) for one in outbox.shipments(sent)) == len(blocks_of(folder)) - 18
    first = next(iter(sent))
    assert list(Outbox(folder).shipments({})) != [] and outbox.backlog(sent | {first: (-1, -1, -1)}, 72).blocks > 3


def test_the_last_place_of_a_day(folder: Path):
    outbox = Outbox(folder)
    for day in day_files(folder):
        places = [block.place for one in outbox.shipments({}) if one.day == day for block in one.blocks]
        assert outbox.newest(day) == max(places)
    assert outbox.newest(1) is None


def test_what_waits_is_counted(folder: Path):
    outbox = Outbox(folder)
    nothing = outbox.backlog(newest(folder), 72)
    assert nothing == Backlog(0, 0, 0, 0)
    waiting = outbox.backlog({}, 0)
    assert waiting.blocks == len(blocks_of(folder)) and waiting.records == 72
    assert waiting.oldest_ns == MIDNIGHT - DAY // 8 and waiting.size > 10_000


def test_a_block_is_told_from_another_at_its_place(folder: Path):
    outbox = Outbox(folder)
    for shipment in outbox.shipments({}):
        assert outbox.mark(shipment.day, shipment.place) == shipment.mark
    assert outbox.mark(1, (0, 0, 0)) is None


def test_a_day_that_cannot_be_read_is_said(folder: Path):
    (path, *_) = sorted((folder / "samples").glob("*.db"))
    path.chmod(0o600)
    path.write_bytes(b"no database at all" * 1000)
    with pytest.raises(StoreError, match="hmi history check"):
        list(Outbox(folder).shipments({}))
    assert Outbox(folder).backlog({}, 0).blocks > 0, "the other day's"


def test_an_empty_folder_has_nothing_to_send(tmp_path: Path):
    assert list(Outbox(tmp_path).shipments({})) == []
    with pytest.raises(StoreError, match="journal.db cannot be read"):
        Outbox(tmp_path).records(0)


def test_one_block_by_itself(folder: Path):
    outbox = Outbox(folder)
    shipment = next(iter(outbox.shipments({})))
    block = shipment.blocks[1]
    one = outbox.one(shipment.day, block.place)
    assert one is not None and one.blocks == (block,)
    assert one.tags[block.tag] == shipment.tags[block.tag] and one.stamps == {
        block.stamps: shipment.stamps[block.stamps]
    }
    assert outbox.one(shipment.day, (99, 1, 1)) is None and outbox.one(1, block.place) is None
    day_files(folder)[shipment.day].write_bytes(b"nonsense" * 1000)
    with pytest.raises(StoreError, match="cannot be read"):
        outbox.one(shipment.day, block.place)
