"""How a connection to the plant server is made, and how what its library raises is put into words."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

import psycopg

from hmi.core.errors import HmiError
from hmi.uplink import schema
from hmi.uplink.faults import Unwelcome, fault_of, not_connected

CONNECT_S: Final = 5
_STATEMENT_MS: Final = 60_000
logging.getLogger("psycopg").setLevel(logging.CRITICAL)  # what matters is raised, and said once in our words


def connected(
    url: str, password: str = "", ca: Path | None = None, *, patient: bool = False
) -> psycopg.Connection[Any]:
    """A connection to a plant server whose tables this program knows. Raises HmiError in words.

    `url` as plant.toml has it; several hosts may stand in it: the one that takes writes is used. `ca`: file of who
    signed the server's certificate; without it the url says what is asked of the server. `patient`: a statement may
    take as long as it likes.
    """
    if ca is not None and not ca.is_file():
        raise Unwelcome(f"{ca} is not there, by which the plant server is known: put its CA's certificate there")
    try:
        options = options_of(url, password, ca) | ({"options": "-c TimeZone=UTC"} if patient else {})
        db = psycopg.connect(url, **options, autocommit=True)
    except (psycopg.Error, UnicodeError, ValueError) as error:
        raise not_connected(error) from None
    try:
        with asking():
            schema.check(db)
    except HmiError:
        db.close()
        raise
    return db


@contextmanager
def asking() -> Iterator[None]:
    """Turns what the library raises into what a person can act on."""
    try:
        yield
    except psycopg.Error as error:
        raise fault_of(error) from None


def options_of(url: str, password: str, ca: Path | None = None) -> dict[str, Any]:
    """How the connection is made: never for ever, to a server that takes writes, and dead ones are noticed."""
    options: dict[str, Any] = {
        "connect_timeout": CONNECT_S,
        "keepalives_idle": 5,
        "keepalives_interval": 2,
        "keepalives_count": 3,
        "tcp_user_timeout": 15_000,
        "target_session_attrs": "read-write",
        "application_name": "hmi",
        "options": f"-c statement_timeout={_STATEMENT_MS} -c TimeZone=UTC",
    }
    known = psycopg.conninfo.conninfo_to_dict(url)
    options = {name: value for name, value in options.items() if name not in known}
    if password:
        options["password"] = password
    if ca is not None:
        options |= {"sslmode": "verify-full", "sslrootcert": str(ca)}
    return options
