"""What is left for an engineer after a crash of the engine: one text file in the data folder, without secrets."""

from __future__ import annotations

import logging
import platform
import re
import traceback
from collections import deque
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import hmi

FOLDER: Final = "crashes"
MOST: Final = 20  # reports that are kept
LINES: Final = 200  # of the log
_TAIL: Final = 65_536  # bytes of a log file that are looked at
_NAMED: Final = r"\b(?:password|passwd|secret|token|pin|key)\b"  # as fields and arguments are called
_SAID: Final = r"(?:\"(?:\\.|[^\"\\\n])*\"?|'(?:\\.|[^'\\\n])*'?|\S+)"  # in quotes, which a line may have cut off
_SECRETS: Final = (
    (re.compile(r"(://[^\s:/@]+):[^\s@]+@"), r"\1:…@"),  # in the address of a server
    (re.compile(rf"(?i)({_NAMED}[\"']?\s*[=:]\s*){_SAID}"), r"\1…"),
    (re.compile(r"\b[0-9a-fA-F]{40,}\b"), "…"),  # tokens and keys in hex
    (re.compile(r"-----BEGIN [^-]*PRIVATE KEY-----.*?-----END [^-]*-----", re.DOTALL), "…"),
)
_log = logging.getLogger("hmi.engine.crash")


class LastLines(logging.Handler):
    """The last lines of the log, kept for a report; any thread may log."""

    def __init__(self) -> None:
        super().__init__(logging.INFO)
        self.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
        self.lines: deque[str] = deque(maxlen=LINES)

    def emit(self, record: logging.LogRecord) -> None:
        """Keep one more."""
        self.lines.append(self.format(record))


def report(folder: Path, time_ns: int, what: str, lines: list[str], error: BaseException | None = None) -> Path | None:
    """Write the report of one crash; gives its file, None when the disk takes none."""
    when = datetime.fromtimestamp(time_ns / 1e9, UTC)
    trace = "".join(traceback.format_exception(error)) if error is not None else "no trace: the process was gone\n"
    head = (
        f"what     {what}\nwhen     {when:%Y-%m-%d %H:%M:%S} UTC\nprogram  hmi {hmi.__version__}\n"
        f"computer Python {platform.python_version()}, {platform.platform()}\n"
    )
    body = f"{head}\n{trace}\nThe last lines of the log:\n" + "".join(f"{line}\n" for line in lines)
    file = folder / FOLDER / f"{when:%Y-%m-%dT%H-%M-%S-%f}.txt"
    try:
        file.parent.mkdir(mode=0o700, exist_ok=True)
        file.write_text(without_secrets(body), "utf-8")
        for old in sorted(file.parent.glob("*.txt"))[:-MOST]:
            old.unlink(missing_ok=True)
    except OSError as wrong:
        _log.warning("no crash report can be written to %s: %s", file, wrong.strerror)
        return None
    return file


def without_secrets(text: str) -> str:
    """A text in which nothing is left that would let anybody in."""
    for pattern, instead in _SECRETS:
        text = pattern.sub(instead, text)
    return text


def tail_of(log: Path) -> list[str]:
    """The last lines of a log file; none when it is not there."""
    try:
        with log.open("rb") as file:
            file.seek(max(0, log.stat().st_size - _TAIL))
            return file.read().decode("utf-8", "replace").splitlines()[-LINES:]
    except OSError:
        return []
