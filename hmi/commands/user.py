"""`hmi user`: the accounts of this station, changed through the running engine, which checks and journals each act."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import Any

from hmi.clock import MachineClock
from hmi.commands.ask import Caller, no, put_json, say
from hmi.commands.places import moment, secret
from hmi.core.errors import HmiError
from hmi.core.listing import iso
from hmi.core.policy import ROLES
from hmi.link.messages import Reply


def user(options: argparse.Namespace) -> int:
    """Do what was asked with the station's accounts; 1 if the answer is no."""
    with Caller(options) as caller:
        if options.action == "list":
            return _list(caller, options)
        facts = caller.ask("whoami").body
        if facts["fault"]:
            return no(facts["fault"])
        own = options.action == "pin" or (options.action == "password" and not options.set)
        if facts["accounts"] and not own:
            _sign_in(caller, options)
        return _answer(options, caller.ask("person", timeout_s=30.0, act=options.action, **_arguments(options)))


def _arguments(options: argparse.Namespace) -> dict[str, Any]:
    acts: dict[str, Callable[[argparse.Namespace], dict[str, Any]]] = {
        "add": _added,
        "change": _changed,
        "password": _password,
        "pin": lambda _: {"new": "" if options.take_away else _twice("New PIN"), "old": secret("Your password")},
        "badge": lambda _: {"code": "" if options.take_away else secret("Scan the badge")},
        "remove": lambda _: {},
    }
    return {"name": options.name, **acts[options.action](options)}


def _added(options: argparse.Namespace) -> dict[str, Any]:
    given = {"roles": _roles(options.role), "skills": options.skill or [], "full_name": options.full_name or ""}
    if options.expires:
        given["expires_ns"] = _expiry(options.expires)
    return given | {"password": _twice(f"Password for {options.name}")}


def _changed(options: argparse.Namespace) -> dict[str, Any]:
    given: dict[str, Any] = {}
    if options.role:
        given["roles"] = _roles(options.role)
    if options.skill:
        given["skills"] = [one for one in options.skill if one]
    if options.full_name is not None:
        given["full_name"] = options.full_name
    if options.expires:
        given["expires_ns"] = _expiry(options.expires)
    if options.disable or options.enable:
        given["disabled"] = options.disable
    return given


def _password(options: argparse.Namespace) -> dict[str, Any]:
    given = {} if options.set else {"old": secret("Password until now")}
    return given | {"new": _twice("New password")}


def _roles(given: list[str]) -> dict[str, str]:
    """ROLE or ROLE:AREA, AREA being the beginning of tag names."""
    pairs = [one.partition(":") for one in given]
    for role, _, area in pairs:
        if role not in ROLES and (role or area):
            raise HmiError(f"There is no role {role!r}: write one of {', '.join(ROLES)}, or ROLE:AREA")
    return {area: role for role, _, area in pairs if role}


def _expiry(text: str) -> int:
    """A moment in UTC ns; 0 for "never"."""
    return 0 if text == "never" else moment(text, MachineClock().now_ns())


def _sign_in(caller: Caller, options: argparse.Namespace) -> None:
    caller.sign_in(options.administrator or secret("Administrator's name", hidden=False))


def _twice(prompt: str) -> str:
    first = secret(prompt)
    if sys.stdin.isatty() and secret("Once more") != first:
        raise HmiError("That was not the same twice: nothing was changed")
    return first


def _answer(options: argparse.Namespace, reply: Reply) -> int:
    if options.json:
        put_json({"done": reply.ok, "text": reply.text})
        return 0 if reply.ok else 1
    if not reply.ok:
        return no(reply.text)
    say(reply.text)
    return 0


def _list(caller: Caller, options: argparse.Namespace) -> int:
    if options.administrator:
        _sign_in(caller, options)
    reply = caller.ask("people")
    if options.json:
        return put_json({"accounts": reply.body, "fault": reply.text})
    if reply.text:
        return no(reply.text)
    for one in reply.body:
        say(_line(one))
    if not reply.body:
        say("Nobody has an account here: hmi user add NAME --role administer makes the first one.")
    return 0


def _line(one: dict[str, Any]) -> str:
    line = f"{one['name']:20} {one['full_name']:24}"
    if "roles" not in one:
        return line.rstrip()
    roles = ", ".join(f"{role}:{area}" if area else role for area, role in sorted(one["roles"].items()))
    told = [one["bar"], "password to be changed" if one["must_change"] else ""]
    if one["expires_ns"]:
        told.append(f"until {iso(one['expires_ns'])[:10]}")
    return f"{line} {roles or 'no role':24} {', '.join(word for word in told if word)}".rstrip()
