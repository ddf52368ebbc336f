"""The grammar of `hmi plant` and `hmi update`: signed plants, and programs brought up to date without a net."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

Verb = Callable[[argparse._SubParsersAction, str, str, str], argparse.ArgumentParser]
Option = Callable[[argparse.ArgumentParser], None]
_DOWNGRADE = "take a version that is older than the one in force"


def add(verbs: argparse._SubParsersAction, verb: Verb, data: Option, person: Option, as_json: Option) -> None:
    """Add both verbs; `verb`, `data`, `person` and `as_json` make a verb and the options that all of them have."""
    _plant(verbs, verb, data, as_json)
    _update(verbs, verb, data, person)


def _plant(verbs: argparse._SubParsersAction, verb: Verb, data: Option, as_json: Option) -> None:
    plant = verb(verbs, "plant", "plant_bundle:plant", "sign a plant's files, pack them for stations, install a pack")
    actions = plant.add_subparsers(dest="action", required=True, metavar="ACTION")
    texts = {
        "key": "make a key pair: FILE signs, FILE.pub is given to stations (minisign reads both)",
        "sign": "list and sign every file of a plant folder; without --key only list them, for minisign to sign",
        "pack": "a signed plant folder as one file of kilobytes, NAME.hmiplant",
        "verify": "whether a plant folder or pack is as a trusted key signed it; 1 if it is not",
        "trust": "have this station trust a key; from then on it runs signed plants only",
        "install": "put a pack into force at this station, or as the plant folder of --into",
    }
    made = {name: actions.add_parser(name, help=text, description=text) for name, text in texts.items()}
    made["key"].add_argument("file", metavar="FILE", type=Path)
    made["sign"].add_argument("folder", metavar="DIR", type=Path)
    made["sign"].add_argument("--key", type=Path, metavar="FILE")
    made["pack"].add_argument("folder", metavar="DIR", type=Path)
    made["pack"].add_argument("out", metavar="OUT", type=Path)
    made["verify"].add_argument("what", metavar="DIR|FILE", type=Path)
    made["verify"].add_argument(
        "--key", type=Path, action="append", default=[], metavar="FILE.pub", help="instead of the station's own"
    )
    made["trust"].add_argument("file", metavar="FILE.pub", type=Path)
    made["trust"].add_argument(
        "--for", dest="use", choices=("plant", "program"), help="only for these; both if left out"
    )
    made["install"].add_argument("file", metavar="FILE", type=Path)
    made["install"].add_argument(
        "--into", type=Path, metavar="DIR", help="plant folder to be, where nothing is installed"
    )
    made["install"].add_argument("--downgrade", action="store_true", help=_DOWNGRADE)
    for name in ("verify", "trust", "install"):
        data(made[name])
    for name in ("sign", "verify"):
        as_json(made[name])


def _update(verbs: argparse._SubParsersAction, verb: Verb, data: Option, person: Option) -> None:
    update = verb(
        verbs, "update", "update:update", "bring an installed station up to date, from a stick or share; and back again"
    )
    update.add_argument(
        "path", nargs="?", type=Path, metavar="PATH", help="a file, or a folder with the newest of them"
    )
    update.add_argument("--roll-back", action="store_true", help="go back to the version before")
    update.add_argument("--yes", action="store_true", help="a person agrees: put it into use now")
    wait = "prepare it now; put it into use in the maintenance window, or when somebody agrees at the System page"
    update.add_argument("--wait", action="store_true", help=wait)
    update.add_argument("--agree", action="store_true", help="agree to the one that is prepared and waits, as there")
    person(update)
    update.add_argument(
        "--force", action="store_true", help="also while a job is open or an urgent alarm waits for an acknowledgement"
    )
    update.add_argument("--downgrade", action="store_true", help=_DOWNGRADE)
    update.add_argument("--root", type=Path, metavar="DIR", help="the installation, where it is not the running one")
    data(update)
