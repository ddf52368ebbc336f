"""The clock of a process under trial, moved by libfaketime: its wall clock and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

SHIMS = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


class Hands:
    """The hands of a clock; the monotonic clock goes on as it is."""

    def __init__(self, folder: Path) -> None:
        self._file = folder / "clock"
        self.set("+0")
        self.environment = {
            "LD_PRELOAD": str(SHIMS[0]),
            "FAKETIME_TIMESTAMP_FILE": str(self._file),
            "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_DONT_RESET": "1",
        }

    @property
    def within(self) -> list[str]:
        """What stands before the command line of a process whose clock it is."""
        return ["env", *(f"{name}={value}" for name, value in self.environment.items())]

    def set(self, offset: str) -> None:
        """Such as +1h, -1h, +40d; +0 is the true time."""
        draft = self._file.with_suffix(".part")
        draft.write_text(offset + "\n")
        draft.replace(self._file)


def hands_of(folder: Path) -> Hands:
    """A clock to move; skips the test where there is nothing to move one with."""
    if not SHIMS:
        pytest.skip("libfaketime is not installed: apt-get install faketime")
    return Hands(folder)
