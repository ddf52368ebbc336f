"""What came is there whole or not at all, and one decision counts."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from hmi.core.errors import StoreError
from hmi.core.incoming import Item
from hmi.store import inbox
from hmi.store.inbox import Inbox, file_name

ITEM = Item(id=7, kind="orders", name="week.toml")


def put(kept: Inbox, item: Item, file: bytes, signature: str) -> None:
    assert kept.bring(item, file, signature).read_bytes() == file
    kept.keep(item)


def test_what_came_is_there_with_its_signature(tmp_path: Path):
    kept = Inbox(tmp_path)
    assert kept.items() == []
    put(kept, ITEM, b"text", "signed")
    put(kept, msgspec.structs.replace(ITEM, id=3), b"other", "")
    assert [item.id for item in Inbox(tmp_path).items()] == [3, 7]
    assert kept.path(ITEM).read_bytes() == b"text"
    assert Path(f"{kept.path(ITEM)}.minisig").read_text() == "signed"


def test_half_of_one_is_none(tmp_path: Path):
    kept = Inbox(tmp_path)
    kept.bring(ITEM, b"text", "")
    assert kept.items() == []
    put(kept, ITEM, b"text", "")
    (tmp_path / "inbox" / ".0009.partial").mkdir()
    (tmp_path / "inbox" / "0008").mkdir()
    (tmp_path / "inbox" / "0007" / "item.json").write_bytes(b'{"id"')
    assert kept.items() == []
    put(kept, ITEM, b"anew", "")
    assert kept.path(ITEM).read_bytes() == b"anew"


def test_the_first_decision_counts(tmp_path: Path):
    kept = Inbox(tmp_path)
    put(kept, ITEM, b"text", "")
    assert kept.change(7, "waiting", msgspec.structs.replace(ITEM, state="accepted"))
    assert not kept.change(7, "waiting", msgspec.structs.replace(ITEM, state="rejected"))
    assert kept.items()[0].state == "accepted"
    with pytest.raises(StoreError, match="nothing was decided"):
        kept.change(99, "waiting", ITEM)


ODD = ["../../etc/passwd", "a/b", "", "con:", "item.json", ".hidden", "x" * 200, "a\0b", "..", "ü"]


@pytest.mark.parametrize("name", ODD)
def test_a_name_from_elsewhere_never_leads_out(tmp_path: Path, name: str):
    item = msgspec.structs.replace(ITEM, name=name)
    assert file_name(item) == "orders.file"
    put(Inbox(tmp_path), item, b"text", "s")
    assert sorted(path.name for path in tmp_path.rglob("*") if path.is_file()) == [
        "item.json",
        "orders.file",
        "orders.file.minisig",
    ]


def test_of_what_was_decided_long_ago_the_files_go(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(inbox, "_KEPT", 2)
    kept = Inbox(tmp_path)
    for number in range(5):
        put(kept, msgspec.structs.replace(ITEM, id=number, state="accepted" if number else "waiting"), b"x", "s")
    kept.forget_old()
    assert [item.id for item in kept.items()] == [0, 1, 2, 3, 4], "that they came is remembered"
    assert [kept.path(item).exists() for item in kept.items()] == [True, False, False, True, True]


def test_a_disk_that_takes_nothing_is_said(tmp_path: Path):
    (tmp_path / "inbox").write_text("a file in the way")
    with pytest.raises(StoreError, match="fetched again later"):
        put(Inbox(tmp_path), ITEM, b"x", "")
