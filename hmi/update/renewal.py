"""One update of one station: tried on a copy of its records, agreed to, put into use, proven, or taken back."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from hmi.clock import Clock
from hmi.core.errors import HmiError
from hmi.installed import manifest
from hmi.plantfiles.site import Site
from hmi.update import programs, running
from hmi.update.ownership import owner
from hmi.update.running import State
from hmi.update.steps import Steps
from hmi.update.versions import Installation, remove

HEALTHY_S: Final = 60.0  # within which a new engine must be as well as the one before
STEADY_S: Final = 10.0  # for which it must have been well
_SELF_TEST_S: Final = 1800.0
_KEPT: Final = 2  # backups of the time before updates
_LOG: Final = "update-engine.log"


@dataclass(frozen=True, slots=True)
class Station:
    """What an update works on."""

    installation: Installation
    data: Path
    backups: Path
    site: Site
    clock: Clock
    steps: Steps
    pause: Callable[[float], None]


def try_on_copy(station: Station, folder: Path) -> None:
    """Let a new version prove itself on a copy of the station's records; raises HmiError, and nothing has changed."""
    made = manifest(folder)
    assert made is not None
    programs.run(folder, ["check", os.fspath(folder / "plant")], station.data, f"{made.version} refuses its plant", 300)
    arguments = ["selftest"]
    copy = station.backups / ".copy"
    remove(copy)
    try:
        if has_records(station):
            archive = back_up(station, folder.name)
            refused = f"{made.version} cannot read the records"
            programs.run(folder, ["restore", os.fspath(archive), "--data", os.fspath(copy)], station.data, refused)
            arguments += ["--data", os.fspath(copy)]
        programs.run(folder, arguments, station.data, f"the self-test of {made.version} failed", _SELF_TEST_S)
    finally:
        remove(copy)
    station.steps.tell("update tried on a copy", f"{made.version} passes its self-test beside the engine that runs")


def has_records(station: Station) -> bool:
    """Whether there is anything to be kept."""
    return (station.data / "journal.db").exists()


def back_up(station: Station, new: str) -> Path:
    """A backup of the records by the version in use, which knows them; raises HmiError where there is no room."""
    folder = station.backups
    size = sum(path.stat().st_size for path in station.data.rglob("*") if path.is_file())
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if own := owner(station.data):
            os.chown(folder, own["user"], own["group"], follow_symlinks=False)
        if shutil.disk_usage(folder).free < 2.2 * size:  # the backup, and its copy that the new version is tried on
            raise HmiError(
                f"{folder} has no room for twice the records ({2.2 * size / 1e6:.0f} MB): nothing was changed"
            )
        archive = folder / f"before-{new}.zip"
        if archive.exists():
            archive.replace(folder / f"{archive.name}.old")
        words = ["backup", os.fspath(archive), "--data", os.fspath(station.data), "--secrets"]
        programs.run(station.installation.current, words, station.data, "no backup could be made")
        kept = sorted(folder.glob("before-*.zip*"), key=lambda path: path.stat().st_mtime_ns, reverse=True)
        for path in kept[_KEPT:]:
            path.unlink()
    except OSError as error:
        raise HmiError(f"no backup could be made: {error.filename or folder}: {error.strerror}") from None
    station.steps.tell("update backed up", f"the records are in {archive}")
    return archive


def put_into_use(station: Station, folder: Path) -> bool:
    """Try a version on the real records, then switch to it; False when it was not well and the one before runs again.

    The links are switched between two starts, once the new engine has been well: they never lead to a version that
    has not run here. Raises HmiError when not even the one before could be started.
    """
    steps, before = station.steps, running.state(station.data, station.clock)
    steps.begin(folder.name, before is not None)
    why = ""
    try:
        _stop(station)
        why = _trial(station, folder, before)
        if not why:
            old, older = station.installation.current, station.installation.previous
            station.installation.use(folder)
            steps.tell("update in use", f"{folder.name} in place of {old.name}")
            why = _started(station, before)
            if why:
                _stop(station)
                station.installation.take_back(old, older)
    except HmiError as error:
        why = str(error)
    if why:
        steps.tell("update rolled back", f"{folder.name} was not put into use: {why}")
        now = running.state(station.data, station.clock)
        never_stopped = before is not None and now is not None and now.pid == before.pid
        if not never_stopped and (again := _started(station, before)):
            raise HmiError(f"{why}; and {station.installation.current.name} does not come back: {again}")
    steps.end()
    return not why


