"""Why the plant server does not take something, in words: it is away, it does not want us, or not this batch."""

from __future__ import annotations

import re
from typing import Final

import psycopg
from psycopg import errors

from hmi.core.errors import HmiError

COPIED: Final = "another station sends under the same key: was this data folder copied?"
_SECRET: Final = re.compile(r"password=\S+")
_ANEW: Final = "give it the new one with hmi secret set server: it is used at the next try"
_HOST: Final = "name the server by the host that its certificate names, in the url of [server]"
_CA: Final = "nothing was sent. Check the file of its CA; if the server was replaced, ask who did that"
# What libpq says while it connects has no code: only its words tell one reason from another.
_UNWELCOME: Final = (
    ("password authentication failed", f"the plant server does not take this station's password: {_ANEW}"),
    ("no password supplied", f"the plant server wants a password and this station has none: {_ANEW}"),
    ("certificate verify failed", f"the plant server's certificate is not signed by whom this station trusts: {_CA}"),
    ("does not match host name", f"the plant server's certificate is that of another host: nothing was sent, {_HOST}"),
    (
        "root certificate file",
        "the file of the CA that signed the plant server's certificate cannot be read",
    ),
    ("does not support SSL", "the plant server does not encrypt, and this station was told to insist on it"),
    ("no pg_hba.conf entry", "the plant server lets nobody in from this computer: its pg_hba.conf has to name it"),
    ("is not permitted to log in", "the user of [server] may not sign in there: its role needs LOGIN"),
)
_MISSING: Final = re.compile(r'((?:role|database) "[^"]*") does not exist')
_AWAY: Final = (
    ("session is read-only", "no server that takes writes can be reached: was a standby not promoted yet?"),
    ("in hot standby mode", "no server that takes writes can be reached: was a standby not promoted yet?"),
    ("starting up", "the plant server is just starting"),
    ("shutting down", "the plant server is shutting down"),
    ("in recovery mode", "the plant server is recovering from a crash"),
    ("too many clients", "the plant server has no connection left for this station"),
    ("remaining connection slots", "the plant server has no connection left for this station"),
    ("No space left on device", "the plant server's disk is full: what is recorded waits here. Make room there"),
)


class ServerAway(HmiError):
    """The plant server cannot be reached or cannot work now; it is tried again, and nobody here need do anything."""


class Unwelcome(HmiError):
    """The plant server is there and does not let this station in as it comes: somebody has to mend that."""


class Poison(HmiError):
    """The server does not take this batch, and will not whenever it is sent."""


def fault_of(error: psycopg.Error) -> HmiError:
    """What the library raised, as what a person can act on."""
    if isinstance(error, errors.UniqueViolation):
        return Poison(COPIED)
    if isinstance(error, psycopg.DataError | psycopg.IntegrityError | errors.ProgramLimitExceeded):
        return Poison(said(error))
    if isinstance(error, errors.InsufficientPrivilege):
        who = "make its user a member of hmi_station, and have the owner run hmi server init URL again"
        return Unwelcome(f"the plant server does not let this station write ({said(error)}): {who}")
    if isinstance(error, errors.DiskFull):
        return ServerAway(_AWAY[-1][1])
    return not_connected(error)


def not_connected(error: BaseException) -> HmiError:
    """Why there is no connection, or no more."""
    text = said(error)
    if found := _MISSING.search(text):
        return Unwelcome(f"the plant server does not know {found[1]}: mend the url of [server], or make it there")
    for kind, table in ((Unwelcome, _UNWELCOME), (ServerAway, _AWAY)):
        for mark, words in table:
            if mark in text:
                return kind(f"{words} ({text[:160]})")
    return ServerAway(text)


def said(error: BaseException) -> str:
    """What the server or the network said, in one line, without a secret."""
    text = " ".join(str(error).split()) or type(error).__name__
    return _SECRET.sub("password=…", text)[:300]
