"""[station] of site.toml: which of the plant's stations this is, its language and theme; read and written here."""

from __future__ import annotations

import contextlib
import json
import os
import re
import secrets
from pathlib import Path
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from hmi.core.errors import HmiError, Mistake, PlantError

SECTION: Final = "station"
NAME_LENGTH: Final = 64
_HEAD: Final = re.compile(r"\s*\[station\]\s*(#.*)?")


class StationSettings(Struct, frozen=True):
    """What a station says of itself; "" is what the computer or the plant says."""

    name: Annotated[str, Meta(pattern=r"\A[A-Za-z0-9][A-Za-z0-9 ._-]{0,63}\Z|\A\Z", examples=["filler-panel"])] = ""
    language: Literal["", "en", "de", "zh"] = ""
    theme: Literal["", "day", "night"] = ""


def site_places(plant: str, named: str = "") -> tuple[Path, ...]:
    """Where the settings of the station that runs a plant may be, the first that is there counts; asked at each start.

    `named` is what the installation says; else HMI_SITE, /etc/hmi-PLANT/site.toml, ~/.config/hmi-PLANT/site.toml.
    """
    if told := named or os.environ.get("HMI_SITE", ""):
        return (Path(told),)
    home = Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    return (Path("/etc") / f"hmi-{plant}" / "site.toml", home / f"hmi-{plant}" / "site.toml")


def station_file(plant: str, named: str = "") -> Path:
    """Where the station's settings are, or would be written: in what there is, else in this user's own folder."""
    places = site_places(plant, named)
    return next((path for path in places if path.is_file()), places[-1])


def read_station(path: Path) -> StationSettings:
    """The section; the usual settings where there is none. Raises PlantError with every mistake in it."""
    mistakes: list[Mistake] = []
    try:
        text = path.read_text("utf-8-sig")
    except FileNotFoundError:
        return StationSettings()
    except (OSError, ValueError) as error:
        what = f"the file cannot be read ({getattr(error, 'strerror', None) or error})"
        raise PlantError([Mistake(str(path), 0, what, "Mend that, or take the file away")]) from None
    from hmi.core import toml  # where there is no file, no window waits for what reads one

    table = toml.read(str(path), text, mistakes)
    section = table.table(SECTION) if table is not None else None
    made = toml.fill(StationSettings, section, mistakes) if section else None
    if mistakes:
        raise PlantError(mistakes)
    return made or StationSettings()


def write_station(path: Path, settings: StationSettings) -> None:
    """Put the section in the place of the one before; all else in the file stays as it was. Raises HmiError."""
    draft = path.with_name(f"{path.name}.{secrets.token_hex(4)}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        before = path.read_text("utf-8") if path.exists() else ""
        draft.write_text(_with(before, settings), "utf-8")
        draft.replace(path)
    except (OSError, ValueError) as error:
        with contextlib.suppress(OSError):
            draft.unlink(missing_ok=True)
        why = getattr(error, "strerror", None) or error
        raise HmiError(f"{path} cannot be written ({why}): the station's settings are as they were") from None


def _with(before: str, settings: StationSettings) -> str:
    """The text with these settings in its section; comments and what is not ours stay where they are."""
    keys = settings.__struct_fields__
    own = [f"{key} = {json.dumps(value)}" for key in keys if (value := getattr(settings, key))]
    ours, inside, lines = re.compile(rf"\s*({'|'.join(keys)})\s*="), False, list[str]()
    for line in before.splitlines():
        if line.lstrip().startswith("["):
            inside = _HEAD.fullmatch(line) is not None
        if not (inside and ours.match(line)):
            lines += [line, *own] if inside and _HEAD.fullmatch(line) else [line]
    if not any(_HEAD.fullmatch(line) for line in lines):
        lines += [*([""] if lines else []), f"[{SECTION}]", *own]
    return "\n".join([*lines, ""])
