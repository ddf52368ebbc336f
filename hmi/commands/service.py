"""`hmi engine` and `hmi sim`: the two long-running programs without a window."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import faulthandler
import gc
import logging
import os
import signal
import sys
from collections.abc import Coroutine, Iterator
from typing import Any

from hmi.clock import MachineClock
from hmi.commands.places import addresses, host_port
from hmi.commands.signed import signed_plant
from hmi.commands.station import keep_plant
from hmi.core.errors import HmiError
from hmi.installed import must_be_whole
from hmi.plantfiles.folder import find_plant, load_folder, read_library
from hmi.plantfiles.standing import ENGINEERING, SIGNED


def engine(options: argparse.Namespace) -> int:
    """Run the engine of a plant until it is told to stop."""
    from hmi.engine.engine import Engine

    files = find_plant(options.plant)
    plant, data, judged = signed_plant(files, options)
    moved = addresses(options.address)
    if strangers := set(moved) - {connection.id for connection in plant.connections}:
        raise HmiError(f"The plant has no connection {strangers.pop()!r}: see plant.toml")
    log()
    if judged.mode != ENGINEERING and not options.engineering:
        must_be_whole(data / "verified.json", plant=judged.mode != SIGNED)
    with for_few():
        keep_plant(data, plant.id)
        made = Engine(
            plant,
            read_library(),
            data,
            MachineClock(),
            addresses=moved,
            listen=host_port(options.listen) if options.listen else None,
            files=files,
        )
        made.standing = judged
        return run_until_told(made.run(_started))


def _started(line: str) -> None:
    """What was made until now stays: looking through all of it for garbage held everything up for tens of ms."""
    gc.freeze()
    say(line)


@contextlib.contextmanager
def for_few() -> Iterator[None]:
    """What is recorded meanwhile is for this account and, where an installer gave the folder to one, its group."""
    before = os.umask(0o027)
    try:
        yield
    finally:
        os.umask(before)


def sim(options: argparse.Namespace) -> int:
    """Serve a plant's simulated controllers until told to stop."""
    from hmi.sim.faults import FAULTS
    from hmi.sim.serve import port_addresses, serve

    if "list" in options.fault:
        print("\n".join(f"{fault.name:18} {fault.text}" for fault in FAULTS.values()))
        return 0
    plant = load_folder(find_plant(options.plant))
    log()
    ports = {} if options.port_base is None else port_addresses(plant, options.port_base)
    return run_until_told(serve(plant, ports, options.fault, MachineClock(), say))


def say(line: str) -> None:
    """One line for whoever started us, at once."""
    print(line, flush=True)


def log() -> None:
    """Log to stderr, one line an event; a crash of the interpreter leaves its stack there, too."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s", stream=sys.stderr)
    logging.getLogger("asyncua").setLevel(logging.CRITICAL)  # our drivers say what matters, once
    logging.getLogger("pymodbus").setLevel(logging.CRITICAL)
    faulthandler.enable()


def run_until_told(work: Coroutine[Any, Any, None]) -> int:
    """Run until SIGTERM or Ctrl-C, then let it end in order."""

    async def run() -> None:
        loop = asyncio.get_running_loop()
        task = loop.create_task(work)
        for number in (signal.SIGTERM, signal.SIGINT):
            try:
                loop.add_signal_handler(number, task.cancel)
            except NotImplementedError:  # Windows: Ctrl-C arrives as KeyboardInterrupt
                signal.signal(number, lambda *_: loop.call_soon_threadsafe(task.cancel))
        with contextlib.suppress(asyncio.CancelledError):
            await task

    try:
        asyncio.run(run())
    except ExceptionGroup as group:
        known = group.subgroup(HmiError)
        if known is None:
            raise
        raise _first(known) from None
    return 0


def _first(group: BaseExceptionGroup[Any]) -> BaseException:
    inner = group.exceptions[0]
    return _first(inner) if isinstance(inner, BaseExceptionGroup) else inner
