"""The grammar of `hmi server`: the plant server's tables, rows out of blocks, what goes down to stations."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

Verb = Callable[[argparse._SubParsersAction, str, str, str], argparse.ArgumentParser]
Option = Callable[[argparse.ArgumentParser], None]
_URL = "postgresql://USER@HOST/DATABASE"


def add(verbs: argparse._SubParsersAction, verb: Verb, data: Option, person: Option, as_json: Option) -> None:
    """Add `hmi server` with its actions; the others make a verb and the options that all of them have."""
    server = verb(verbs, "server", "server:server", "the plant server: its tables, and what goes to stations and back")
    actions = server.add_subparsers(dest="action", required=True, metavar="ACTION")
    made = {name: actions.add_parser(name, help=text, description=text) for name, text in _TEXTS.items()}
    for name in ("init", "expand", "publish", "published", "withdraw"):
        made[name].add_argument("url", metavar="URL", help=_URL)
        as_json(made[name])
    _expand(made["expand"])
    _publish(made["publish"])
    made["withdraw"].add_argument("id", metavar="N", type=int)
    for name in ("inbox", "accept", "reject", "orders"):
        data(made[name])
        as_json(made[name])
    for name in ("accept", "reject"):
        made[name].add_argument("id", metavar="N", type=int)
        made[name].add_argument("--why", default="", help="the reason, for the journal")
        made[name].set_defaults(run="inbox:decide")
        person(made[name])
    made["inbox"].set_defaults(run="inbox:inbox")
    made["orders"].set_defaults(run="inbox:orders")


_TEXTS = {
    "init": "make its tables, or bring them to what this program needs; by whoever owns the database",
    "expand": "make rows of the blocks that are there: every sample of some tags, for reports that want them",
    "publish": "put signed plant packs (FILE.hmiplant) and orders (FILE.toml) there, for stations to fetch",
    "published": "what was published, and what each station says became of it",
    "withdraw": "no station that has not accepted it yet is to take it",
    "inbox": "what came from the plant server to this station, and what was decided on it",
    "accept": "agree to what came: plant files are put into force, orders can be worked on",
    "reject": "do not use what came; the plant server is told, with the reason",
    "orders": "the orders that were accepted here, and what became of them",
}


def _expand(made: argparse.ArgumentParser) -> None:
    made.add_argument("tags", nargs="+", metavar="TAG", help="by name, or name.* for all below, or *")
    made.add_argument("--station", default="", metavar="NAME", help="only of this station")
    times = "ISO 8601 (UTC unless it says otherwise), or back from now: -8h, -30d"
    made.add_argument("--from", dest="start", help=f"{times}; from the beginning if left out")
    made.add_argument("--to", dest="stop", help=f"{times}; now if left out")


def _publish(made: argparse.ArgumentParser) -> None:
    made.add_argument("files", nargs="+", metavar="FILE", type=Path, help="a signature is looked for in FILE.minisig")
    made.add_argument("--plant", default="", metavar="ID", help="of orders: the plant that they are for")
    made.add_argument("--station", default="", metavar="NAME", help="only for this station, else for all of the plant")
    made.add_argument("--why", default="", help="what it is for, for those who decide on it")
