"""What a store under trial was told, made again from a seed at any time, and compared with what it has kept."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from hmi.core.batch import FLAG_TEXT, FLAG_TIME_SUSPECT, ROW, Batch
from hmi.core.tags import Tag
from hmi.store.folder import day_files
from hmi.store.query import Reader
from tests.store.made import MIDNIGHT, SECOND

STEP = 600 * SECOND  # wall clock from one batch to the next: six batches an hour, 144 a day
LATEST = 8 * 3600 * SECOND  # so late values may come
TOLD = np.dtype([(name, "<i8") for name in ("tag", "at", "time", "bits", "raw", "quality", "flags", "number")])
_COLUMNS = ("time", "bits", "raw", "quality", "flags")
_ROWS = 1000  # numbers of rows that a batch may use
_QUALITIES = np.array([0, 0x40000000, 0x80000000, 0x808B0000, 0xFFFFFFFF], np.uint32)


def tags(count: int) -> list[Tag]:
    """Of every five tags: one that drifts, one of any bits, one of whole numbers, one of text, one that stands."""
    types = ("float64", "float64", "int64", "string", "bool")
    return [Tag(n, f"line.t{n:03}", f"plc{n % 3}", str(n), types[n % 5]) for n in range(count)]


def now_of(number: int) -> int:
    """The wall clock at a batch, ns UTC."""
    return MIDNIGHT + number * STEP


def batch(seed: int, number: int, count: int) -> Batch:
    """The batch of that number: of some tags, a few values each; some late, some with times that cannot be right."""
    rng = np.random.default_rng([seed, number])
    size = int(rng.integers(60, 180))
    rows = np.zeros(size, ROW)
    rows["tag"] = rng.integers(0, count, size)
    now = now_of(number)
    rows["time"] = now + rng.permutation(size) * 1_000_000
    rows["received"] = rows["time"]
    late = rng.random(size) < 0.05
    rows["time"][late] = now - rng.integers(0, LATEST, int(late.sum()))
    suspect = rng.random(size) < 0.03
    rows["time"][suspect] = rng.integers(0, 10**15, int(suspect.sum()))
    rows["flags"][suspect] |= FLAG_TIME_SUSPECT
    unique = number * _ROWS + np.arange(size)
    kind = rows["tag"] % 5
    rows["value"] = np.where(kind == 0, np.round(20 + number % 97 * 0.1 + rows["tag"] * 0.01, 2), 1.0)
    wild = kind == 1
    rows["value"][wild] = rng.integers(-(2**63), 2**63 - 1, int(wild.sum())).view(np.float64)
    rows["quality"][wild] = rng.choice(_QUALITIES, int(wild.sum()))
    whole = kind == 2
    rows["raw"][whole] = np.where(unique[whole] % 2, unique[whole], -(2**63) + unique[whole])
    rows["value"][whole] = rows["raw"][whole].astype(np.float64)
    text = kind == 3
    rows["value"][text], rows["raw"][text] = np.nan, np.arange(int(text.sum()))
    rows["flags"][text] |= FLAG_TEXT
    return Batch(rows, tuple(f"läuft {place}" for place in unique[text].tolist()))


def told(seed: int, numbers: Iterable[int], count: int) -> np.ndarray:
    """Every row of some batches as it must come back, by tag and time; of text `raw` is the number in it."""
    parts = [_told(batch(seed, number, count), number) for number in numbers]
    whole = np.concatenate([np.zeros(0, TOLD), *parts])
    whole = whole[np.lexsort((whole["at"], whole["tag"]))]
    assert not _repeats(whole).any(), "the truth itself is ambiguous"
    return whole


def _told(made: Batch, number: int) -> np.ndarray:
    rows, found = made.rows, np.zeros(len(made), TOLD)
    for name in ("tag", "time", "raw", "quality", "flags"):
        found[name] = rows[name]
    found["at"] = np.where(rows["flags"] & FLAG_TIME_SUSPECT, rows["received"], rows["time"])
    found["bits"] = np.ascontiguousarray(rows["value"]).view(np.int64)
    is_text = (rows["flags"] & FLAG_TEXT) != 0
    found["raw"][is_text] = [int(made.texts[place].split()[1]) for place in rows["raw"][is_text].tolist()]
    found["number"] = number
    return found


def kept(
    reader: Reader, count: int, from_ns: int = -(2**63), to_ns: int = 2**63 - 1, only: int | None = None
) -> np.ndarray:
    """Every row that is kept of some time, of all tags or one, in the same form (`number` is 0)."""
    parts = [np.zeros(0, TOLD)]
    wanted = tags(count) if only is None else [tags(count)[only]]
    for tag, samples in zip(wanted, reader.samples([tag.name for tag in wanted], from_ns, to_ns), strict=True):
        index = tag.index
        part = np.zeros(len(samples), TOLD)
        part["tag"], part["at"], part["time"] = index, samples.received, samples.time
        part["bits"] = np.ascontiguousarray(samples.value).view(np.int64)
        part["raw"], part["quality"], part["flags"] = samples.raw, samples.quality, samples.flags
        if samples.texts:
            words = np.array([int(text.split()[1]) for text in samples.texts])
            is_text = (samples.flags & FLAG_TEXT) != 0
            part["raw"][is_text] = words[samples.raw[is_text]]
        parts.append(part)
    return np.concatenate(parts)


class Findings:
    """What a comparison found; all is well when each of its numbers is 0."""

    def __init__(self, found: np.ndarray, sent: np.ndarray, owed: np.ndarray) -> None:
        """`owed`: of each row of `sent`, whether it must be there."""
        repeats = _repeats(found)
        self.doubles = int(repeats.sum())
        place = _search(sent, found)
        known = place >= 0
        self.foreign = int((~known).sum())
        same = np.ones(int(known.sum()), bool)
        for name in _COLUMNS:
            same &= found[name][known] == sent[name][place[known]]
        self.changed = int((~same).sum())
        there = np.zeros(len(sent), bool)
        there[place[known]] = True
        self.missing = sent[owed & ~there]
        self.there = there
        self.checked = int(owed.sum())

    @property
    def lost(self) -> int:
        """Rows that must be there and are not."""
        return len(self.missing)

    def __str__(self) -> str:
        where = sorted(set(self.missing["number"].tolist()))[:9]
        return (
            f"{self.checked} rows owed: {self.lost} lost (of batches {where}), {self.doubles} double, "
            f"{self.changed} changed, {self.foreign} foreign"
        )

    @property
    def is_well(self) -> bool:
        """Whether everything is there, once, and as it was told."""
        return not (self.lost or self.doubles or self.changed or self.foreign)


def _repeats(rows: np.ndarray) -> np.ndarray:
    return (rows["tag"][1:] == rows["tag"][:-1]) & (rows["at"][1:] <= rows["at"][:-1])


def _search(sent: np.ndarray, found: np.ndarray) -> np.ndarray:
    """Of each found row its place in `sent`, -1 where there is none of that tag and time."""
    place = np.full(len(found), -1)
    for tag in np.unique(found["tag"]).tolist():
        own = np.flatnonzero(found["tag"] == tag)
        start, stop = np.searchsorted(sent["tag"], [tag, tag + 1])
        spot = start + np.searchsorted(sent["at"][start:stop], found["at"][own])
        hit = spot < stop
        hit[hit] = sent["at"][spot[hit]] == found["at"][own][hit]
        place[own[hit]] = spot[hit]
    return place


def copied(folder: Path, to: Path) -> Path:
    """The folder as it lies there, to be looked at without touching it; closed days are linked, not copied."""

    def take(source: str, target: str) -> Any:
        # what a reader leaves beside a closed day is nothing: it is opened as immutable
        closed = source.endswith(".db") and not Path(source).stat().st_mode & 0o222
        try:
            return Path(target).hardlink_to(source) if closed else shutil.copy2(source, target)
        except OSError:  # another disk
            return shutil.copy2(source, target)

    return Path(shutil.copytree(folder, to, copy_function=take))


def damaged(folder: Path, newest: int | None = None) -> list[str]:
    """Every database file in which SQLite itself finds something wrong; of days only the `newest` ones."""
    found = []
    days = list(day_files(folder).values())
    for path in [*folder.glob("*.db"), *(days if newest is None else days[-newest:])]:
        with closing(sqlite3.connect(path)) as file:
            told = file.execute("PRAGMA integrity_check").fetchall()
        if told != [("ok",)]:
            found.append(f"{path.name}: {told[:3]}")
    return found
