"""`hmi history import`: values that another historian or a logger wrote, put into a data folder."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from hmi.clock import MachineClock
from hmi.commands import parquet
from hmi.commands.history_files import Cells, Judge, Wanted, csv_cells
from hmi.commands.places import data_folder, who, zone_of
from hmi.commands.progress import ProgressLine
from hmi.core.errors import HmiError
from hmi.core.journal import Record
from hmi.store.folder import JOURNAL
from hmi.store.importing import bring_in, tags_of
from hmi.update.ownership import owner

_Tell = Callable[[int], None]


def bring(options: argparse.Namespace) -> int:
    """Read the file twice: once to find every mistake, once to store it. Nothing is stored if there is one."""
    folder, path = data_folder(options), Path(options.file)
    if not (folder / JOURNAL).exists():
        raise HmiError(f"There is no data folder {folder}: start the engine once, or name its folder with --data")
    if owner(folder):
        raise HmiError(f"{folder} is another account's: import as that one, its engine could not read what root writes")
    clock = MachineClock()
    try:
        size = path.stat().st_size
        wanted = Wanted(tags_of(folder), options.add, zone_of(options.zone), clock.now_ns())
        with ProgressLine() as line:
            judge, count = _judged(path, wanted, line, size)
            if judge.mistakes:
                return _refused(path, judge.mistakes)
            tags = [*wanted.tags.values(), *judge.added.values()]
            user, station = who(folder)
            told = Record(
                time_ns=0, category="system", event="imported", subject=path.name,
                user=user, station=station, way="command line",
            )  # fmt: skip
            rows = judge.rows(_cells(path, lambda _: None))
            done = bring_in(folder, tags, rows, clock, told, lambda given: line.tell("storing", given, count))
    except OSError as error:
        raise HmiError(f"{path} cannot be read: {error.strerror or error}") from None
    there = done.given - done.added
    if options.json:
        body: dict[str, Any] = {"file": str(path), "rows": done.given, "added": done.added, "there_already": there}
        print(msgspec.json.format(msgspec.json.encode({**body, "new_tags": sorted(judge.added)}), indent=1).decode())
        return 0
    more = f", {there} were there already" if there else ""
    new = f"; new tags: {', '.join(sorted(judge.added))}" if judge.added else ""
    print(f"{path}: {done.added} of {done.given} values added{more}{new}")
    return 0


def _judged(path: Path, wanted: Wanted, line: ProgressLine, size: int) -> tuple[Judge, int]:
    judge = Judge(wanted)
    whole = size if path.suffix.lower() != ".parquet" else 0
    count = sum(1 for _ in judge.rows(_cells(path, lambda read: line.tell("reading", read, whole))))
    return judge, count


def _cells(path: Path, tell: _Tell) -> Iterator[Cells]:
    return parquet.cells(path, tell) if path.suffix.lower() == ".parquet" else csv_cells(path, tell)


def _refused(path: Path, mistakes: list[str]) -> int:
    for mistake in mistakes:
        print(f"hmi: {path}: {mistake}", file=sys.stderr)
    print("hmi: nothing was imported: mend these lines and try again", file=sys.stderr)
    return 1
