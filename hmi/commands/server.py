"""`hmi server init`: make the tables of a plant server, or bring them to what this program needs."""

from __future__ import annotations

import argparse
import os

import psycopg

from hmi.commands.ask import no, put_json, say
from hmi.uplink.schema import WrongSchema, migrate
from hmi.uplink.server import said


def init(options: argparse.Namespace) -> int:
    """Run by whoever owns the database, once, and again after an update; 1 if nothing was changed."""
    try:
        with psycopg.connect(options.url, autocommit=True, connect_timeout=10, password=_password()) as db:
            before, after = migrate(db)
    except WrongSchema as error:
        return no(str(error))
    except (psycopg.Error, UnicodeError, ValueError) as error:
        return no(f"the plant server was not changed: {said(error)}. URL is postgresql://OWNER@HOST/DATABASE")
    if options.json:
        return put_json({"before": before, "after": after})
    say("The tables were up to date." if before == after else f"The tables are ready (step {before} to {after}).")
    say("Now make a user for each station: CREATE ROLE desk1 LOGIN PASSWORD '…' IN ROLE hmi_station;")
    say("and one for reports: CREATE ROLE reports LOGIN PASSWORD '…' IN ROLE hmi_reader;")
    return 0


def _password() -> str | None:
    """From the environment; else as libpq finds it."""
    return os.environ.get("HMI_PASSWORD_SERVER")
