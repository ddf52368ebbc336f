"""Who agrees that a prepared version is put into use, and when: a person, or the station's maintenance window.

Until then it is told in the data folder, from where the engine shows it to people (`hmi.plantfiles.staged`).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from hmi.core.errors import HmiError
from hmi.plantfiles import staged
from hmi.plantfiles.folder import load_folder
from hmi.plantfiles.staged import Ready
from hmi.update import maintenance, running
from hmi.update.ownership import as_owner
from hmi.update.renewal import Station

LOOK_S: Final = 5.0  # between two looks whether the maintenance window is open, or somebody has agreed


@dataclass(frozen=True, slots=True)
class Terms:
    """What whoever started the update has said of it."""

    who: str
    yes: bool  # agrees himself
    wait: bool  # until the maintenance window, or until somebody agrees in a window
    force: bool  # whatever is disturbed
    ask: Callable[[str], bool]  # a person at the terminal, about a version
    say: Callable[[str], None]


def agreed(station: Station, folder: Path, terms: Terms, tested_ns: int = 0) -> bool:
    """Return once somebody agrees and nothing is disturbed: whether it was waited for.

    Raises HmiError while nobody agrees and it is not to be waited for; then the version stays prepared.
    """
    window, zone = station.site.maintenance, ZoneInfo(load_folder(folder / "plant").timezone)
    hours = maintenance.told(window) if window else ""
    ready = Ready(folder.name, station.installation.current.name, tested_ns, hours)
    forget(station)
    told: Ready | None = None
    with ExitStack() as held:
        while True:
            is_open = window is not None and maintenance.is_open(window, station.clock.now_ns(), zone)
            disturbed = [] if terms.force else running.hindrances(station.data, station.clock)
            if not disturbed and (by := _by(station, terms, folder, is_open)):
                station.steps.tell("update agreed", by)
                forget(station)
                return told is not None
            now = msgspec.structs.replace(ready, held="; ".join(disturbed[:3]))
            if now != told:
                _lay_down(station, now)
            if told is None:
                _refuse(station, terms, now)
                if station.data.is_dir():
                    with _disk(station):
                        held.enter_context(staged.waited_for(station.data))
                terms.say(f"{folder.name} is prepared; it waits")
            told = now
            station.pause(LOOK_S)


def _by(station: Station, terms: Terms, folder: Path, is_open: bool) -> str:
    """Who or what lets it go ahead now, in words; "" nobody does."""
    if terms.yes:
        return f"agreed by {terms.who}"
    if is_open:
        return "in the maintenance window"
    with _disk(station):
        who = staged.agreed(station.data)
    if who is not None and who.to == folder.name:
        return f"agreed by {who.user} at {who.station}"
    return f"agreed by {terms.who}" if not terms.wait and terms.ask(folder.name) else ""


def _refuse(station: Station, terms: Terms, ready: Ready) -> None:
    """Raise HmiError where it is not to be waited for, or nobody could ever agree."""
    if ready.held and not terms.wait:
        raise HmiError(f"{ready.held}. Wait for that, or --force")
    can_come = terms.yes or ready.window or running.state(station.data, station.clock) is not None
    if not terms.wait or not can_come:
        when = f"the maintenance window is {ready.window}" if ready.window else "there is no maintenance window"
        raise HmiError(f"Nobody agreed and {when}: hmi update again with --yes or --wait")


def forget(station: Station) -> None:
    """Nothing is prepared any more."""
    with _disk(station):
        staged.clear(station.data)


@contextmanager
def _disk(station: Station) -> Iterator[None]:
    """As whoever the records belong to, who may take away what is written."""
    try:
        with as_owner(station.data):
            yield
    except OSError as error:
        raise HmiError(f"{error.filename or station.data}: {error.strerror}: the update ends here") from None


def _lay_down(station: Station, ready: Ready) -> None:
    if not station.data.is_dir():
        return  # no engine has run here, so none can tell
    with _disk(station):
        staged.keep(station.data, ready)
