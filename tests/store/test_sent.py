"""What the plant server has, noted beside the data: retention looks there."""

from __future__ import annotations

from pathlib import Path

import pytest

from hmi.core.errors import StoreError
from hmi.store import sent
from hmi.store.folder import day_files
from hmi.store.outbox import Outbox
from hmi.store.sent import Left, Sent
from tests.store.made import MIDNIGHT
from tests.uplink.recorded import record_hours


@pytest.fixture
def day(tmp_path: Path) -> tuple[int, Path]:
    """A day of two hours."""
    record_hours(tmp_path, 2, MIDNIGHT)
    ((day, path),) = day_files(tmp_path).items()
    return day, path


def test_it_is_read_as_it_was_written(tmp_path: Path):
    assert sent.read(tmp_path) is None
    told = Sent({20_500: (3, 7, -5)}, 12, 4, (Left(20_500, (2, 7, 9), "a.level: bad value"),))
    sent.write(tmp_path, told)
    assert sent.read(tmp_path) == told
    sent.forget(tmp_path)
    assert sent.read(tmp_path) is None


@pytest.mark.parametrize("text", [b"", b"nonsense", b'{"days": [1]}', b"\xff\xfe"])
def test_a_note_that_cannot_be_read_is_as_if_nothing_was_sent(tmp_path: Path, text: bytes):
    (tmp_path / sent.NOTE).write_bytes(text)
    assert sent.read(tmp_path) == Sent()


def test_a_day_waits_until_its_last_block_was_sent(tmp_path: Path, day: tuple[int, Path]):
    number, path = day
    assert not sent.waits(tmp_path, number, path), "there is no plant server"
    sent.write(tmp_path, Sent())
    assert sent.waits(tmp_path, number, path)
    blocks = [block for shipment in Outbox(tmp_path).shipments({}) for block in shipment.blocks]
    for block in blocks[:-1]:
        sent.write(tmp_path, Sent({number: block.place}))
        assert sent.waits(tmp_path, number, path)
    sent.write(tmp_path, Sent({number: blocks[-1].place}))
    assert not sent.waits(tmp_path, number, path)


def test_a_day_that_cannot_be_read_waits_for_nothing(tmp_path: Path):
    sent.write(tmp_path, Sent())
    (tmp_path / "broken.db").write_bytes(b"nonsense" * 1000)
    assert not sent.waits(tmp_path, 1, tmp_path / "broken.db")
    assert not sent.waits(tmp_path, 1, tmp_path / "none.db")


def test_a_folder_that_is_not_there_is_said(tmp_path: Path):
    with pytest.raises(StoreError, match=r"outbox.json cannot be written"):
        sent.write(tmp_path / "none", Sent())
