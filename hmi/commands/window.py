"""`hmi run` and `hmi screenshot`: the verbs that show something.

What a window does not need is imported where it is: nobody waits for it before the first screen.
"""

from __future__ import annotations

import argparse
import gc
import os
import socket
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from hmi.clock import MachineClock
from hmi.commands.children import hmi_command
from hmi.commands.keep import LOG, Keeper
from hmi.commands.places import data_folder, moment, named_folder, size, who
from hmi.commands.station import station_of
from hmi.core.errors import HmiError, LinkError, StoreError
from hmi.installed import frozen, must_be_whole, place, plant_folder
from hmi.link.socket import Connection, connect
from hmi.plantfiles.folder import find_plant, id_of, load_folder
from hmi.plantfiles.station import StationSettings

if TYPE_CHECKING:
    from hmi.core.plant import Plant
    from hmi.core.tags import TagTable


def run(options: argparse.Namespace) -> int:
    """Open the window; the plant's engine is started when none is running, and goes on after the window is closed."""
    gc.disable()  # it would look a hundred times through what is being imported; the window turns it on again
    try:
        return _run(options)
    finally:
        gc.enable()


def _run(options: argparse.Namespace) -> int:
    from hmi.client.app import RunOptions
    from hmi.client.app import run as open_window
    from hmi.client.layout import usual_file

    if options.attach:
        token = os.environ.get("HMI_TOKEN", "")
        if not token:
            raise HmiError("--attach needs the other engine's token in HMI_TOKEN (its data folder's link.json has it)")
        folder, link, keeper = Path(), None, None
    else:
        token = ""
        folder, link, keeper = _engine(options)
    settings, site = _station(options)
    wanted = RunOptions(
        data=folder,
        attach=options.attach,
        token=token,
        pin=os.environ.get("HMI_PIN", ""),
        link=link,
        touch=options.touch,
        full_screen=options.full_screen,
        kiosk=options.kiosk,
        screen=options.screen,
        theme=options.theme,
        language=options.language,
        layout=usual_file(socket.gethostname()),
        keeper=keeper,
        settings=settings,
        site=site,
        setup=getattr(options, "setup", False),
    )
    try:
        return open_window(wanted)
    finally:
        if keeper is not None:
            keeper.release()  # the engine goes on


def _station(options: argparse.Namespace) -> tuple[StationSettings, Path | None]:
    """What this station says of itself, and where; nothing where the plant is not known here."""
    named = _named(options)
    return (StationSettings(), None) if named is None or options.attach else station_of(named)


def _named(options: argparse.Namespace) -> Path | None:
    return find_plant(options.plant) if options.plant else plant_folder()


def _engine(options: argparse.Namespace) -> tuple[Path, Connection | None, Keeper | None]:
    """The engine's data folder; the link to one that runs, which says its welcome while the window is being made; else
    who keeps the one that was started now."""
    named = _named(options)
    if named is None:
        return data_folder(options), None, None
    folder = named_folder(options) or data_folder(options, id_of(named))
    user, station = who(folder)
    station = station_of(named)[0].name or station
    if not options.engineering:
        must_be_whole(_memory(folder), plant=False)  # the plant comes from the engine, which judges it
    try:
        return folder, connect(folder, program="window", user=user, station=station, clock=MachineClock()), None
    except LinkError as away:
        _not_by_a_service(folder, away)
    from hmi.commands.signed import signed_plant

    signed_plant(named, options)  # what is wrong with it is told here, not in the engine's log
    by = ["--engineering"] if options.engineering else []
    command = hmi_command("engine", str(named), "--data", str(folder), *by)
    keeper = Keeper(command, folder / LOG, MachineClock())
    keeper.start()
    return folder, None, keeper


def _memory(folder: Path) -> Path | None:
    """Where this user's windows remember which of the program's files were right."""
    if not frozen():
        return None
    import platformdirs

    return Path(platformdirs.user_cache_dir("hmi", appauthor=False)) / f"verified-{folder.name}.json"


def _not_by_a_service(folder: Path, away: LinkError) -> None:
    """An engine that is a service of the system is started by the system, never by a window beside it."""
    own = place()
    if own and own.service and Path(own.data) == folder:
        raise HmiError(f"{away}; this station's is the service {own.service}: systemctl status {own.service}") from None


def screenshot(options: argparse.Namespace) -> int:
    """Draw one screen into a PNG, with the values of now, of a moment in history, or none."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from hmi.client.screenshot import Look, shoot
    from hmi.core.nearest import nearest
    from hmi.core.tags import TagTable

    plant = load_folder(find_plant(options.plant))
    if options.screen not in plant.screens:
        names = ", ".join(nearest(options.screen, plant.screens, 3) or plant.screens)
        raise HmiError(f"There is no screen {options.screen!r}: no picture was made. Did you mean: {names}?")
    table = TagTable(plant.tags)
    if options.at:
        _from_history(table, plant, data_folder(options, plant.id), options.at)
    else:
        _from_engine(table, options, plant)
    look = Look(size(options.size), options.theme, options.language, options.greyscale, options.frame, options.touch)
    shoot(plant, options.screen, options.out, look, table)
    print(options.out)
    return 0


def _from_history(table: TagTable, plant: Plant, folder: Path, at: str) -> None:
    from hmi.store.query import Reader

    when = moment(at, MachineClock().now_ns())
    try:
        table.apply(Reader(folder).at([tag.name for tag in plant.tags], when))
    except StoreError as error:
        raise HmiError(f"No values of {at}: {error}") from None


def _from_engine(table: TagTable, options: argparse.Namespace, plant: Plant) -> None:
    """Values of the running engine; without one the screen is drawn as it is: nothing known."""
    from hmi.commands.ask import snapshot

    options.data = data_folder(options, plant.id)
    try:
        table.apply(snapshot(options, plant))
    except LinkError as error:
        print(f"hmi: {error}; the picture shows the screen without values", file=sys.stderr)
