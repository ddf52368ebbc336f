"""The packed values and times of some blocks, out of a day's file by one statement, however many there are."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable
from typing import Final

import msgspec

from hmi.store.codec_bytes import Damaged

_DATA: Final = "SELECT id, b FROM data WHERE id IN (SELECT value FROM json_each(?))"
_STAMPS: Final = "SELECT id, b FROM stamps WHERE id IN (SELECT value FROM json_each(?))"


def values_of(file: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, bytes]:
    """By their numbers. Raises sqlite3.Error, and Damaged where one is not there."""
    return _fetched(file, _DATA, set(numbers))


def times_of(file: sqlite3.Connection, numbers: Iterable[int]) -> dict[int, bytes]:
    """The same: several blocks may share their times."""
    return _fetched(file, _STAMPS, set(numbers))


def listed(numbers: Iterable[int]) -> str:
    """Numbers as `json_each` takes them: one statement then does for any count of them."""
    return msgspec.json.encode(list(numbers)).decode()


def _fetched(file: sqlite3.Connection, query: str, numbers: set[int]) -> dict[int, bytes]:
    found: dict[int, bytes] = dict(file.execute(query, (listed(sorted(numbers)),)).fetchall()) if numbers else {}
    if len(found) < len(numbers):
        raise Damaged("a block's values are not in the file")
    return found
