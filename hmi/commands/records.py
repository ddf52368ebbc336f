"""`hmi history` and `hmi journal`: what is on disk, read in place; the engine may run or not."""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import msgspec

from hmi.clock import MachineClock
from hmi.commands import parquet
from hmi.commands.places import data_folder, iso, moment, zone_of
from hmi.commands.reports import answered, asked, rows_of, says_nothing
from hmi.core import quality as q
from hmi.core.aggregate import Aggregates
from hmi.core.errors import HmiError
from hmi.core.history import Samples, Window
from hmi.core.wording import visible
from hmi.store.query import Reader


def history(options: argparse.Namespace) -> int:
    """Print stored values: intervals with min and max, every sample, or figures for reports."""
    if options.format == "parquet":
        if options.out is None:
            raise HmiError("Parquet is not text: name a file with --out FILE.parquet")
        parquet.library()
    now = MachineClock().now_ns()
    zone = zone_of(options.zone)
    start, stop = moment(options.start, now, zone), moment(options.stop, now, zone)
    if start >= stop:
        raise HmiError("--from is not before --to")
    folder = data_folder(options)
    reader = Reader(folder)
    found: Sequence[Samples | Window | Aggregates]
    if options.aggregate or options.step:
        found = answered(reader, folder, asked(options, start, stop, zone), now)
        rows = rows_of(found)
    elif options.raw:
        found = reader.samples(options.tags, start, stop)
        rows = _sample_rows(found)
    else:
        found = reader.window(options.tags, start, stop, max(1, options.points))
        rows = _window_rows(found)
    if options.format == "parquet":
        parquet.write(found, rows, options.out)
    else:
        with _out(options.out) as file:
            _write(rows, options.format, file)
    empty = [one.tag for one in found if (says_nothing(one) if isinstance(one, Aggregates) else not len(one))]
    for tag in empty:
        print(f"hmi: {visible(_nothing(reader, tag, start, stop, now))}", file=sys.stderr)
    return 1 if empty else 0


def _nothing(reader: Reader, tag: str, start: int, stop: int, now: int) -> str:
    """Why there is nothing of a tag, as far as history knows, and what to do."""
    if len(reader.at([tag], now)):
        return f"no values of {tag} are stored between {iso(start)} and {iso(stop)}: ask for other times"
    mend = "is the name right? hmi get lists the tags, and tags.csv says which are recorded (history)"
    return f"no values of {tag} are stored at all: {mend}"


def _sample_rows(found: list[Samples]) -> Iterator[dict[str, Any]]:
    for samples in found:
        for row in samples.rows():
            yield {
                "tag": samples.tag,
                **row,
                "time": iso(row["time"]),
                "quality_word": q.word(row["quality"]),
            }


def _window_rows(found: list[Window]) -> Iterator[dict[str, Any]]:
    for window in found:
        for row in window.rows():
            yield {"tag": window.tag, **row, "time": iso(row["time"]), "quality_word": q.word(row["quality"])}


@contextmanager
def _out(path: Path | None) -> Iterator[TextIO]:
    """stdout, or a file that appears only when it is whole."""
    if path is None:
        yield sys.stdout
        return
    part = path.with_name(path.name + ".part")
    try:
        with part.open("w", newline="", encoding="utf-8") as file:
            yield file
        part.replace(path)
    except OSError as error:
        raise HmiError(f"{path} cannot be written: {error.strerror}") from None


def _write(rows: Iterator[dict[str, Any]], form: str, file: TextIO) -> None:
    if form == "json":
        file.write(msgspec.json.format(msgspec.json.encode({"rows": list(rows)}), indent=1).decode() + "\n")
        return
    writer, shown = None, visible if file.isatty() else str
    for row in rows:
        if writer is None:
            writer = csv.DictWriter(file, list(row))
            writer.writeheader()
        writer.writerow({key: shown(_safe(value)) if isinstance(value, str) else value for key, value in row.items()})


def _safe(value: str) -> str:
    """Text that a spreadsheet would take for a formula is made plain."""
    return "'" + value if value[:1] in "=+-@\t\r" else value


def journal(options: argparse.Namespace) -> int:
    """Print the journal, newest first, or check its chain."""
    reader = Reader(data_folder(options))
    if options.action == "verify":
        return _verify(reader, options.json)
    now = MachineClock().now_ns()
    records = reader.journal(
        from_ns=moment(options.start, now) if options.start else None,
        to_ns=moment(options.stop, now) if options.stop else None,
        limit=options.limit,
        category=options.category,
    )
    if options.json:
        rows = [
            {"id": number, "time": iso(record.time_ns), **msgspec.to_builtins(record)} for number, record in records
        ]
        print(msgspec.json.format(msgspec.json.encode({"records": rows}), indent=1).decode())
        return 0
    for number, record in records:
        value = "" if record.value is None else f" {record.value}"
        by = f" by {record.user}@{record.station} ({record.way})" if record.user else ""
        why = f" because {record.why!r}" if record.why else ""
        text = f"{record.category:10} {record.event:13} {record.subject}{value}{by}{why}  {record.result}"
        print(f"{number:7} {iso(record.time_ns)[:23]} {visible(text)}")
    return 0


def _verify(reader: Reader, as_json: bool) -> int:
    intact, count, text = reader.verify_journal()
    if as_json:
        print(msgspec.json.encode({"intact": intact, "records": count, "text": text}).decode())
    else:
        print(text, file=sys.stdout if intact else sys.stderr)
    return 0 if intact else 1
