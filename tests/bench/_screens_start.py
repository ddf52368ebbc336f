"""`hmi run` with a watch on its first paints: `-m tests.bench._screens_start STARTED_NS ARGUMENTS…`.

Prints `painted MS CPU_MS` after the first paint of a screen and `live MS CPU_MS` after the first with a value of each
of its tags, counted from STARTED_NS, the moment at which the process was asked for, and the CPU it has had since.
"""

from __future__ import annotations

import sys
import time
from importlib.machinery import ModuleSpec, PathFinder
from typing import Any

from hmi.cli import main

_CANVAS = "hmi.client.mimic.canvas"


class Watch:
    """Looks on from the moment the program itself imports its canvas: nothing is read in earlier than at a station."""

    def __init__(self, started_ns: int) -> None:
        self._started_ns = started_ns
        self._said: set[str] = set()

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """Python asks it for every module, and takes from it the canvas alone."""
        if name != _CANVAS:
            return None
        sys.meta_path.remove(self)
        spec = PathFinder.find_spec(name, path)
        assert spec is not None and spec.loader is not None
        execute = spec.loader.exec_module

        def execute_and_watch(module: Any) -> None:
            execute(module)
            from tests.bench._paints import watch_paints

            watch_paints(self._seen)

        spec.loader.exec_module = execute_and_watch  # type: ignore[method-assign]
        return spec

    def _seen(self, mimic: Any) -> None:
        table = mimic._seen.table
        live = bool(table.received[mimic.compiled.tags].all()) and not mimic._seen.link_down
        for word in ("painted", "live") if live else ("painted",):
            if word not in self._said:
                self._said.add(word)
                now, cpu_s = time.time_ns(), time.process_time()
                print(f"{word} {(now - self._started_ns) / 1e6} {cpu_s * 1000}", flush=True)  # noqa: T201


def run() -> int:
    """The program, as a person starts it."""
    sys.meta_path.insert(0, Watch(int(sys.argv[1])))
    return main(sys.argv[2:])


if __name__ == "__main__":
    sys.exit(run())
