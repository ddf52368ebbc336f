"""Runs in a measured copy of the frozen program: says when its first screen was painted, and ends it.

Counts from HMI_STARTED, the ns at which the process was asked for; without it, nothing is watched.
"""

import os
import sys
import time

CANVAS = "hmi.client.mimic.canvas"


class Watch:
    """Looks on from the moment the program itself imports its canvas: nothing is read in earlier than at a station."""

    def __init__(self, started_ns):
        self.started_ns = started_ns

    def find_spec(self, name, path=None, target=None):
        """Python asks it for every module, and takes from it the canvas alone."""
        if name != CANVAS:
            return None
        sys.meta_path.remove(self)
        from importlib.util import find_spec

        spec = find_spec(name)
        load = spec.loader.exec_module

        def load_and_watch(module):
            load(module)
            paint = module.Mimic.paintEvent
            module.Mimic.paintEvent = lambda mimic, event: (paint(mimic, event), self.seen())

        spec.loader.exec_module = load_and_watch
        return spec

    def seen(self):
        """The first paint is done: say so, and end at once."""
        print(f"painted {(time.time_ns() - self.started_ns) / 1e6:.1f}", flush=True)
        os._exit(0)


if (started := os.environ.pop("HMI_STARTED", None)) and "run" in sys.argv:
    sys.meta_path.insert(0, Watch(int(started)))
