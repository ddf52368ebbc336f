"""`hmi run` and `hmi screenshot`: the verbs that show something."""

from __future__ import annotations

import argparse
import os
import platform
import sys
from pathlib import Path

from hmi.clock import MachineClock
from hmi.commands.children import Child, hmi_command, running
from hmi.commands.places import data_folder, moment, size
from hmi.core.errors import HmiError, LinkError, StoreError
from hmi.core.nearest import nearest
from hmi.core.plant import Plant
from hmi.core.tags import TagTable
from hmi.plantfiles.folder import find_plant, id_of, load_folder


def run(options: argparse.Namespace) -> int:
    """Open the window; the plant's engine is started when none is running, and goes on after the window is closed."""
    from hmi.client.app import RunOptions
    from hmi.client.app import run as open_window
    from hmi.client.layout import usual_file

    if options.attach:
        token = os.environ.get("HMI_TOKEN", "")
        if not token:
            raise HmiError("--attach needs the other engine's token in HMI_TOKEN (its data folder's link.json has it)")
        folder = Path()
    else:
        token, folder = "", _folder(options)
    return open_window(
        RunOptions(
            data=folder,
            attach=options.attach,
            token=token,
            touch=options.touch,
            full_screen=options.full_screen,
            kiosk=options.kiosk,
            screen=options.screen,
            theme=options.theme,
            language=options.language,
            layout=usual_file(platform.node()),
        )
    )


def _folder(options: argparse.Namespace) -> Path:
    if not options.plant:
        return data_folder(options)
    named = find_plant(options.plant)
    folder = data_folder(options, id_of(named))
    if not running(folder):
        load_folder(named)  # its mistakes are told here, not in the engine's log
        command = hmi_command("engine", str(named), "--data", str(folder))
        Child("engine", command, folder / "engine.log").ready(60)
    return folder


def screenshot(options: argparse.Namespace) -> int:
    """Draw one screen into a PNG, with the values of now, of a moment in history, or none."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from hmi.client.screenshot import Look, shoot

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
