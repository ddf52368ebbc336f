"""Folders with damaged files: what is done to them, and whether what is gone is said to be gone."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np

from hmi.clock import HandClock
from hmi.core.errors import StoreError
from hmi.core.history import Gap
from hmi.store.folder import DAY_NS, day_files
from hmi.store.query import Reader
from hmi.store.records import TAG_GAP
from hmi.store.store import Store
from tests.store.made import MIDNIGHT
from tests.store.truth import STEP, Findings, batch, kept, now_of, tags, told
from tests.store.victim import record

SEED, COUNT = 21, 30
BEFORE, AFTER = 330, 30  # batches before the damage and after it: two days and a bit
PATIENCE_S = 30


def page(data: bytes, chance: random.Random) -> bytes:
    """One page of 4 KiB is noise."""
    place = chance.randrange(max(1, len(data) // 4096)) * 4096
    return data[:place] + chance.randbytes(4096) + data[place + 4096 :]


def header(data: bytes, chance: random.Random) -> bytes:
    """The first bytes are those of another file."""
    return chance.randbytes(100) + data[100:]


def half(data: bytes, chance: random.Random) -> bytes:
    """The rest of it is missing."""
    return data[: chance.randrange(len(data) // 4096 + 1) * 4096]


def nothing(data: bytes, chance: random.Random) -> bytes:
    """All of it is missing."""
    return b""


def bits(data: bytes, chance: random.Random) -> bytes:
    """A few bits have turned over."""
    found = bytearray(data)
    for _ in range(5 if found else 0):
        found[chance.randrange(len(found))] ^= 1 << chance.randrange(8)
    return bytes(found)


def zeros(data: bytes, chance: random.Random) -> bytes:
    """A page of the largest size was never written."""
    place = chance.randrange(max(1, len(data) // 16384)) * 16384
    return data[:place] + bytes(min(16384, len(data) - place)) + data[place + 16384 :]


KINDS: dict[str, Callable[[bytes, random.Random], bytes]] = {
    made.__name__: made for made in (page, header, half, nothing, bits, zeros)
}


def damage(path: Path, kind: str, seed: int) -> None:
    """Do it in place, as a failing disk would."""
    path.chmod(0o600)
    data = path.read_bytes()
    ruined = KINDS[kind](data, random.Random(seed))
    with path.open("rb+") as file:
        file.write(ruined)
        file.truncate(len(ruined))


class Ledger:
    """A store in this process, with what it was told and what it has acknowledged."""

    def __init__(self, folder: Path, first: int, stored: set[int] | None = None) -> None:
        self.folder = folder
        self.next = first
        self.stored = set(stored or ())
        self.clock = HandClock(now_of(first))
        self.store = Store(folder, tags(COUNT), self.clock, reserve_mb=0, seal_rows=3000)

    def record(self, batches: int) -> None:
        """Record on, through whatever comes; each batch until it is stored."""
        for _ in range(batches):
            number = self.next
            self.next += 1
            self.store.append(batch(SEED, number, COUNT))
            self.store.record(record(number))
            self.clock.advance(1)  # they are committed after they were made
            self._until_stored()
            self.stored.add(number)
            if number % 18 == 0:
                self._until_sealed()
            self.clock.advance(STEP / 1e9 - 1)

    def _until_stored(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                self.store.flush().result(PATIENCE_S)
            except StoreError:
                assert self.store.fault or time.monotonic() < deadline
                assert time.monotonic() < deadline, f"it does not recover: {self.store.fault}"
                continue
            if not self.store.waiting:
                return

    def _until_sealed(self) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                self.store.seal().result(PATIENCE_S)
            except StoreError as error:
                assert time.monotonic() < deadline, f"it does not seal again: {error}"
            else:
                return

    def close(self) -> None:
        """Stop it in good order."""
        self.store.close()


def account(ledger: Ledger, *, whole: bool = False) -> int:
    """Everything acknowledged is there or said to be missing, nothing is there twice or wrong; gives what is missing.

    Values that came hours late are missed at a time at which others were stored, so no gap is asked for them.
    """
    sent = told(SEED, range(ledger.next), COUNT)
    owed = np.isin(sent["number"], list(ledger.stored))
    with closing(Reader(ledger.folder)) as reader:
        found, untold = _readable(reader)
        findings = Findings(found, sent, owed)
        assert not (findings.doubles or findings.changed or findings.foreign), str(findings)
        gaps = [*reader.declared(-(2**63), 2**63 - 1), *untold]
    missing = findings.missing
    in_time = missing[np.abs(missing["at"] - now_of(0) - missing["number"] * STEP) < STEP]
    open_ = [row for row in in_time if not _is_told(row, gaps)]
    assert not open_, f"{len(open_)} of {len(missing)} missing values in no gap: batches {_numbers(open_)}"
    assert not (whole and len(missing)), f"{len(missing)} are missing: batches {_numbers(missing)}"
    return len(missing)


def _readable(reader: Reader) -> tuple[np.ndarray, list[tuple[Gap, str]]]:
    """What can be read, day by day, and what the trend says of each tag that cannot be: all but that must be there."""
    names = [tag.name for tag in tags(COUNT)]
    parts, gaps = [], list[tuple[Gap, str]]()
    days = range(-1, len(day_files(reader._folder)) + 3)
    for start in (MIDNIGHT + day * DAY_NS for day in days):
        unread = [
            [gap for gap in window.gaps if "cannot be read" in gap.reason]
            for window in reader.window(names, start, start + DAY_NS, 1440)
        ]
        if not any(unread):
            parts.append(kept(reader, COUNT, start, start + DAY_NS - 1))
            continue
        for tag, own in enumerate(unread):
            gaps += [(gap, TAG_GAP + names[tag]) for gap in own]
            parts += [kept(reader, COUNT, *piece, only=tag) for piece in _beside(start, start + DAY_NS - 1, own)]
    whole = np.concatenate(parts)
    return whole[np.lexsort((whole["at"], whole["tag"]))], gaps


def _beside(first: int, last: int, gaps: list[Gap]) -> list[tuple[int, int]]:
    """The times that are in no gap, both ends included."""
    found = []
    for gap in sorted(gaps):
        if gap.from_ns > first:
            found.append((first, gap.from_ns - 1))
        first = max(first, gap.to_ns)
    return [*found, (first, last)] if first <= last else found


def _is_told(row: np.void, gaps: list[tuple[Gap, str]]) -> bool:
    tag = tags(COUNT)[int(row["tag"])]
    of = ("", tag.connection, TAG_GAP + tag.name)
    return any(gap.from_ns <= row["at"] <= gap.to_ns and whom in of for gap, whom in gaps)


def _numbers(rows: object) -> list[int]:
    return sorted({int(row["number"]) for row in rows})[:9]  # type: ignore[attr-defined]
