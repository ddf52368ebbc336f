"""The power fails: what was acknowledged is on the disk, values and records alike. The short form.

The file system is shut down as it is (EXT4_IOC_SHUTDOWN, its own log not written out): whatever no fsync had brought
to the disk is gone when it is mounted again.
"""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from tests.store.killing import PowerTrial
from tests.store.power import Disk, why_no_disk


def test_what_was_acknowledged_survives_five_power_cuts(tmp_path: Path) -> None:
    if why := why_no_disk(tmp_path):
        pytest.skip(why)
    disk = Disk(tmp_path, megabytes=64)
    with closing(PowerTrial(tmp_path, disk, seed=5, count=60, most=12)) as trial:
        for _ in range(5):
            trial.cut_once()
        trial.account_for_all()
    assert trial.acknowledged.stored
    assert trial.records


def test_what_was_never_brought_to_the_disk_is_gone(tmp_path: Path) -> None:
    if why := why_no_disk(tmp_path):
        pytest.skip(why)
    disk = Disk(tmp_path, megabytes=16)
    disk.on()
    (disk.root / "file").write_text("not on the disk yet")
    disk.cut()
    disk.off()
    disk.on()
    file = disk.root / "file"
    assert not file.exists() or not file.read_text()
    disk.off()
