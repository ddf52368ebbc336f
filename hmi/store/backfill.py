"""Values from elsewhere in the files of their own days: so they are kept as long as all others of their time."""

from __future__ import annotations

import sqlite3
import stat
from collections import defaultdict
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Final

import numpy as np

from hmi.store.block import Block, Scaling, blocks_of
from hmi.store.day import DayFile
from hmi.store.days import Days, last_of
from hmi.store.folder import DAY_NS, day_files, day_of, day_path
from hmi.store.hot import TagRow
from hmi.store.schema import close_for_good, open_day, open_to_read
from hmi.store.slab import Slab, join
from hmi.store.unsealed import Mark, Second

_NO_MARK: Final = Mark(-(2**63), 0)  # nothing of hot.db is sealed with it


def fill(days: Days, folder: Path, slab: Slab, now_ns: int, scaling: Scaling, tags: Sequence[TagRow]) -> None:
    """Put values into the files of their days; those of days to come into today's.

    Whole for each day, or nothing of it. Raises sqlite3.Error and OSError.
    """
    (folder / "samples").mkdir(parents=True, exist_ok=True)
    place = np.minimum(slab.at // DAY_NS, day_of(now_ns))
    wanted = np.unique(place).tolist()
    days.give_way(wanted)
    blocks: dict[int, list[Block]] = defaultdict(list)
    for block in blocks_of([Second(0, 0, slab)], scaling, lambda: None):
        blocks[min(day_of(block.t0), day_of(now_ns))].append(block)
    newest = max([*day_files(folder), *wanted])
    for day in wanted:
        _put(day_path(folder, day), day, blocks[day], slab.pick(np.flatnonzero(place == day)), tags, day != newest)


def carry(days: Days, folder: Path) -> None:
    """See to it that every day knows what each tag's value was when it began. Raises sqlite3.Error and OSError."""
    before: Slab | None = None
    for path in day_files(folder).values():
        begin = _later(_state(path, "begin"), before)
        before = _later(_state(path, "end"), begin)
        _keep(path, {"begin": begin, "end": before})
    days.look_again()


def _put(path: Path, day: int, blocks: Sequence[Block], own: Slab, tags: Sequence[TagRow], is_over: bool) -> None:
    end = _later(last_of(own), _state(path, "end"))
    assert end is not None
    file = DayFile(path, day, None)
    try:
        file.write(blocks, _NO_MARK, end, tags)
    finally:
        file.close(finished=is_over)


def _later(one: Slab | None, other: Slab | None) -> Slab | None:
    """Of each tag the later of two."""
    both = [state for state in (other, one) if state is not None]
    return last_of(join(both)) if both else None


def _state(path: Path, which: str) -> Slab | None:
    if not path.exists():
        return None
    with closing(open_to_read(path)) as file:
        row = file.execute("SELECT b FROM state WHERE at = ?", (which,)).fetchone()
    return None if row is None else Slab.unpack(row[0])


def _keep(path: Path, states: dict[str, Slab | None]) -> None:
    """Write those that are others than before."""
    wanted = {which: state.pack() for which, state in states.items() if state is not None}
    with closing(open_to_read(path)) as file:
        known = dict(file.execute("SELECT at, b FROM state WHERE at IN ('begin', 'end')"))
    if known == wanted:
        return
    mode = stat.S_IMODE(path.stat().st_mode)
    path.chmod(mode | stat.S_IWUSR)
    writing = open_day(path)
    try:
        writing.executemany("INSERT OR REPLACE INTO state VALUES (?, ?)", wanted.items())
    except sqlite3.Error:
        writing.close()
        raise
    close_for_good(writing)
    path.chmod(mode)
