"""The engine's room for a plant server: nothing at all where there is none."""

from __future__ import annotations

import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

from hmi.clock import MachineClock
from hmi.core.plant import Plant
from hmi.core.plant.model import Server
from hmi.engine.uplink import Uplink
from hmi.store import sent
from hmi.store.store import Store

PLANT = Plant("toy", "Toy", "UTC", (), (), (), {}, {})


def uplink(plant: Plant, folder: Path) -> tuple[Uplink, Store]:
    store = Store(folder, plant.tags, MachineClock(), reserve_mb=0)
    return Uplink(lambda: plant, store, MachineClock(), store.record), store


def test_without_a_server_nothing_waits_for_one(tmp_path: Path):
    sent.write(tmp_path, sent.Sent())
    made, store = uplink(PLANT, tmp_path)
    with closing(store):
        made.start()
        assert made.status() == {"state": "off", "words": "", "note": "", "inbox": 0}
        assert sent.read(tmp_path) is None
        made.stop()


def test_with_one_it_says_how_it_stands(tmp_path: Path):
    plant = replace(PLANT, server=Server("postgresql://x@127.0.0.1:1/plant"))
    made, store = uplink(plant, tmp_path)
    with closing(store):
        made.start()
        told = made.status()
        assert told["words"].startswith("away: ") and told["backlog"]["blocks"] == 0
        assert sent.read(tmp_path) is not None, "from now on retention waits for the server"
        made.stop()


def test_its_library_is_only_loaded_where_there_is_a_server():
    code = "import sys, hmi.engine.engine; sys.exit('psycopg' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
