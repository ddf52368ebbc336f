"""The grammar of `hmi settings` and `hmi wipe`: how a station is protected, and the end of its life."""

from __future__ import annotations

import argparse
from collections.abc import Callable

Verb = Callable[[argparse._SubParsersAction, str, str, str], argparse.ArgumentParser]
Option = Callable[[argparse.ArgumentParser], None]


def add(verbs: argparse._SubParsersAction, verb: Verb, data: Option, as_json: Option) -> None:
    """Add the verbs."""
    told = verb(verbs, "settings", "settings:settings", "all that bears on a station's protection, as it is in force")
    told.add_argument("plant", nargs="?", metavar="PLANT", help="where no engine runs: the plant folder")
    text = "erase a station's keys, passwords, people and certificates at the end of its life; no engine may run"
    wipe = verb(verbs, "wipe", "wipe:wipe", text)
    wipe.add_argument("--records", action="store_true", help="and all history, alarms, journal and attachments")
    for made in (told, wipe):
        data(made)
        as_json(made)
