"""How long the frozen program takes from exec to its first paint, on an engine that runs: the figures of the manual.

    python3 packaging/start_times.py            warm, without a display and on Xvfb
    python3 packaging/start_times.py --cold     also with nothing of it in memory (as root)

Builds a copy of the bundle that says when it has painted (start_watch.py); nothing else in it differs. As root, window,
engine and display go ahead of the other work of the computer, so that it does not count.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import base

PLANT = base.ROOT / "resources" / "plants" / "bottling"
WORK = base.WORK / "measured"
PORT = 31_400
DISPLAY = ":77"
ROUNDS = {"warm": 7, "cold": 5}
AHEAD = ["chrt", "--fifo", "20"] if hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("chrt") else []


def main() -> int:
    """Build, start the demo's engine, measure, and print one line for each case."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cold", action="store_true", help="also with an empty cache of the disk")
    options = parser.parse_args()
    os.environ["HMI_BASE_HOOK"] = str(base.ROOT / "packaging" / "start_watch.py")
    program = base.built(base.snapshot(), WORK) / "hmi"
    env = {"PATH": "/usr/bin:/bin", "HOME": str(WORK / "home"), "LANG": "C.UTF-8"}
    (WORK / "home").mkdir(exist_ok=True)
    with ExitStack() as after:
        data = after.enter_context(engine(program, env))
        for name, platform in platforms(after).items():
            for kind in ("warm", "cold") if options.cold else ("warm",):
                measured = [start(program, data, env | platform, kind == "cold") for _ in range(ROUNDS[kind] + 1)][1:]
                spread = f"{min(measured):.0f} to {max(measured):.0f}"
                print(f"{name:10} {kind}  median {statistics.median(measured):.0f} ms of {len(measured)} ({spread})")
    return 0


def platforms(after: ExitStack) -> dict[str, dict[str, str]]:
    """The platforms of Qt that can be had here, with what each wants in the environment."""
    found = {"offscreen": {"QT_QPA_PLATFORM": "offscreen"}}
    if shutil.which("Xvfb"):
        after.enter_context(running([*AHEAD, "Xvfb", DISPLAY, "-screen", "0", "1440x900x24"]))
        found["xcb"] = {"DISPLAY": DISPLAY}
    return found


@contextmanager
def engine(program: Path, env: dict[str, str]) -> Iterator[Path]:
    """The demo plant's simulator and engine, from the same bundle; gives the engine's data folder."""
    data = WORK / "data"
    shutil.rmtree(data, ignore_errors=True)
    moved = [f"--address=line=opc.tcp://127.0.0.1:{PORT}", f"--address=palletiser=tcp://127.0.0.1:{PORT + 1}"]
    sim = [str(program), "sim", str(PLANT), "--port-base", str(PORT)]
    serve = [*AHEAD, str(program), "engine", str(PLANT), "--data", str(data), *moved]
    with running(sim, env, True), running(serve, env, True):
        yield data


@contextmanager
def running(command: list[str], env: dict[str, str] | None = None, ready: bool = False) -> Iterator[None]:
    """A process for as long as it is needed; `ready` waits for its first line."""
    with subprocess.Popen(command, env=env, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL) as process:
        try:
            if ready and not (process.stdout and process.stdout.readline().startswith(b"ready")):
                raise SystemExit(f"{' '.join(command[:3])} did not start: try it by hand")
            yield
        finally:
            process.terminate()


def start(program: Path, data: Path, env: dict[str, str], cold: bool) -> float:
    """Milliseconds from just before exec to the end of the first paint of a screen."""
    if cold:
        os.sync()
        Path("/proc/sys/vm/drop_caches").write_text("3")
    command = [*AHEAD, str(program), "run", str(PLANT), "--data", str(data)]
    env = dict(env, HMI_STARTED=str(time.time_ns()))
    done = subprocess.run(command, env=env, capture_output=True, text=True, timeout=60, check=False)
    for line in done.stdout.splitlines():
        if line.startswith("painted "):
            return float(line.split()[1])
    raise SystemExit(f"the window was not painted: {done.stderr.strip() or done.returncode}")


if __name__ == "__main__":
    sys.exit(main())
