"""The station's own computer fails: its disk gives errors, file handles run out, files are cut off; values go on."""

from __future__ import annotations

import shutil
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from hmi.clock import MachineClock
from hmi.core.errors import LinkError
from hmi.link.socket import connect
from tests.faults.ledger import balance
from tests.faults.parts import COUNT, Counting, node
from tests.faults.station import Load, Station, connection, tag
from tests.faults.yard import BACK_S, WATCHED_S, WHOLE, Yard

SHIM = Path(__file__).parent / "servers" / "failing_disk.c"
ROWS = [tag("line.count", "plc", COUNT, "uint32"), tag("line.speed", "plc", node("Speed"), "float32", access="rw")]
TOLD_S = 5.0  # from the first error to the banner
HANDLES = 32


def station_of(yard: Yard, *within: str) -> tuple[Station, Counting]:
    server = yard.counting()
    return yard.station([connection("plc", server.address, publish_ms=100)], ROWS, within=within), server


@pytest.fixture
def broken_disk(yard: Yard) -> tuple[Station, Counting, Path]:
    """A station whose disk gives errors while a file exists."""
    compiler = shutil.which("gcc") or shutil.which("cc")
    if compiler is None:
        pytest.skip("there is no C compiler here: apt-get install gcc")
    shim, flag = yard.folder / "failing_disk.so", yard.folder / "the disk fails"
    subprocess.run([compiler, "-shared", "-fPIC", "-o", str(shim), str(SHIM), "-ldl"], check=True, timeout=50)
    return *station_of(yard, "env", f"LD_PRELOAD={shim}", f"EIO_FLAG={flag}"), flag


@pytest.mark.fault(rows=[18])
def test_the_disk_gives_errors(broken_disk, measured):
    """It is told, nothing is said to be saved that is not, values wait in memory, and it goes on by itself."""
    station, server, flag = broken_disk
    with station.window() as window:
        window.until_moving()
        flag.touch()
        begun = time.monotonic()
        window.until(lambda: bool(station.json("status")["store_fault"]))
        measured("told", time.monotonic() - begun, TOLD_S)
        refused = station.hmi("put", "line.speed", "30", "--why", "trial")
        assert refused.returncode == 1 and "journal" in refused.stderr, refused.stderr
        assert server.writes() == []  # what cannot be recorded is not done
        rows = {row["id"]: row["state"] for row in station.json("links")["links"]}
        assert rows["journal"] == "bad"
        window.until_moving()  # the plant is seen all the while
        window.listen(WATCHED_S)
        flag.unlink()
        begun = time.monotonic()
        window.until(lambda: not station.json("status")["store_fault"])
        measured("recording again", time.monotonic() - begun, 2 * BACK_S)
        assert station.hmi("put", "line.speed", "30", "--why", "trial").returncode == 0
    account = balance(station, server.counts)
    measured("account", str(account))
    assert (account.declared, account.gap_s) == (0, 0)  # memory held all of it
    assert station.hmi("journal", "verify").returncode == 0


@pytest.mark.fault(rows=[47])
def test_file_handles_run_out(yard: Yard, measured):
    """So many programs knock that the engine has no file left to open: values go on, and so does it afterwards."""
    if shutil.which("prlimit") is None:
        pytest.skip("there is no prlimit here: apt-get install util-linux")
    station, server = station_of(yard, "prlimit", f"--nofile={HANDLES}:{HANDLES}")
    with station.window() as window:
        window.until_moving()
        with ExitStack() as knocking:
            for _ in range(HANDLES):
                try:
                    knocking.callback(connect(station.data, program="crowd", clock=MachineClock()).close)
                except LinkError:
                    break  # its backlog is full
            window.until(lambda: Load.of(station.pid).files >= HANDLES - 2)  # there is none left
            window.listen(WATCHED_S)
            window.until_moving()
            measured("file handles in use", Load.of(station.pid).files)
        window.until_moving()
    assert "links" in station.json("links")
    account = balance(station, server.counts)
    measured("account", str(account))
    assert station.hmi("journal", "verify").returncode == 0
    assert "Traceback" not in "\n".join(line for line in station.log() if "our fault" in line)


BROKEN = {
    "cut off": lambda good: good[: len(good) - 20],
    "not UTF-8": lambda good: good + b"\xff\xfe\n",
    "zeros": lambda good: good.replace(b"plc", b"\0lc", 1),
    "UTF-16": lambda good: good.decode().encode("utf-16"),
    "an unknown key": lambda good: good.replace(b"access", b"acess", 1),
    "100 MB": lambda good: good + b"#" * 100_000_000,
}


@pytest.mark.fault(rows=[31])
def test_a_plant_file_is_damaged_while_the_engine_runs(yard: Yard, measured):
    """The last good plant keeps running, and the mistake is told with its file; mended, it is current again."""
    station, server = station_of(yard)
    file = station.plant / "tags.csv"
    good = file.read_bytes()
    with station.window() as window:
        window.until_moving()
        told: list[str] = []
        for what, damage in BROKEN.items():
            file.write_bytes(damage(good))
            begun = time.monotonic()
            window.until(lambda: first_mistake(station) not in ("", *told))
            measured(f"{what} told", time.monotonic() - begun)
            told.append(first_mistake(station))
            window.until_moving()
            if WHOLE or len(told) == len(BROKEN):
                file.write_bytes(good)
                window.until(lambda: plant_files(station)["state"] == "current")
        assert all("tags.csv" in one for one in told)
    account = balance(station, server.counts)
    measured("account", str(account))
    assert (account.declared, account.gap_s) == (0, 0)
    station.stop()
    file.write_bytes(BROKEN["cut off"](good))
    refused = station.hmi("engine", str(station.plant))
    assert refused.returncode == 1
    assert "tags.csv:" in refused.stderr and "Traceback" not in refused.stderr


def plant_files(station: Station) -> dict:
    """How the plant's files stand to what runs."""
    return station.json("status")["plant_files"]


def first_mistake(station: Station) -> str:
    """What is wrong with them, as the engine tells it; "" nothing."""
    found = plant_files(station)
    return found["mistakes"][0] if found["state"] == "mistakes" else ""
