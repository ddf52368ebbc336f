"""The grammar of what keeps the engine going: `hmi links`, `hmi outages`, `hmi safe-mode`, `hmi service`."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from contextlib import suppress
from typing import Final

PAIRS: Final = ("safe-mode leave", "service install", "service show", "service remove")  # verbs of two words
_LONGEST_DAYS: Final = 36_500
Verb = Callable[[argparse._SubParsersAction, str, str, str], argparse.ArgumentParser]
Option = Callable[[argparse.ArgumentParser], None]


def add(verbs: argparse._SubParsersAction, verb: Verb, data: Option, person: Option, as_json: Option) -> None:
    """Add the verbs about links, outages, safe mode and the engine as a service of the user."""
    links = verb(verbs, "links", "outages:links", "how each link stands, what that means, what to do; 1 if one is bad")
    outages = verb(verbs, "outages", "outages:outages", "when something was away; works with the engine stopped, too")
    outages.add_argument("--days", type=_days, default=30.0, help="so far back (30)")
    safe = verb(verbs, "safe-mode", "outages:safe_mode", "whether the engine sends anything to the plant; 1 if not")
    leave = verb(verbs, "safe-mode leave", "outages:leave_safe_mode", "have it send commands to the plant again")
    leave.add_argument("--why", required=True, help="the reason, for the journal")
    person(leave)
    for made in (links, outages, safe, leave):
        data(made)
        as_json(made)
    _service(verbs, verb, data)


def _days(text: str) -> float:
    with suppress(ValueError):
        if 0 < (days := float(text)) <= _LONGEST_DAYS:
            return days
    raise argparse.ArgumentTypeError(f"{text!r} is no number of days up to {_LONGEST_DAYS}")


def _service(verbs: argparse._SubParsersAction, verb: Verb, data: Option) -> None:
    text = "run the engine as a service of this user, started with the computer and again when it dies or hangs"
    install = verb(verbs, "service install", "systemd:install", text)
    show = verb(verbs, "service show", "systemd:show", "print the unit that `service install` writes")
    remove = verb(verbs, "service remove", "systemd:remove", "take the unit away; data and plant files stay")
    for made in (install, show, remove):
        made.add_argument("plant", metavar="PLANT")
    for made in (install, show):
        data(made)
