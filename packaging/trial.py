"""What is tried of an installation, step by step: what had to be so, how long it took, what was seen."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager


class Expected(Exception):
    """What had to be so, and was not."""


def expect(so: bool, what: str) -> None:
    """Go on when it is so."""
    if not so:
        raise Expected(f"not as it has to be: {what}")


class Step:
    """One thing that was tried."""

    def __init__(self, title: str) -> None:
        self.title = title
        self.seconds = 0.0
        self.notes: list[str] = []

    def note(self, text: str) -> None:
        """Something that was seen."""
        self.notes.append(" ".join(text.split()))


class Log:
    """What was tried and seen, for the manual."""

    def __init__(self, suite: str) -> None:
        self._suite = suite
        self._steps: list[Step] = []

    @contextmanager
    def step(self, title: str) -> Iterator[Step]:
        """One thing that is tried now; it stands in the log when it has gone well, and when not, too."""
        made, began = Step(title), time.monotonic()
        self._steps.append(made)
        print(f"… {title}", flush=True)
        try:
            yield made
        except BaseException as error:
            made.note(f"**FAILED**: {error}")
            raise
        finally:
            made.seconds = time.monotonic() - began

    def text(self) -> str:
        """A table of Markdown."""
        rows = [
            f"| {one.title} | {one.seconds:.1f} s | {'; '.join(one.notes) or 'as it has to be'} |"
            for one in self._steps
        ]
        busy = f"{os.cpu_count()} cores with a load of {os.getloadavg()[2]:.0f}"
        where = f"In a bare Debian ({self._suite}, debootstrap minbase), on {busy}:"
        head = ["| what was done | took | what was seen |", "|---|---|---|"]
        return "\n".join([where, "", *head, *rows, ""])
