"""The programs of a version, run as the user whose the records are: to back up, to try, to start an engine."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from hmi.core.errors import HmiError
from hmi.update.ownership import as_owner, owner
from hmi.update.versions import PROGRAM

_TOLD: Final = 300  # characters of what a program said last


def run(version: Path, arguments: Sequence[str], data: Path, what: str, seconds: float | None = None) -> None:
    """Run a version's program to its end; raises HmiError with its last line when it says no."""
    command = [os.fspath(version / PROGRAM), *arguments]
    try:
        done = subprocess.run(
            command,
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            timeout=seconds,
            cwd="/",
            env=_environment(data),
            **owner(data),
        )
    except subprocess.TimeoutExpired:
        raise HmiError(f"{what} did not end within {seconds:.0f} s") from None
    except OSError as error:
        raise HmiError(f"{what} could not be started ({error.strerror}: {version / PROGRAM})") from None
    if done.returncode != 0:
        raise HmiError(f"{what}: {last_line(done.stdout) or f'it ended with {done.returncode} and said nothing'}")


def start(version: Path, plant: Path, data: Path, log: Path) -> subprocess.Popen[bytes]:
    """Start a version's engine on a plant and data folder; it goes on when we end."""
    command = [os.fspath(version / PROGRAM), "engine", os.fspath(plant), "--data", os.fspath(data)]
    try:
        with as_owner(data):
            file = log.open("ab")
        with file:
            return subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=file,
                stderr=file,
                start_new_session=True,
                cwd="/",
                env=_environment(data),
                **owner(data),
            )
    except OSError as error:
        raise HmiError(f"the engine could not be started ({error.strerror}: {error.filename})") from None


def command(words: Sequence[str], what: str) -> None:
    """Run a command of the station's settings; raises HmiError with its last line when it fails."""
    try:
        done = subprocess.run(
            list(words), check=False, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
        )
    except OSError as error:
        raise HmiError(f"{what} ({' '.join(words)}): {error.strerror}") from None
    if done.returncode != 0:
        said = last_line(done.stdout) or f"it ended with {done.returncode}"
        raise HmiError(f"{what} ({' '.join(words)}): {said}")


def last_line(said: bytes) -> str:
    """What a program said last; of a self-test the last of the checks that failed."""
    lines = said.decode("utf-8", "replace").strip().splitlines()
    failed = [line for line in lines if line.startswith("FAIL")]
    return (failed or lines)[-1][-_TOLD:].removeprefix("hmi: ") if lines else ""


def _environment(data: Path) -> dict[str, str]:
    """Ours, without what says where things are: a version is told by its arguments."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("HMI_", "_PYI", "PYINSTALLER"))}
    return kept | ({"HOME": os.fspath(data)} if owner(data) else {})
