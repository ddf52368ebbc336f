"""`hmi server`: the plant server itself, asked from any computer: its tables, rows of blocks, what goes to stations."""

from __future__ import annotations

import argparse
import os
import re
from collections.abc import Callable
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, Final

import psycopg
from psycopg.conninfo import conninfo_to_dict

from hmi.clock import MachineClock
from hmi.commands.ask import no, put_json, say
from hmi.commands.places import moment
from hmi.commands.progress import ProgressLine
from hmi.core.errors import HmiError
from hmi.core.history import Samples
from hmi.core.orders import read_orders
from hmi.core.plant.tag_patterns import fits
from hmi.plantfiles.bundle_pack import ENDING, opened
from hmi.store import codec
from hmi.store.unpacked import decoded
from hmi.uplink.down import Offer, Publishing
from hmi.uplink.expand import Expanding
from hmi.uplink.faults import said
from hmi.uplink.schema import WrongSchema, migrate

_SIGNATURE: Final = ".minisig"


def server(options: argparse.Namespace) -> int:
    """Do what was asked of the plant server; 1 if the answer is no."""
    actions: dict[str, Callable[[argparse.Namespace], int]] = {
        "init": init,
        "expand": expand,
        "publish": publish,
        "published": published,
        "withdraw": withdraw,
    }
    _refuse_spoken_password(getattr(options, "url", ""))
    return actions[options.action](options)


def _refuse_spoken_password(url: str) -> None:
    """Everybody at a computer can read the command lines of its programs, and shells keep them."""
    try:
        is_spoken = "password" in conninfo_to_dict(url)
    except psycopg.Error:  # no address at all, and perhaps only for a slip in it
        is_spoken = re.search(r"\w+://[^/@]*:[^/@]*@|password", url, re.IGNORECASE) is not None
    if is_spoken:
        what = "A password on a command line can be read by everybody at this computer: nothing was done"
        raise HmiError(f"{what}. Change it, and give it in HMI_PASSWORD_SERVER, or in a file for libpq (~/.pgpass)")


def init(options: argparse.Namespace) -> int:
    """Run by whoever owns the database, once, and again after an update; 1 if nothing was changed."""
    try:
        with psycopg.connect(options.url, autocommit=True, connect_timeout=10, password=_password() or None) as db:
            before, after = migrate(db)
    except WrongSchema as error:
        return no(str(error))
    except psycopg.OperationalError as error:
        return no(f"the plant server was not changed: {said(error)}")
    except (psycopg.Error, UnicodeError, ValueError) as error:
        return no(f"the plant server was not changed: {said(error)}. URL is postgresql://OWNER@HOST/DATABASE")
    if options.json:
        return put_json({"before": before, "after": after})
    say("The tables were up to date." if before == after else f"The tables are ready (step {before} to {after}).")
    say("Now make a user for each station: CREATE ROLE desk1 LOGIN PASSWORD '…' IN ROLE hmi_station;")
    say("one for reports: CREATE ROLE reports LOGIN PASSWORD '…' IN ROLE hmi_reader;")
    say("and one for whoever publishes to stations: CREATE ROLE office LOGIN PASSWORD '…' IN ROLE hmi_publisher;")
    return 0


def expand(options: argparse.Namespace) -> int:
    """Make rows of blocks; what are rows already is left alone, so it may be stopped and run again."""
    now_ns = MachineClock().now_ns()
    from_ns = moment(options.start, now_ns) if options.start else -(2**63)
    to_ns = moment(options.stop, now_ns)
    with closing(Expanding(options.url, _password())) as there:
        known = there.tags()
        wanted = [one.number for one in known if fits(one.name, options.tags) and options.station in ("", one.station)]
        if not wanted:
            return no(f"the plant server has no tag {' '.join(options.tags)}: there are {len(known)} tags of stations")
        blocks = rows = 0
        with ProgressLine() as progress:
            for done, made in there.expand(wanted, from_ns, to_ns, _decoded):
                blocks, rows = blocks + done, rows + made
                progress.tell(f"{blocks} blocks, {rows} rows", 0, 0)
    if options.json:
        return put_json({"tags": len(wanted), "blocks": blocks, "rows": rows})
    say(f"{rows} rows of {blocks} blocks of {len(wanted)} tags were made: they are in hmi.history.")
    return 0


def _decoded(data: bytes | None, stamps: bytes, n: int, first: float | None) -> Samples:
    return decoded(data, codec.decode_times(stamps, n), first)


def publish(options: argparse.Namespace) -> int:
    """Put files there, all or none; they are looked into before."""
    offers = [_offer(path, options) for path in options.files]
    with closing(Publishing(options.url, _password())) as there:
        numbers = there.publish(offers)
    if options.json:
        return put_json({"published": numbers})
    for number, offer in zip(numbers, offers, strict=True):
        version = f" version {offer.version}" if offer.version else ""
        say(f"{number}: {offer.name}, {offer.kind} of {offer.plant}{version}")
        if offer.kind == "orders" and not offer.signature:
            say(f"   it is not signed ({offer.name}{_SIGNATURE}): stations that trust keys will refuse it")
    return 0


def _offer(path: Path, options: argparse.Namespace) -> Offer:
    try:
        data = path.read_bytes()
        beside = path.with_name(path.name + _SIGNATURE)
        signature = beside.read_text("utf-8") if beside.exists() else ""
    except (OSError, UnicodeDecodeError) as error:
        raise HmiError(f"{path} cannot be read ({error}): nothing was published") from None
    if path.name.endswith(ENDING):
        plant = opened(path, None).bundle.plant
        return Offer("plant", plant.id, options.station, path.name, str(plant.version), options.why, data, signature)
    try:
        meant, _ = read_orders(data.decode("utf-8"))
    except ValueError as error:
        what = f"it is neither a plant pack (NAME{ENDING}, by hmi plant pack) nor orders: {error}"
        raise HmiError(f"{path}: {what}. Nothing was published") from None
    if options.plant and options.plant != meant:
        raise HmiError(f"{path} holds orders for the plant {meant!r}, not {options.plant!r}: nothing was published")
    return Offer("orders", meant, options.station, path.name, "", options.why, data, signature)


def published(options: argparse.Namespace) -> int:
    """List what was published, and what each station says of it."""
    with closing(Publishing(options.url, _password())) as there:
        rows = there.listed()
    if options.json:
        return put_json({"published": [{name: _plain(value) for name, value in row.items()} for row in rows]})
    for row in rows:
        station = f"{row['station']}: {row['state']}. {row['said']}" if row["station"] else "no station has it yet"
        back = ", withdrawn" if row["withdrawn"] else ""
        say(f"{row['id']:4} {row['published']:%Y-%m-%d %H:%M} {row['by']}: {row['name']}{back}; {station}")
    return 0


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def withdraw(options: argparse.Namespace) -> int:
    """Take something back that no station has to take any more."""
    with closing(Publishing(options.url, _password())) as there:
        there.withdraw(options.id)
    if options.json:
        return put_json({"withdrawn": options.id})
    say(f"{options.id} is withdrawn: stations that have not agreed to it will not. See hmi server published")
    return 0


def _password() -> str:
    """From the environment; else as libpq finds it."""
    return os.environ.get("HMI_PASSWORD_SERVER", "")
