"""The grammar of `hmi selftest`: what may stand after it on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

Verb = Callable[[argparse._SubParsersAction, str, str, str], argparse.ArgumentParser]
Option = Callable[[argparse.ArgumentParser], None]


def add(verbs: argparse._SubParsersAction, verb: Verb, as_json: Option) -> None:
    """Add the verb."""
    text = "try every part of this program, on a small plant of its own; 1 if one fails"
    made = verb(verbs, "selftest", "selftest:selftest", text)
    made.add_argument(
        "groups",
        nargs="*",
        metavar="GROUP",
        help="program (if left out), data: whether a data folder can be read, security: how the station is protected",
    )
    made.add_argument("--data", type=Path, metavar="DIR", help="a data folder; for `data`, a COPY of one")
    made.add_argument("--only", default="", metavar="CHECK", help="this check of the group alone")
    made.add_argument("--here", type=Path, help=argparse.SUPPRESS)  # in this process, in this folder
    as_json(made)
