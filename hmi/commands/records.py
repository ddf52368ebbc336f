"""`hmi history` and `hmi journal`: what is on disk, read in place; the engine may run or not."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import tzinfo
from pathlib import Path
from typing import TextIO

import msgspec

from hmi.client.trends.export_files import CsvFile, HistoryFile, whole
from hmi.client.trends.export_parquet import ParquetFile
from hmi.clock import MachineClock
from hmi.commands import parquet
from hmi.commands.places import data_folder, moment, zone_of
from hmi.commands.reports import answered, asked, says_nothing
from hmi.core.aggregate import Aggregates
from hmi.core.errors import HmiError
from hmi.core.listing import Answer, CsvText, iso, rows_of
from hmi.core.steps.kept import INSTRUCTION, JOB
from hmi.core.steps.releases import RELEASE
from hmi.core.wording import visible
from hmi.store.paging import pages
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
    silent = dict.fromkeys(options.tags)
    answers = _telling(_answers(reader, options, (start, stop, now), zone), silent)
    if options.out is not None and options.format != "json":
        _file(answers, options.format, options.out)
    else:
        with _out(options.out) as file:
            _write(answers, options.format, file)
    for tag in silent:
        print(f"hmi: {visible(_nothing(reader, tag, start, stop, now))}", file=sys.stderr)
    return 1 if silent else 0


def _answers(
    reader: Reader, options: argparse.Namespace, times: tuple[int, int, int], zone: tzinfo
) -> Iterator[Answer]:
    start, stop, now = times
    if options.aggregate or options.step:
        yield from answered(reader, data_folder(options), asked(options, start, stop, zone), now)
    elif options.raw:
        for tag in options.tags:
            yield from pages(reader, tag, start, stop)
    else:
        yield from reader.window(options.tags, start, stop, max(1, options.points))


def _telling(answers: Iterator[Answer], silent: dict[str, None]) -> Iterator[Answer]:
    """The same; tags of which there is something are taken out of the silent ones."""
    for answer in answers:
        if not (says_nothing(answer) if isinstance(answer, Aggregates) else not len(answer)):
            silent.pop(answer.tag, None)
        yield answer


def _file(answers: Iterator[Answer], form: str, path: Path) -> None:
    """A file of any length in the memory of one page; it is there when it is whole."""
    file: HistoryFile = CsvFile(path) if form == "csv" else ParquetFile(path)
    try:
        for answer in answers:
            file.add(answer)
        file.keep()
    except BaseException:
        file.drop()
        raise


def _nothing(reader: Reader, tag: str, start: int, stop: int, now: int) -> str:
    """Why there is nothing of a tag, as far as history knows, and what to do."""
    if len(reader.at([tag], now)):
        return f"no values of {tag} are stored between {iso(start)} and {iso(stop)}: ask for other times"
    mend = "is the name right? hmi get lists the tags, and tags.csv says which are recorded (history)"
    return f"no values of {tag} are stored at all: {mend}"


@contextmanager
def _out(path: Path | None) -> Iterator[TextIO]:
    """stdout, or a file that appears only when it is whole."""
    if path is None:
        yield sys.stdout
        return
    with whole(path) as part, part.open("w", encoding="utf-8") as file:
        yield file


def _write(answers: Iterator[Answer], form: str, file: TextIO) -> None:
    if form == "json":
        rows = [row for answer in answers for row in rows_of(answer)]
        file.write(msgspec.json.format(msgspec.json.encode({"rows": rows}), indent=1).decode() + "\n")
        return
    text = CsvText(visible if file.isatty() else str)
    for answer in answers:
        file.write(text.of(answer))


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
        text=options.find,
    )
    if options.json:
        rows = [
            {"id": number, "time": iso(record.time_ns), **msgspec.to_builtins(record)} for number, record in records
        ]
        print(msgspec.json.format(msgspec.json.encode({"records": rows}), indent=1).decode())
        return 0
    for number, record in records:
        whole = record.category in (JOB, INSTRUCTION, RELEASE)  # its value is for programs: in words it says the same
        value = "" if record.value is None or whole else f" {record.value}"
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
