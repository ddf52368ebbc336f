"""The first files of a plant: a folder that runs at once, and the tags that a device was found to offer."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Final, NamedTuple

from hmi.core.errors import HmiError
from hmi.core.plant.tag_rows import COLUMNS
from hmi.core.spreadsheet import safe

_PLANT: Final = """\
# What this plant is, and whom it talks to. `hmi check {folder}` lists every mistake in these files.
[plant]
id = {id}
name = {name}
timezone = {timezone}

[history]
keep_days = 400
max_gb = 20
"""
_CONNECTION: Final = """
[[connection]]
id = {id}
driver = "opcua"
address = {address}
security = {security}
"""
_ALARMS: Final = """\
# One [[alarm]] each. Take an alarm only for what an operator must do something about, and say what:
#
# [[alarm]]
# id = "tank.level.high"
# tag = "tank.level"
# type = "level_h"
# limit = 92.0
# on_delay_s = 2
# consequence = "minor"      # with respond_min it gives the priority
# respond_min = 10
# cause = "The inlet valve stuck open"
# effect = "Overflow to drain"
# action = "Close the hand valve, stop the pump"
"""
_SCREEN: Final = """\
[screen]
id = {id}
title = {title}
level = {level}
size = [1600, 960]
"""
_ELEMENT: Final = """
[[element]]
symbol = "{symbol}"
at = [{x}, {y}]
size = [{width}, 34]
label = {label}
{bound}
"""
_HELLO: Final = """
[[element]]
symbol = "text"
at = [60, 60]
size = [1200, 40]
text = "This screen is screens/overview.toml: change it while the window is open."
"""
ROWS: Final = 22  # of a screen of values
_COLUMNS: Final = 3
_SYMBOLS: Final = {"bool": "lamp", "string": "textrow"}  # else: row


class FoundTag(NamedTuple):
    """A tag that was made of what a device offers: the columns of tags.csv that are known."""

    tag: str
    address: str
    type: str
    unit: str
    low: float | None
    high: float | None
    access: str
    description: str


def begin(folder: Path, name: str, timezone: str) -> None:
    """Write the files of a new plant; raises HmiError where something is in the way."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise HmiError(f"{folder} is not empty: nothing was written. Name a new folder")
    words = {"folder": folder.name, "id": quoted(word(name or folder.name, "plant")), "timezone": quoted(timezone)}
    title = name or folder.name
    files = {
        "plant.toml": _PLANT.format(name=quoted(title), **words),
        "tags.csv": ",".join(COLUMNS) + "\n",
        "alarms.toml": _ALARMS,
        "screens/overview.toml": _SCREEN.format(id='"overview"', title=quoted(title), level=1) + _HELLO,
    }
    for path, text in files.items():
        _new(folder / path, text)


def add_connection(folder: Path, connection: str, address: str, security: str) -> None:
    """Add a connection to plant.toml; raises HmiError when it cannot be written."""
    path = folder / "plant.toml"
    try:
        text = path.read_text("utf-8")
        text += "" if text.endswith("\n") else "\n"
        draft = path.with_name(".plant.toml.new")
        words = {"id": quoted(connection), "address": quoted(address), "security": quoted(security)}
        draft.write_text(text + _CONNECTION.format(**words), "utf-8")
        draft.replace(path)
    except (OSError, UnicodeError) as error:
        raise HmiError(f"{path} cannot be changed ({error}): nothing was added") from error


def add_tags(folder: Path, connection: str, tags: Sequence[FoundTag]) -> Path:
    """Write a tag file of its own for a connection; raises HmiError where one is already there."""
    out = io.StringIO()
    rows = csv.writer(out, lineterminator="\n")
    rows.writerow(COLUMNS)
    for tag in tags:
        low, high = (repr(end) if end is not None else "" for end in (tag.low, tag.high))
        known = {**tag._asdict(), "connection": connection, "low": low, "high": high, "history": "change"}
        known |= {"unit": safe(tag.unit), "description": safe(tag.description)}  # people open it in a spreadsheet
        rows.writerow([known.get(column, "") for column in COLUMNS])
    path = folder / "tags" / f"{connection}.csv"
    _new(path, out.getvalue())
    return path


def add_screen(folder: Path, screen: str, tags: Sequence[FoundTag]) -> Path:
    """Write a screen that shows the first of these tags in rows; raises HmiError where one is already there."""
    text = _SCREEN.format(id=quoted(screen), title=quoted(screen.replace("_", " ").capitalize()), level=2)
    text += 'parent = "overview"\n' if (folder / "screens" / "overview.toml").exists() else ""
    width = 1480 // _COLUMNS
    for place, tag in enumerate(tags[: ROWS * _COLUMNS]):
        column, row = divmod(place, ROWS)
        text += _ELEMENT.format(
            symbol=_SYMBOLS.get(tag.type, "row"),
            x=40 + column * (width + 20),
            y=40 + row * 40,
            width=width,
            label=quoted(" ".join(tag.tag.split(".")[-2:]).replace("_", " ").capitalize()),
            bound=f'bind = {{ state = "{tag.tag}" }}' if tag.type == "bool" else f'tag = "{tag.tag}"',
        )
    path = folder / "screens" / f"{screen}.toml"
    _new(path, text)
    return path


def tag_name(path: Sequence[str], prefix: str, taken: Collection[str]) -> str:
    """A tag's name out of the names on the way to its value: Filler/Tank/LevelSP as filler.tank.level_sp."""
    parts = [part for part in (_part(one) for name in path for one in name.split(".")) if part]
    kept = [part for place, part in enumerate(parts) if not place or part != parts[place - 1]]  # Tank/Tank.Level
    whole = ".".join([prefix, *(kept or ["value"])])[:200].rstrip("._")
    name, number = whole, 2
    while name in taken:
        name, number = f"{whole}_{number}", number + 1
    return name


def word(text: str, otherwise: str) -> str:
    """An id out of a name."""
    return _part(text)[:60] or otherwise


def quoted(text: str) -> str:
    """A text as TOML has it."""
    signs = {'"': '\\"', "\\": "\\\\"}
    return '"' + "".join(signs.get(s, s if s.isprintable() else " ") for s in text) + '"'


def _part(name: str) -> str:
    broken = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    found = re.sub(r"[^a-z0-9]+", "_", broken.lower()).strip("_")
    return f"n{found}" if found[:1].isdigit() else found


def _new(path: Path, text: str) -> None:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise HmiError(
            f"{path} is there already: it was left as it is. Move it away, or choose another name"
        ) from error
    except OSError as error:
        raise HmiError(f"{path} cannot be written ({error.strerror}): choose another folder") from error
