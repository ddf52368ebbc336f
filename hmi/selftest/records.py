"""Checks of the disk: history and journal are written, sealed, read back, and damage is found."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np

from hmi.clock import Clock
from hmi.core.batch import FLAG_TEXT, Batch
from hmi.core.history import Samples
from hmi.core.journal import Record
from hmi.core.tags import Tag
from hmi.selftest.checks import Failed, Ground
from hmi.store.query import Reader
from hmi.store.store import Store
from hmi.store.verify import check

_COUNT: Final = 20_000
_SECOND_NS: Final = 1_000_000_000
_WAIT_S: Final = 30.0
_NAMES: Final = ("trial.number", "trial.exact", "trial.text")
_TEXTS: Final = ("filling", "füllt", "灌装")
_WORDS: Final = {"first": "in order", "second": "in order", "third": "in order"}


def history(ground: Ground) -> str:
    """Numbers, exact integers and texts: read back from the fast files, and once more when they are sealed."""
    folder = ground.folder / "data"
    batch = _values(ground.clock.now_ns())
    store = Store(folder, _tags(), ground.clock)
    try:
        store.append(batch)
        store.flush().result(_WAIT_S)
        _compare(folder, batch, "as they were written")
        store.seal().result(_WAIT_S)
    finally:
        store.close()
    _compare(folder, batch, "after they were sealed into blocks")
    if findings := check(folder).findings:
        raise Failed(f"files just written are damaged: {findings[0].path.name}: {findings[0].what}. Is the disk sound?")
    return f"{len(batch)} values of {len(_NAMES)} tags, written, sealed and read back equal"


def _tags() -> list[Tag]:
    kinds = ("float64", "int64", "string")
    return [Tag(index, name, "", "", kind) for index, (name, kind) in enumerate(zip(_NAMES, kinds, strict=True))]


def _values(now_ns: int) -> Batch:
    """The last minutes of three tags, with what is hard to keep: tiny and huge numbers, all 64 bits, foreign words."""
    tags = np.arange(_COUNT) % len(_NAMES)
    step = np.arange(_COUNT)
    times = now_ns - (_COUNT - step) * (_SECOND_NS // 100)
    numbers = np.sin(step / 50.0) * 10.0 ** (step % 40 - 20.0)
    batch = Batch.of(tags, numbers, times, now_ns)
    rows = batch.rows
    exact, text = tags == 1, tags == 2
    rows["raw"][exact] = np.where(step % 2, 2**62 + step, -(2**62) - step)[exact]
    rows["value"][exact] = rows["raw"][exact].astype(np.float64)
    rows["value"][text] = np.nan
    rows["flags"][text] = FLAG_TEXT
    rows["raw"][text] = step[text] % len(_TEXTS)
    return Batch(rows, _TEXTS)


def _compare(folder: Path, batch: Batch, when: str) -> None:
    reader = Reader(folder)
    try:
        found = reader.samples(_NAMES, 0, 2**62)
    finally:
        reader.close()
    for index, samples in enumerate(found):
        if not _same(batch, index, samples):
            text = f"history of {samples.tag} is not what was stored, {when}: it cannot be relied on"
            raise Failed(f"{text} ({len(samples)} of {np.count_nonzero(batch.rows['tag'] == index)} values)")


def _same(batch: Batch, index: int, samples: Samples) -> bool:
    rows = batch.rows[batch.rows["tag"] == index]
    if len(rows) != len(samples) or not np.array_equal(rows["time"], samples.time):
        return False
    if index == _NAMES.index("trial.text"):
        said = [samples.text(row) for row in range(len(samples))]
        return said == [batch.texts[int(raw)] for raw in rows["raw"]]
    if index == _NAMES.index("trial.exact") and not np.array_equal(rows["raw"], samples.raw):
        return False
    return bool(np.array_equal(rows["value"].view(np.int64), samples.value.view(np.int64)))


def journal(ground: Ground) -> str:
    """Three records stand in their chain; with one word of them changed on the disk the chain says which."""
    folder = ground.folder / "data"
    _record(folder, ground.clock)
    intact, count, text = Reader(folder).verify_journal()
    if not intact or count < len(_WORDS):
        raise Failed(f"a journal just written does not verify: {text}")
    _falsify(folder / "journal.db", b"in order", b"in doubt")
    intact, _, text = Reader(folder).verify_journal()
    if intact:
        raise Failed("a record was changed on the disk and the journal still verifies: it proves nothing")
    return f"{count} records verify; a changed one was found: {text}"


def _record(folder: Path, clock: Clock) -> None:
    store = Store(folder, _tags(), clock)
    try:
        for event, result in _WORDS.items():
            record = Record(time_ns=clock.now_ns(), category="system", event=event, subject="self-test", result=result)
            store.record(record).result(_WAIT_S)
    finally:
        store.close()


def _falsify(path: Path, before: bytes, after: bytes) -> None:
    """Change one word of the file as somebody would who has no key to it."""
    data = path.read_bytes()
    if before not in data:
        raise Failed(f"{path.name} does not hold the words that were recorded")
    path.write_bytes(data.replace(before, after, 1))
