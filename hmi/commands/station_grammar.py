"""The grammar of `hmi secret` and `hmi setup`: what a new station is given before it works."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

Verb = Callable[[argparse._SubParsersAction, str, str, str], argparse.ArgumentParser]
Option = Callable[[argparse.ArgumentParser], None]


def add(verbs: argparse._SubParsersAction, verb: Verb, data: Option, as_json: Option) -> None:
    """Add the verbs of a station's secrets and of its first start."""
    secret = verb(
        verbs, "secret", "secret:secrets", "passwords that this station shows to servers; never in plant files"
    )
    actions = secret.add_subparsers(dest="action", required=True, metavar="ACTION")
    texts = {
        "list": "the names of what is kept, and where; never what it says",
        "set": "keep a secret, asked for or read from the input: in the key store, else in a file of this account",
        "remove": "keep a secret no longer",
    }
    for name, text in texts.items():
        action = actions.add_parser(name, help=text, description=text)
        if name != "list":
            action.add_argument("name", metavar="NAME", help="of the connection whose password it is, or server")
        if name == "set":
            action.add_argument("--file", action="store_true", help="in a file, even where there is a key store")
        data(action)
        as_json(action)
    setup = verb(verbs, "setup", "first_start:setup", "make a new station ready: its name, first account, certificate")
    setup.add_argument("plant", metavar="PLANT")
    setup.add_argument(
        "--from", dest="file", type=Path, metavar="FILE.toml", help="take the answers from a file, without a window"
    )
    data(setup)
    as_json(setup)
