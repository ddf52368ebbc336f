"""`hmi server inbox|accept|reject|orders`: what came from the plant server to this station, and what became of it."""

from __future__ import annotations

import argparse
from pathlib import Path

from hmi.commands.ask import Caller, no, put_json, say
from hmi.installed import root


def inbox(options: argparse.Namespace) -> int:
    """List what came, the oldest first."""
    with Caller(options) as caller:
        rows = caller.ask("inbox").body
    if options.json:
        return put_json({"inbox": rows})
    for row in rows:
        say(row["words"])
    if not rows:
        say("Nothing has come from the plant server.")
    return 0


def decide(options: argparse.Namespace) -> int:
    """Agree to one, or do not use it; 1 when it cannot be, and then nothing was changed."""
    accept = options.action == "accept"
    args = {"id": options.id, "accept": accept, "why": options.why}
    with Caller(options) as caller:
        asked = caller.ask("inbox_decide", **args, only_ask=True)
        if not asked.ok:
            return no(asked.text)
        by_hand = accept and asked.body["kind"] == "plant" and root() is not None
        reply = None if by_hand else caller.ask("inbox_decide", **args, timeout_s=60.0)
    if reply is None:
        if code := _installed(options, Path(asked.body["path"])):
            return code
        with Caller(options) as caller:  # it may be another engine by now
            reply = caller.ask("inbox_decide", **args, by_hand=True)
        if not reply.ok:  # the engine has found out by itself
            say(f"The plant files are in force. {reply.text}")
            return 0
    if not reply.ok:
        return no(reply.text)
    if options.json:
        return put_json({"id": options.id, "accepted": accept, "said": reply.text})
    say(reply.text)
    return 0


def _installed(options: argparse.Namespace, pack: Path) -> int:
    """Put a pack into force where the program is installed: only who may write there can."""
    from hmi.commands.plant_bundle import plant

    words = {"action": "install", "file": pack, "into": None, "downgrade": False, "data": options.data}
    return plant(argparse.Namespace(**vars(options) | words))


def orders(options: argparse.Namespace) -> int:
    """List the orders that were accepted, each with its jobs."""
    with Caller(options) as caller:
        rows = caller.ask("orders").body
    if options.json:
        return put_json({"orders": rows})
    for row in rows:
        jobs = ", ".join(f"{job['instruction']} {job['state']} ({job['id']})" for job in row["jobs"])
        begin = f"hmi jobs start {row['instruction']} --for order={row['id']}" if row["instruction"] else "no job yet"
        what = " ".join(part for part in (f"{row['quantity']:g}", row["unit"], row["product"]) if part)
        due = f", due {row['due']}" if row["due"] else ""
        say(f"{row['id']}: {what}{due}; {jobs or begin}")
    if not rows:
        say("No orders were accepted here.")
    return 0
