"""`hmi demo`: simulator and engine of the demo plant in processes of their own, and the window on them."""

from __future__ import annotations

import argparse
import shutil
import tempfile
from contextlib import ExitStack
from pathlib import Path

from hmi.clock import MachineClock
from hmi.commands.children import Child, free_ports, hmi_command
from hmi.commands.keep import LOG, Keeper
from hmi.commands.places import size
from hmi.plantfiles.folder import find_plant, load_folder
from hmi.sim.serve import port_addresses

_PLANT = "bottling"
_START_S = 60.0


def demo(options: argparse.Namespace) -> int:
    """Start everything, show it, and leave nothing running behind."""
    folder = find_plant(_PLANT)
    plant = load_folder(folder)
    base = free_ports(len(plant.connections))
    with ExitStack() as after:
        data = _data(options, after)
        faults = [word for fault in options.fault for word in ("--fault", fault)]
        sim = Child("simulator", hmi_command("sim", str(folder), "--port-base", str(base), *faults), data / "sim.log")
        after.callback(sim.stop)
        sim.ready(_START_S)
        moved = [word for name, url in port_addresses(plant, base).items() for word in ("--address", f"{name}={url}")]
        command = hmi_command("engine", str(folder), "--data", str(data), "--engineering", *moved)
        engine = Keeper(command, data / LOG, MachineClock())
        after.callback(engine.stop)
        print(f"engine {engine.start()} (data in {data})", flush=True)
        return _window(options, data, engine)


def _window(options: argparse.Namespace, data: Path, engine: Keeper) -> int:
    from hmi.client.app import RunOptions, run

    return run(
        RunOptions(
            data=data,
            keeper=engine,
            seconds=options.seconds,
            shots=options.shots,
            theme=options.theme,
            language=options.language,
            touch=options.touch,
            warm_up_s=options.warm_up,
            size=size(options.size) if options.size else None,
        )
    )


def _data(options: argparse.Namespace, after: ExitStack) -> Path:
    """The data folder asked for, or one that is forgotten afterwards."""
    if options.data:
        return Path(options.data)
    made = Path(tempfile.mkdtemp(prefix="hmi-demo-"))
    after.callback(shutil.rmtree, made, ignore_errors=True)
    return made
