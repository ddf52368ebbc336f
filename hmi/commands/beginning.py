"""`hmi new` and `hmi discover`: from an empty folder to a plant that runs, without writing every line by hand."""

from __future__ import annotations

import argparse
import asyncio
import os
from pathlib import Path
from typing import TYPE_CHECKING, Final

from hmi.clock import MachineClock
from hmi.commands.ask import put_json, say
from hmi.core.errors import HmiError, PlantError
from hmi.core.plant.model import Connection
from hmi.plantfiles import beginning
from hmi.plantfiles.folder import check_folder

if TYPE_CHECKING:
    from hmi.drivers.opcua_browse import Offer

_ZONES: Final = "zoneinfo/"


def new(options: argparse.Namespace) -> int:
    """Write the first files of a plant."""
    folder = Path(options.folder)
    beginning.begin(folder, options.name, options.timezone or _zone())
    say(f"{folder} is a plant now. Next: hmi discover opc.tcp://HOST:4840 {folder}, then hmi run {folder}")
    return 0


def discover(options: argparse.Namespace) -> int:
    """Look at what an OPC UA server offers, and write it as tags of a plant; 1 when nothing was found."""
    folder = Path(options.folder)
    plant, mistakes = check_folder(folder)
    if plant is None:
        raise PlantError([mistake for mistake in mistakes if mistake.severity == "error"])
    known = next((one for one in plant.connections if one.address == options.url), None)
    name = options.connection or (known.id if known else _free([one.id for one in plant.connections]))
    connection = known or Connection(name, "opcua", _checked(options.url), security=options.security)
    if (folder / "tags" / f"{name}.csv").exists():
        raise HmiError(f"{folder / 'tags' / name}.csv is there already: move it away, or name another --connection")
    offer = asyncio.run(_asked(connection, options.under, options.most, options.data))
    tags = _tags(offer, options.prefix or beginning.word(name, "device"), {tag.name for tag in plant.tags})
    if tags:
        if known is None:
            beginning.add_connection(folder, name, options.url, options.security)
        files = [beginning.add_tags(folder, name, tags)]
        files += [beginning.add_screen(folder, options.screen, tags)] if options.screen else []
        _tell(tags, offer, files, options.json)
    else:
        say(f"{options.url} offers nothing that can be a tag{_why(offer)}: nothing was written")
    return 0 if tags else 1


async def _asked(connection: Connection, under: str, most: int, data: Path | None) -> Offer:
    from hmi.drivers.opcua_browse import browse
    from hmi.drivers.opcua_client import OpcUaSession
    from hmi.drivers.opcua_security import Protection

    session = OpcUaSession(connection.address, Protection(connection, data, MachineClock()))
    try:
        await session.open()
        return await browse(session, under, most)
    finally:
        await session.close()


def _tags(offer: Offer, prefix: str, taken: set[str]) -> list[beginning.FoundTag]:
    found = []
    for one in offer.variables:
        name = beginning.tag_name(one.path, prefix, taken)
        taken.add(name)
        text = one.description or "/".join(one.path)
        found.append(
            beginning.FoundTag(name, one.address, one.type, one.unit, one.low, one.high, one.access, text[:200])
        )
    return found


def _tell(tags: list[beginning.FoundTag], offer: Offer, files: list[Path], as_json: bool) -> None:
    if as_json:
        rows = [{"tag": tag.tag, "address": tag.address, "type": tag.type, "access": tag.access} for tag in tags]
        written = [str(path) for path in files]
        put_json({"tags": rows, "skipped": offer.skipped, "cut": offer.is_cut, "files": written})
        return
    say(f"{len(tags)} tags in {', '.join(map(str, files))}{_why(offer)}")
    if offer.is_cut:
        say("There is more than that: name a part of it with --under, or allow more with --most")
    say("Read them before you run them: take out what nobody needs, write ranges, units and deadbands.")


def _why(offer: Offer) -> str:
    parts = [f"{count} {why}" for why, count in offer.skipped.items()]
    return f" (left out: {'; '.join(parts)})" if parts else ""


def _checked(url: str) -> str:
    if url.startswith(("tcp://", "tls://", "rtu://")):
        raise HmiError(
            "a Modbus device cannot say what it holds: write its registers into tags.csv from the maker's table, and "
            "its address into plant.toml as [[connection]]"
        )
    from hmi.drivers.opcua_client import check_address

    check_address(url)
    return url


def _free(taken: list[str]) -> str:
    names = ["device", *(f"device{number}" for number in range(2, 1000))]
    return next(name for name in names if name not in taken)


def _zone() -> str:
    """The computer's time zone by name, where it has one."""
    if zone := os.environ.get("TZ", "").removeprefix(":"):
        return zone
    link = os.path.realpath("/etc/localtime")
    return link.rpartition(_ZONES)[2] if _ZONES in link else "UTC"
