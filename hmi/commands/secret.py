"""`hmi secret`: the passwords that this station shows to servers, kept where only the engine's account gets at them."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from hmi.clock import MachineClock
from hmi.commands.ask import put_json, say
from hmi.commands.places import data_folder, secret, who
from hmi.core.errors import HmiError
from hmi.drivers.decisions import Decision, lay_down
from hmi.drivers.keystore import FILE, Kept, Secrets
from hmi.update.ownership import as_owner


def secrets(options: argparse.Namespace) -> int:
    """Do what was asked with the station's secrets; 1 if the answer is no."""
    folder = data_folder(options)
    try:
        with as_owner(folder):  # a secret that an administrator sets must be one that the engine can read
            return {"list": _list, "set": _set, "remove": _remove}[options.action](folder, options)
    except OSError as error:
        raise HmiError(f"{error.filename or folder}: {error.strerror}: use the engine's own user account") from None


def keep(folder: Path, name: str, value: str, in_file: bool = False) -> Kept:
    """Keep a secret and have it in the journal that somebody did; raises SecretError."""
    kept = Secrets(folder).put(name, value, in_file)
    _lay_down(folder, "set", f"{name} is kept in the {kept.place}")
    return kept


def notice(kept: Kept) -> str:
    """Where it is, in words for whoever set it."""
    if kept.place == FILE:
        return (
            f"{kept.name} is kept in {kept.where}, readable by this account only: it has no key store of the operating "
            "system, or was not to use it"
        )
    return f"{kept.name} is kept in the key store of this account ({kept.where})"


def _list(folder: Path, options: argparse.Namespace) -> int:
    found = Secrets(folder).kept()
    if options.json:
        return put_json({"secrets": [{"name": one.name, "place": one.place, "where": one.where} for one in found]})
    for one in found:
        say(f"{one.name:24} {one.place:10} {one.where}")
    if not found:
        say("Nothing is kept: hmi secret set NAME, where NAME is that of the connection, or server")
    return 0


def _set(folder: Path, options: argparse.Namespace) -> int:
    given = secret(f"Secret of {options.name}")
    if sys.stdin.isatty() and secret("Once more") != given:
        raise HmiError("That was not the same twice: nothing was changed")
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    kept = keep(folder, options.name, given, options.file)
    if options.json:
        return put_json({"name": kept.name, "place": kept.place, "where": kept.where})
    say(notice(kept))
    say("A running engine takes it at the next connect")
    return 0


def _remove(folder: Path, options: argparse.Namespace) -> int:
    if not Secrets(folder).remove(options.name):
        raise HmiError(f"There is no secret {options.name!r} here: hmi secret list names them")
    _lay_down(folder, "removed", f"{options.name} is kept no longer")
    if options.json:
        return put_json({"name": options.name, "place": "", "where": ""})
    say(f"{options.name} is kept no longer")
    return 0


def _lay_down(folder: Path, event: str, text: str) -> None:
    user, station = who(folder)
    lay_down(folder, Decision(MachineClock().now_ns(), event, text, user, station, "secrets"))
