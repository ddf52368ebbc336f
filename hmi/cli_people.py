"""The part of the command line about whom this station believes: servers and people."""

from __future__ import annotations

import argparse
import ipaddress
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

Verb = Callable[[argparse._SubParsersAction, str, str, str], argparse.ArgumentParser]
Option = Callable[[argparse.ArgumentParser], None]
_NAME: Final = re.compile(
    r"(?=.{1,253}\Z)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?"
)  # of a computer, as in a certificate


def add(verbs: argparse._SubParsersAction, verb: Verb, data: Option, json: Option) -> None:
    """Add `hmi trust` and `hmi user`; `verb`, `data` and `json` make a verb and the options that all of them have."""
    _trust(verbs, verb, data, json)
    _user(verbs, verb, data, json)


def _host(text: str) -> str:
    with suppress(ValueError):
        return str(ipaddress.ip_address(text))
    if not _NAME.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text[:80]!r} is no name or address of a computer")
    return text


def _trust(verbs: argparse._SubParsersAction, verb: Verb, data: Option, json: Option) -> None:
    trust = verb(verbs, "trust", "trust:trust", "whom this station believes to be a server; its own certificate")
    actions = trust.add_subparsers(dest="action", required=True, metavar="ACTION")
    texts = {
        "list": "the certificates that are trusted, and those that servers showed and nobody decided on",
        "show": "all that a certificate says",
        "accept": "trust a certificate, once its whole fingerprint was compared with the server's own",
        "refuse": "never believe a certificate, though its issuer may be trusted",
        "remove": "trust a certificate no longer, or forget one that was rejected",
        "own": "this station's certificate, for the servers to trust",
        "renew": "a new certificate for this station: first made, for the servers to trust, then put into use",
        "request": "ask the plant's own authority for a certificate of this station: a request to be signed (PKCS #10)",
        "import": "take what the authority issued for the request, with its issuers; renew --use puts it into use",
    }
    for name, text in texts.items():
        action = actions.add_parser(name, help=text, description=text)
        if name in ("show", "accept", "refuse", "remove"):
            action.add_argument("fingerprint", metavar="FINGERPRINT")
        if name == "request":
            another = "another name or address of this station, to be in the certificate"
            action.add_argument("--host", type=_host, action="append", default=[], metavar="HOST", help=another)
            action.add_argument("--out", type=Path, metavar="FILE.csr", required=True, help="where the request goes")
        if name == "import":
            issued = "the certificate, and those of its issuers: one file or several, DER or PEM"
            action.add_argument("files", type=Path, nargs="+", metavar="FILE", help=issued)
            action.set_defaults(out=None)
        if name in ("accept", "refuse", "import"):
            action.add_argument("--why", default="", help="the reason, for the journal")
        if name == "renew":
            action.add_argument("--use", action="store_true", help="put it into use; no restart is needed")
        if name in ("own", "renew"):
            action.add_argument("--out", type=Path, metavar="FILE.der", help="write the certificate to a file")
        data(action)
        json(action)


def _user(verbs: argparse._SubParsersAction, verb: Verb, data: Option, json: Option) -> None:
    user = verb(verbs, "user", "user:user", "who may work at this station: accounts, roles, passwords")
    actions = user.add_subparsers(dest="action", required=True, metavar="ACTION")
    texts = {
        "list": "who has an account; with --as also what each may do",
        "add": "make an account; the first one of a station is an administrator's",
        "change": "other roles, skills or name; disable or enable",
        "password": "change your password; with --set give another person a new one",
        "pin": "a PIN of your own, for a quick change of shift",
        "badge": "give somebody a badge",
        "remove": "take an account away; what it did stays on record",
    }
    for name, text in texts.items():
        action = actions.add_parser(name, help=text, description=text)
        action.set_defaults(set=False, take_away=False)
        if name != "list":
            action.add_argument("name", metavar="NAME")
        if name != "pin":
            action.add_argument("--as", dest="administrator", metavar="NAME", help="the administrator who does it")
        if name in ("add", "change"):
            role = "view, acknowledge, operate, maintain, engineer or administer; of a part of the plant: ROLE:AREA"
            action.add_argument("--role", action="append", default=[], help=role)
            action.add_argument("--skill", action="append", help="what the person is trained for")
            action.add_argument("--full-name", help="as it is printed under a signature")
            action.add_argument("--expires", metavar="WHEN", help="from when on nobody can sign in with it; or never")
        if name == "change":
            action.add_argument("--disable", action="store_true")
            action.add_argument("--enable", action="store_true")
        if name == "password":
            action.add_argument(
                "--set", action="store_true", help="of somebody else, who changes it at the next sign-in"
            )
        if name in ("pin", "badge"):
            action.add_argument("--take-away", action="store_true")
        data(action)
        json(action)
