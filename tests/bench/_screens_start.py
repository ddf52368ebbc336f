"""`hmi run` with a watch on its first paints: `-m tests.bench._screens_start STARTED_NS ARGUMENTS…`.

Prints `painted MS` after the first paint of a screen and `live MS` after the first with a value of each of its tags,
both counted from STARTED_NS, the moment at which the process was asked for.
"""

from __future__ import annotations

import sys
import time
from typing import Any

from hmi.cli import main
from tests.bench._paints import watch_paints


def run() -> int:
    """The program, as a person starts it."""
    started_ns = int(sys.argv[1])
    said: set[str] = set()

    def seen(mimic: Any) -> None:
        table = mimic._seen.table
        live = bool(table.received[mimic.compiled.tags].all()) and not mimic._seen.link_down
        for word in ("painted", "live") if live else ("painted",):
            if word not in said:
                said.add(word)
                print(f"{word} {(time.time_ns() - started_ns) / 1e6}", flush=True)  # noqa: T201

    watch_paints(seen)
    return main(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(run())
