"""`hmi links`, `hmi outages` and `hmi safe-mode`: how each link stands, what was away, what is sent to the plant."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import closing
from typing import Any

from hmi.clock import MachineClock
from hmi.commands.ask import Caller, no, put_json, say
from hmi.commands.places import recorded_folder
from hmi.core.listing import iso
from hmi.core.wording import visible

_MARKS = {"ok": " ", "off": " ", "note": "!", "bad": "X"}


def links(options: argparse.Namespace) -> int:
    """Print every link; 1 if one of them is bad."""
    with Caller(options) as caller:
        rows: list[dict[str, Any]] = caller.ask("links").body
    if options.json:
        put_json({"links": rows})
    else:
        for row in rows:
            for line in link_lines(row):
                say(line)
    return 1 if any(row["state"] == "bad" for row in rows) else 0


def link_lines(row: dict[str, Any]) -> Iterator[str]:
    """One link: how it stands and since when; below it what that means and what to do, where something is wrong."""
    since = f"since {iso(row['since_ns'])[:19]} UTC" if row["since_ns"] else ""
    yield f"{_MARKS.get(row['state'], 'X')} {row['name']:16} {row['word']:11} {since}"
    texts = (row["reason"], row["means"], row["do"]) if row["state"] in ("note", "bad") else ()
    yield from (f"{'':19}{text}" for text in texts if text)


def outages(options: argparse.Namespace) -> int:
    """Print when something was away, newest first."""
    from hmi.engine.links import DAY_NS
    from hmi.engine.links import outages as found
    from hmi.store.query import Reader

    now_ns = MachineClock().now_ns()
    with closing(Reader(recorded_folder(options))) as reader:
        rows = found(reader, now_ns - round(options.days * DAY_NS), now_ns)
    if options.json:
        shown = [
            {"of": one.of, "from": iso(one.from_ns), "to": iso(one.to_ns), "reason": one.reason}
            | {"seconds": round((one.to_ns - one.from_ns) / 1e9, 3)}
            for one in rows
        ]
        return put_json({"days": options.days, "outages": shown})
    for one in rows:
        length = f"{(one.to_ns - one.from_ns) / 1e9:.1f} s"
        say(f"{iso(one.from_ns)[:19]}  {length:>12}  {one.of or 'everything':16} {one.reason}")
    if not rows:
        say(f"No outage in {options.days:g} days.")
    return 0


def safe_mode(options: argparse.Namespace) -> int:
    """Tell whether anything is sent to the plant; 1 if nothing is."""
    with Caller(options) as caller:
        why = caller.ask("status").body.get("safe_mode", "")
    if options.json:
        put_json({"safe_mode": bool(why), "why": why})
    else:
        say(visible(f"Safe mode, view only: {why}" if why else "The engine does everything: it is not in safe mode."))
    return 1 if why else 0


def leave_safe_mode(options: argparse.Namespace) -> int:
    """Leave it, with a reason."""
    with Caller(options) as caller:
        reply = caller.ask("leave_safe_mode", why=options.why)
    if options.json:
        put_json({"ok": reply.ok, "text": reply.text})
    elif reply.ok:
        say(reply.text)
    else:
        return no(reply.text)
    return 0 if reply.ok else 1
