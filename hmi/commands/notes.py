"""`hmi note`: write a note into the shift log, or read those about a stretch of time."""

from __future__ import annotations

import argparse

import msgspec

from hmi.clock import MachineClock
from hmi.commands.ask import Caller, no, put_json, say
from hmi.commands.places import data_folder, moment
from hmi.core.journal import Record
from hmi.core.listing import iso
from hmi.core.notes import PLANT
from hmi.core.wording import visible
from hmi.store.query import Reader


def note(options: argparse.Namespace) -> int:
    """Keep a note through the running engine; without a text, print the notes, newest first."""
    return _write(options) if options.text else _read(options)


def _write(options: argparse.Namespace) -> int:
    now = MachineClock().now_ns()
    start = moment(options.start, now)
    args = {"text": " ".join(options.text), "tag": options.tag, "from_ns": start}
    if options.stop or options.start:
        args["to_ns"] = moment(options.stop, now) if options.stop else start
    with Caller(options) as caller:
        reply = caller.ask("note", **args)
    if options.json:
        put_json({"kept": reply.ok, "text": reply.text, "note": reply.body})
    elif reply.ok:
        say(f"kept in the journal as record {reply.body['id']}")
    else:
        return no(reply.text)
    return 0 if reply.ok else 1


def _read(options: argparse.Namespace) -> int:
    now = MachineClock().now_ns()
    start = moment(options.start, now) if options.start else None
    stop = moment(options.stop, now) if options.stop else None
    found = Reader(data_folder(options)).notes(start, stop, options.limit)
    kept = [(number, one) for number, one in found if options.tag in ("", one.subject)]
    if options.json:
        rows = [{"id": number, "time": iso(one.source_ns), **msgspec.to_builtins(one)} for number, one in kept]
        put_json({"notes": rows})
        return 0
    for number, one in kept:
        print(visible(_line(number, one)))
    return 0


def _line(number: int, one: Record) -> str:
    length = f" for {one.value:g} s" if isinstance(one.value, float) else ""
    about = "" if one.subject == PLANT else f" {one.subject}"
    return f"{number:7} {iso(one.source_ns)[:19]}{length}{about} by {one.user}@{one.station}: {one.why}"
