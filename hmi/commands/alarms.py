"""What people do to alarms beside acknowledging them, and how well alarms serve them: the verbs around `hmi alarms`."""

from __future__ import annotations

import argparse
import re
from typing import Any, Final

from hmi.commands.ask import Caller, no, put_json, say
from hmi.commands.places import secret
from hmi.core.errors import HmiError

_TIMEOUT_S: Final = 30.0  # a password takes its time, and so may a server that keeps the alarm
_HOURS: Final = {"m": 1 / 60, "h": 1.0}


def shelve(options: argparse.Namespace) -> int:
    """Keep alarms quiet for a time."""
    asked = dict(hours=hours(options.length), why=options.why, one_shot=options.once)
    return _act(options, "shelve", second=options.second, **asked)


def unshelve(options: argparse.Namespace) -> int:
    """Take alarms off the shelf."""
    return _act(options, "unshelve", why=options.why)


def out_of_service(options: argparse.Namespace) -> int:
    """Take alarms out of service, or return them to it."""
    if options.back:
        return _act(options, "put_back", why=options.why)
    return _act(options, "take_out", permit=options.permit, why=options.why)


def suppress(options: argparse.Namespace) -> int:
    """Nobody suppresses an alarm by hand: say what does it, and what a person may do instead."""
    with Caller(options) as caller:
        rules = {rule.id: rule for rule in caller.learn().all_rules}
    for name in options.ids:
        if name not in rules:
            raise HmiError(f"there is no alarm {name!r}: see hmi alarms --all for the ids")
    said = [
        f"{name} is suppressed by design while {rules[name].suppress_when}"
        if rules[name].suppress_when
        else f"{name} has no suppress_when in the plant's files, so it is never suppressed"
        for name in options.ids
    ]
    return no(
        f"Nothing was suppressed, for only an alarm's own condition does that: {'; '.join(said)}. "
        "For a time use hmi shelve, for work under a permit hmi out-of-service"
    )


def reset(options: argparse.Namespace) -> int:
    """Release latched alarms."""
    return _act(options, "reset", why=options.why)


def confirm(options: argparse.Namespace) -> int:
    """Say to the servers of alarms that somebody has dealt with the causes."""
    return _act(options, "confirm", why=options.why)


def comment(options: argparse.Namespace) -> int:
    """Put a comment on alarms that servers keep."""
    return _act(options, "comment", why=options.why)


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


def _act(options: argparse.Namespace, verb: str, second: str = "", **args: Any) -> int:
    with Caller(options) as caller:
        if second:  # who agrees proves it, as in the window
            args["second"] = {"name": second, "secret": secret(f"Password of {second}")}
        reply = caller.ask(verb, timeout_s=_TIMEOUT_S, alarms=options.ids, **args)
    if options.json:
        put_json(reply.body)
    elif reply.ok:
        say(reply.text)
    else:
        return no(reply.text)
    return 0 if reply.ok else 1
