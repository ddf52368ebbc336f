"""Where things are: the data folder, the plant folder, addresses and times as people type them."""

from __future__ import annotations

import argparse
import getpass
import os
import re
import socket
import sys
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from hmi import installed
from hmi.core.errors import HmiError

_UNITS_S = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def data_folder(options: argparse.Namespace, plant_id: str = "") -> Path:
    """The engine's data folder: --data, else HMI_DATA, else the installation's, else the platform's usual place."""
    if (named := named_folder(options)) is not None:
        return named
    if (own := _of_the_installation(plant_id)) is not None:
        return own
    import platformdirs

    usual = Path(platformdirs.user_data_dir("hmi", appauthor=False))
    return usual / plant_id if plant_id else _running(usual)


def recorded_folder(options: argparse.Namespace) -> Path:
    """The data folder of an engine that has run; raises HmiError: of a wrong one "nothing" would be said."""
    from hmi.store.folder import JOURNAL  # most verbs ask a running engine instead

    folder = data_folder(options)
    if not (folder / JOURNAL).exists():
        raise HmiError(f"there is no journal in {folder}: name the engine's data folder with --data")
    return folder


def named_folder(options: argparse.Namespace) -> Path | None:
    """The data folder that --data or HMI_DATA names."""
    named = options.data or os.environ.get("HMI_DATA")
    return Path(named) if named else None


def _of_the_installation(plant_id: str) -> Path | None:
    """Where the installed plant keeps its data; another plant that this program is shown has its own place."""
    place, came = installed.place(), installed.manifest()
    return Path(place.data) if place and came and plant_id in ("", came.plant.id) else None


def _running(usual: Path) -> Path:
    """The one data folder in the usual place whose engine runs, or has run."""
    found = sorted(link.parent for link in usual.glob("*/link.json")) or sorted(usual.glob("*/"))
    if len(found) > 1:
        names = ", ".join(folder.name for folder in found)
        raise HmiError(f"There is more than one data folder in {usual} ({names}): say which with --data")
    return found[0] if found else usual


def who(data: Path | None = None) -> tuple[str, str]:
    """(user, station) of whoever types: the station by its own name, where the engine of a data folder knows its plant.

    The journal, and whether a station is locked, go by that name; a window says the same one.
    """
    try:
        user = getpass.getuser()
    except (OSError, KeyError):  # a user id without a name, as in some containers
        user = f"user {os.getuid()}" if hasattr(os, "getuid") else "somebody"
    named = ""
    if data is not None:
        from hmi.commands.station import name_at  # verbs without a data folder need no station's settings

        named = name_at(data)
    return user, named or socket.gethostname()


def addresses(options: list[str]) -> dict[str, str]:
    """CONNECTION=URL as a mapping."""
    pairs = [option.partition("=") for option in options]
    wrong = [option for option, (_, mark, url) in zip(options, pairs, strict=True) if not mark or not url]
    if wrong:
        raise HmiError(f"--address takes CONNECTION=URL, not {wrong[0]!r}")
    return {name: url for name, _, url in pairs}


def host_port(text: str) -> tuple[str, int]:
    """HOST:PORT as a pair."""
    host, _, port = text.rpartition(":")
    if not host or not port.isdigit() or not 0 <= int(port) < 65536:
        raise HmiError(f"{text!r} is not HOST:PORT, such as 127.0.0.1:4850")
    return host, int(port)


def size(text: str) -> tuple[int, int]:
    """1920x1080 as a pair."""
    if not (found := re.fullmatch(r"(\d{2,5})x(\d{2,5})", text)):
        raise HmiError(f"{text!r} is not a size such as 1920x1080")
    return int(found[1]), int(found[2])


def moment(text: str | None, now_ns: int, zone: tzinfo = UTC) -> int:
    """A time as people type it, in ns UTC: ISO 8601 (of `zone` unless it says), or -10m back from now, or now."""
    if not text or text == "now":
        return now_ns
    if found := re.fullmatch(r"-(\d+(?:\.\d+)?)([smhd])", text):
        return now_ns - round(float(found[1]) * _UNITS_S[found[2]] * 1e9)
    try:
        when = datetime.fromisoformat(text)
    except ValueError:
        raise HmiError(f"{text!r} is not a time: write 2026-11-22T10:00:00, or -10m for ten minutes back") from None
    return round(when.replace(tzinfo=when.tzinfo or zone).timestamp() * 1e6) * 1000


def zone_of(name: str) -> tzinfo:
    """A time zone by its name, such as Europe/Berlin."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise HmiError(f"there is no time zone {name!r}: write one such as Europe/Berlin or UTC") from None


def secret(prompt: str, hidden: bool = True) -> str:
    """Something typed that nobody is to see; a line of the input where there is no terminal."""
    if sys.stdin.isatty():
        return getpass.getpass(f"{prompt}: ") if hidden else input(f"{prompt}: ")
    line = sys.stdin.readline()
    if not line:
        raise HmiError(f"{prompt} is wanted and the input has ended: nothing was done")
    return line.rstrip("\r\n")