def recover(station: Station) -> None:
    """Bring back the engine that an update which was cut short had stopped."""
    station.installation.clear()
    station.installation.forget()
    cut = station.steps.cut_short()
    if cut is None:
        return
    name = station.installation.current.name
    station.steps.tell("update cut short", f"the update to {cut.to} did not come to its end; {name} is in use")
    if cut.was_running and running.state(station.data, station.clock) is None:
        _start(station)
    station.steps.end()


def _stop(station: Station) -> None:
    if station.site.stop:
        programs.command(station.site.stop, "the engine could not be stopped")
    running.stop(station.data, station.clock, station.pause)


def _trial(station: Station, folder: Path, before: State | None) -> str:
    """Run a version's engine on the real records, by itself; "" it was well, else what was wrong."""
    log = station.installation.root / _LOG
    log.unlink(missing_ok=True)
    engine = programs.start(folder, folder / "plant", station.data, log)
    try:
        why = settled(station, folder, before, engine, log)
    finally:
        ended = _ended(engine)
    if not why and not ended:
        why = f"its engine does not end within {running.STOP_S:.0f} s"
    if not why:
        station.steps.tell("update tried", f"the engine of {folder.name} was well on the station's own records")
    return why


def _ended(engine: subprocess.Popen[bytes]) -> bool:
    engine.terminate()
    try:
        engine.wait(running.STOP_S)
    except subprocess.TimeoutExpired:
        engine.kill()
        engine.wait()
        return False
    return True


def _started(station: Station, before: State | None) -> str:
    """Start what is in use as it always is, where an engine ran; "" it is well."""
    if before is None and not station.site.start:
        return ""
    try:
        engine = _start(station)
    except HmiError as error:
        return str(error)
    return settled(station, station.installation.current, before, engine, station.data / "engine.log")


def _start(station: Station) -> subprocess.Popen[bytes] | None:
    if station.site.start:
        programs.command(station.site.start, "the engine could not be started")
        return None
    current = station.installation.root / "current"  # by the link: so a plant pack changes what it runs
    return programs.start(current, current / "plant", station.data, station.data / "engine.log")


def settled(
    station: Station, folder: Path, before: State | None, engine: subprocess.Popen[bytes] | None, log: Path
) -> str:
    """Wait until a version's engine has been well for a while; "" it was, else what was wrong after a minute."""
    clock = station.clock
    until = clock.monotonic() + HEALTHY_S
    well_since, pid, why = None, 0, "it did not start"
    while clock.monotonic() < until:
        if engine is not None and engine.poll() is not None:
            return f"its engine ended with {engine.returncode}: {_last_of(log)}"
        now = running.state(station.data, clock)
        why = _unwell(now, folder, before)
        if why or now is None or now.pid != pid:
            well_since, pid = None, now.pid if now else 0
        if not why:
            well_since = well_since if well_since is not None else clock.monotonic()
            if clock.monotonic() - well_since >= STEADY_S:
                return ""
        station.pause(0.2)
    return f"its engine was not well within {HEALTHY_S:.0f} s: {why}"


def _unwell(now: State | None, folder: Path, before: State | None) -> str:
    if now is None:
        return "it does not answer"
    made = manifest(folder)
    if made is not None and (now.version != made.program or now.plant != made.plant.id):
        return f"another engine answers ({now.plant} {now.version})"
    if now.fault:
        return now.fault
    lost = sorted(before.live - now.live) if before is not None else []
    return f"no values come on {', '.join(lost)}, where they came before" if lost else ""


def _last_of(log: Path) -> str:
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - 4000))
            return programs.last_line(file.read()) or "it said nothing"
    except OSError:
        return "it left no log"
