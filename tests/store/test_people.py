from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from hmi.core.errors import StoreError
from hmi.core.people import Account, Tries
from hmi.store import people
from hmi.store.people import new_book, read_book, write_book


def test_a_book_comes_back_as_it_was_for_its_owner_only(tmp_path: Path):
    account = Account(number=1, name="kim", roles={"": "administer"}, skills=("forklift",), password="x", made_ns=5)
    book = msgspec.structs.replace(new_book(), accounts=(account,), tries={"name:kim": Tries(3, 7)}, next_number=2)
    write_book(tmp_path, book)
    assert read_book(tmp_path) == book
    if os.name == "posix":
        assert (tmp_path / people.FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [people.FILE]


def test_where_there_is_none_nobody_is_known(tmp_path: Path):
    assert read_book(tmp_path).accounts == ()
    assert len({read_book(tmp_path).key for _ in range(2)}) == 2, "each station has a key of its own"


@pytest.mark.parametrize(
    "content", [b"", b"{", b"[]", b'{"accounts": [{"number": "x"}]}', b"\xff\xfe", b'{"version": 9}']
)
def test_a_damaged_book_lets_nobody_in(tmp_path: Path, content: bytes):
    (tmp_path / people.FILE).write_bytes(content)
    with pytest.raises(StoreError, match="people.json"):
        read_book(tmp_path)


def test_a_book_too_large_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(people, "_MOST_BYTES", 10)
    (tmp_path / people.FILE).write_bytes(b" " * 11)
    with pytest.raises(StoreError, match="too large"):
        read_book(tmp_path)


def test_a_disk_that_takes_nothing_leaves_the_book_of_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    write_book(tmp_path, new_book())
    before = (tmp_path / people.FILE).read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(StoreError, match="nothing was changed"):
        write_book(tmp_path, new_book())
    assert (tmp_path / people.FILE).read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == [people.FILE]
