"""Runs the checks, each in a process of its own: one that crashes or hangs is named, and the next one runs."""

from __future__ import annotations

import os
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Final

import msgspec

from hmi.clock import Clock
from hmi.installed import program
from hmi.selftest.checks import FAILED, Check, Result

PIDS: Final = "pids"  # file in the ground of a check: the processes that it started
_END_S: Final = 15.0  # to end in order, with all that it has started
_TAIL: Final = 300  # of what a crashed check said last


def each(
    checks: Sequence[tuple[str, Check]], data: Path | None, clock: Clock, begun: Callable[[Check], None]
) -> Iterator[Result]:
    """The result of each check of a group, as it comes; `begun` is told which runs now."""
    for group, check in checks:
        begun(check)
        yield alone(group, check, data, clock)


def alone(group: str, check: Check, data: Path | None, clock: Clock) -> Result:
    """Run one check in a process of its own; a crash and a hang are results, too."""
    start = clock.monotonic()
    with tempfile.TemporaryDirectory(prefix="hmi-selftest-", ignore_cleanup_errors=True) as folder:
        command = [*program(), "selftest", group, "--only", check.name, "--here", folder]
        command += [] if data is None else ["--data", str(data)]
        out, code, in_time = _ended(command, check.seconds)
        _end_left(Path(folder) / PIDS)
    took = round(clock.monotonic() - start, 3)
    if not in_time:
        text = f"it hung and was ended after {check.seconds:g} s: {check.claim} is not shown"
        return Result(group, check.name, FAILED, text, took)
    with suppress(ValueError, IndexError):
        return msgspec.structs.replace(msgspec.json.decode(out.splitlines()[-1], type=Result), seconds=took)
    return Result(group, check.name, FAILED, _crash(code, out), took)


def _ended(command: list[str], seconds: float) -> tuple[bytes, int, bool]:
    """What a process said, how it ended, and whether by itself."""
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, start_new_session=True
    ) as process:
        try:
            out, _ = process.communicate(timeout=seconds)
        except subprocess.TimeoutExpired:
            return _told_to_end(process), process.returncode, False
        return out, process.returncode, True


def _told_to_end(process: subprocess.Popen[bytes]) -> bytes:
    process.terminate()
    try:
        return process.communicate(timeout=_END_S)[0]
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()[0]


def _end_left(pids: Path) -> None:
    """End what a check has started and could not end, since it crashed itself."""
    with suppress(FileNotFoundError):
        for word in pids.read_text().split():
            with suppress(ProcessLookupError, PermissionError):
                os.kill(int(word), signal.SIGKILL if os.name == "posix" else signal.SIGTERM)


def _crash(code: int, out: bytes) -> str:
    how = f"signal {signal.Signals(-code).name}" if code < 0 else f"exit code {code}"
    said = " ".join(out.decode(errors="replace").split())[-_TAIL:]
    return f"its process crashed ({how}): the program cannot be relied on. It said last: {said or 'nothing'}"
