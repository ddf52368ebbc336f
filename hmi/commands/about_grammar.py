"""The grammar of `hmi about`: what may stand after it on the command line."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

Verb = Callable[[argparse._SubParsersAction, str, str, str], argparse.ArgumentParser]
Option = Callable[[argparse.ArgumentParser], None]


def add(verbs: argparse._SubParsersAction, verb: Verb, as_json: Option) -> None:
    """Add the verb that tells of the program itself."""
    about = verb(verbs, "about", "about:about", "program, plant, versions, licences; is it as it was made?")
    about.add_argument("folder", nargs="?", type=Path, metavar="FOLDER", help="of another installation than this")
    about.add_argument("--verify", action="store_true", help="read every file and compare; 1 if one differs")
    about.add_argument("--libraries", action="store_true", help="each library with its version and licence")
    as_json(about)
