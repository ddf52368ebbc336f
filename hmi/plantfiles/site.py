"""site.toml: what holds at one station and not at the plant: its mode, its maintenance windows, how it is updated."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Final, Literal

from msgspec import Meta, Struct

from hmi.core import toml
from hmi.core.errors import Mistake, PlantError
from hmi.plantfiles.station import site_places

DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_TIME: Final = Meta(pattern=r"\A([01]\d|2[0-3]):[0-5]\d\Z", description="a time of day", examples=["02:00"])
_Day = Literal["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_Words = tuple[Annotated[str, Meta(min_length=1)], ...]


class _Site(Struct, frozen=True):
    mode: Literal["normal", "engineering"] = "normal"


class _Maintenance(Struct, frozen=True):
    from_: Annotated[str, _TIME]
    to: Annotated[str, _TIME]
    days: tuple[_Day, ...] = DAYS


class _Update(Struct, frozen=True):
    stop: Annotated[_Words, Meta(examples=[["systemctl", "stop", "hmi-bottling"]])] = ()
    start: Annotated[_Words, Meta(examples=[["systemctl", "start", "hmi-bottling"]])] = ()
    backups: str = ""


@dataclass(frozen=True, slots=True)
class Window:
    """When work on the station is allowed: on these days from one minute of the day to another."""

    days: frozenset[int] = frozenset()  # Monday is 0: the day on which it opens
    from_min: int = 0
    to_min: int = 0  # not after `from_min`: on the next day


@dataclass(frozen=True, slots=True)
class Site:
    """The settings of a station, as far as program and plant files are concerned."""

    engineering: bool = False
    maintenance: Window | None = None
    stop: tuple[str, ...] = ()  # command that stops the engine for good, and the one that starts it again
    start: tuple[str, ...] = ()
    backups: str = ""  # folder for what is kept of the time before an update


def site_file(plant: str, named: str = "") -> Path | None:
    """Where the settings of the station that runs a plant are; None where there are none.

    `named` is what the installation says; else HMI_SITE, /etc/hmi-PLANT/site.toml, ~/.config/hmi-PLANT/site.toml.
    """
    return next((path for path in site_places(plant, named) if path.is_file()), None)


def read_site(path: Path | None) -> Site:
    """The settings in a file, else the usual ones; raises PlantError with every mistake in it.

    Sections of others are theirs to judge.
    """
    if path is None:
        return Site()
    mistakes: list[Mistake] = []
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, ValueError) as error:
        what = f"the file cannot be read ({getattr(error, 'strerror', None) or error})"
        raise PlantError([Mistake(str(path), 0, what, "Mend that, or take the file away")]) from None
    table = toml.read(str(path), text, mistakes)
    made = _site(table, mistakes) if table is not None else Site()
    if mistakes:
        raise PlantError(mistakes)
    return made


def _site(table: toml.Table, mistakes: list[Mistake]) -> Site:
    head, window, update = (table.table(name) for name in ("site", "maintenance", "update"))
    mode = toml.fill(_Site, head, mistakes) if head else None
    made = toml.fill(_Update, update, mistakes) if update else None
    if made is not None and update is not None and bool(made.stop) != bool(made.start):
        what = "whoever stops the engine must be able to start it: `stop` and `start` belong together"
        mistakes.append(update.mistake("stop", what, "Give both, or neither"))
    return Site(
        engineering=mode is not None and mode.mode == "engineering",
        maintenance=_window(window, mistakes) if window else None,
        stop=made.stop if made else (),
        start=made.start if made else (),
        backups=made.backups if made else "",
    )


def _window(table: toml.Table, mistakes: list[Mistake]) -> Window | None:
    made = toml.fill(_Maintenance, table, mistakes)
    if made is None:
        return None
    return Window(frozenset(DAYS.index(day) for day in made.days), _minutes(made.from_), _minutes(made.to))


def _minutes(text: str) -> int:
    hours, _, minutes = text.partition(":")
    return int(hours) * 60 + int(minutes)
