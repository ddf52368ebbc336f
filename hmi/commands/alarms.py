"""What people do to alarms beside acknowledging them, and how well alarms serve them: the verbs around `hmi alarms`."""

from __future__ import annotations

import argparse
import re
from typing import Any, Final

from hmi.commands.ask import Caller, no, put_json, say
from hmi.core.errors import HmiError

_HOURS: Final = {"m": 1 / 60, "h": 1.0}


def shelve(options: argparse.Namespace) -> int:
    """Keep alarms quiet for a time."""
    return _act(
        options, "shelve", hours=hours(options.length), why=options.why, one_shot=options.once, second=options.second
    )


def unshelve(options: argparse.Namespace) -> int:
    """Take alarms off the shelf."""
    return _act(options, "unshelve", why=options.why)


def out_of_service(options: argparse.Namespace) -> int:
    """Take alarms out of service, or return them to it."""
    if options.back:
        return _act(options, "put_back", why=options.why)
    return _act(options, "take_out", permit=options.permit, why=options.why)


def reset(options: argparse.Namespace) -> int:
    """Release latched alarms."""
    return _act(options, "reset", why=options.why)


def explain(options: argparse.Namespace) -> int:
    """Why an alarm is as it is, with the values that have a say."""
    with Caller(options) as caller:
        reply = caller.ask("explain", alarm=options.id)
    if not reply.ok:
        return no(reply.text)
    if options.json:
        return put_json({"alarm": options.id, "lines": reply.body})
    for line in reply.body:
        say(line)
    return 0


def hours(text: str) -> float:
    """30m or 4h as hours; raises HmiError in words."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([mh])", text)
    if found is None:
        raise HmiError(f"{text!r} is no length of time: write 30m or 4h after --for")
    return float(found[1]) * _HOURS[found[2]]


def _act(options: argparse.Namespace, verb: str, **args: Any) -> int:
    with Caller(options) as caller:
        reply = caller.ask(verb, alarms=options.ids, **args)
    if options.json:
        put_json(reply.body)
    elif reply.ok:
        say(reply.text)
    else:
        return no(reply.text)
    return 0 if reply.ok else 1
