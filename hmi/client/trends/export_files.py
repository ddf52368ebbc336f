"""Files of history: CSV, or anything else, that appear under their name only when they are whole; nothing of Qt."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Final, Protocol

from hmi.core.errors import HmiError
from hmi.core.history import Samples
from hmi.core.listing import Answer, CsvText

_AT_ONCE: Final = 2000  # samples
_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
_BARRED: Final = (errno.EROFS, errno.EACCES, errno.EPERM)


class HistoryFile(Protocol):
    """Takes answers of history one after the other; `keep` or `drop` ends it. Each raises HmiError in words."""

    def add(self, answer: Answer) -> None:
        """Write an answer behind those that came before."""

    def keep(self) -> None:
        """That was all: the file takes its name."""

    def drop(self) -> None:
        """It is not wanted any more: nothing of it stays."""


class Part:
    """The file beside the wanted one that is written meanwhile."""

    def __init__(self, path: Path) -> None:
        self.wanted, self.path = path, path.with_name(path.name + ".part")

    def keep(self) -> None:
        """It is written: on the disk for sure, then under its name. Raises OSError."""
        with self.path.open("rb+") as file:
            os.fsync(file.fileno())
        self.path.replace(self.wanted)

    def drop(self) -> None:
        """Leave nothing behind, as far as the disk lets us."""
        with suppress(OSError):  # a folder that went away took it along
            self.path.unlink(missing_ok=True)


@contextmanager
def in_words(path: Path) -> Iterator[None]:
    """What the disk objects to becomes one line for a person."""
    try:
        yield
    except OSError as error:
        raise cannot_write(path, error) from None


def cannot_write(path: Path, error: OSError) -> HmiError:
    """Why a file cannot be written, that nothing of it is there, and what to do."""
    why = error.strerror or str(error)
    text = f"{path} cannot be written ({why}): nothing was exported, choose another folder"
    if error.errno in _FULL:
        text = (
            f"{path} cannot be written ({why}): nothing was exported, make room on that disk, or choose another folder"
        )
    elif error.errno in _BARRED:
        text = f"{path} cannot be written ({why}): nothing was exported, choose a folder that you may write to"
    return HmiError(text)


@contextmanager
def whole(path: Path) -> Iterator[Path]:
    """Where to write: it takes the name `path` at the end, and is gone where that was not reached."""
    part = Part(path)
    try:
        with in_words(path):
            yield part.path
            part.keep()
    except BaseException:
        part.drop()
        raise


def _cut(answer: Answer) -> Iterator[Answer]:
    """Samples in stretches that take some ms each: the window goes on between them."""
    if not isinstance(answer, Samples):
        yield answer
        return
    for start in range(0, len(answer), _AT_ONCE):
        yield answer.cut(start, start + _AT_ONCE)


class CsvFile:
    """Rows as `hmi history` prints them."""

    def __init__(self, path: Path, shown: Callable[[str], str] = str) -> None:
        self._part, self._text = Part(path), CsvText(shown)
        with in_words(path):
            self._file = self._part.path.open("w", newline="", encoding="utf-8")

    def add(self, answer: Answer) -> None:
        """Write an answer behind those that came before."""
        with in_words(self._part.wanted):
            self._file.writelines(map(self._text.of, _cut(answer)))

    def keep(self) -> None:
        """That was all: the file takes its name."""
        with in_words(self._part.wanted):
            self._file.close()
            self._part.keep()

    def drop(self) -> None:
        """It is not wanted any more: nothing of it stays."""
        with suppress(OSError):  # what could not be written is not wanted either
            self._file.close()
        self._part.drop()
