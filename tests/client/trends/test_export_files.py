"""Files that are whole or not there, and what the disk objects to in one line."""

from __future__ import annotations

import errno
import os
from pathlib import Path

import numpy as np
import pytest

from hmi.client.trends.export_files import CsvFile, Part, cannot_write, whole
from hmi.core.errors import HmiError
from hmi.core.history import Samples
from tests.store.made import MIDNIGHT, SECOND, rows_of


def samples(count: int = 3) -> Samples:
    rows = rows_of(0, [MIDNIGHT + place * SECOND for place in range(count)], np.arange(count) / 2)
    return Samples.of(
        "a.level", {name: rows[name] for name in ("time", "received", "value", "raw", "quality", "flags")}
    )


def test_csv_has_its_head_once_and_appears_when_it_is_whole(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    file = CsvFile(out)
    file.add(samples(2))
    file.add(samples(1))
    assert not out.exists()
    file.keep()
    lines = out.read_text("utf-8").splitlines()
    assert lines[0] == "tag,time,received,value,quality,flags,quality_word"
    assert [line.split(",")[3] for line in lines[1:]] == ["0.0", "0.5", "0.0"]
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]


def test_what_stood_there_stays_until_the_new_one_is_whole(tmp_path: Path) -> None:
    out = tmp_path / "out.csv"
    out.write_text("old")
    file = CsvFile(out)
    file.add(samples())
    file.drop()
    file.drop()
    assert out.read_text() == "old"
    with pytest.raises(ZeroDivisionError), whole(out) as part:
        part.write_text("half")
        raise ZeroDivisionError
    assert out.read_text() == "old"
    assert [path.name for path in tmp_path.iterdir()] == ["out.csv"]
    with whole(out) as part:
        part.write_text("new")
    assert out.read_text() == "new"


@pytest.mark.parametrize(
    ("number", "mend"),
    [
        (errno.ENOSPC, "No space left on device): nothing was exported, make room"),
        (errno.EROFS, "Read-only file system): nothing was exported, choose a folder that you may write to"),
        (errno.EIO, "nothing was exported, choose another folder"),
    ],
)
def test_one_line_says_why_and_what_to_do(number: int, mend: str) -> None:
    said = str(cannot_write(Path("/x/out.csv"), OSError(number, os.strerror(number))))
    assert said.startswith("/x/out.csv cannot be written (")
    assert mend in said
    assert "\n" not in said


def test_a_full_disk_leaves_nothing_behind(tmp_path: Path) -> None:
    full = Path("/dev/full")
    if not full.exists():
        pytest.skip("this system has no device that is always full")
    file = CsvFile(tmp_path / "out.csv")
    file._file.close()
    file._file = full.open("w", encoding="utf-8")
    with pytest.raises(HmiError, match="make room"):
        for _ in range(100):
            file.add(samples(1000))
    file.drop()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(HmiError, match="choose another folder"):
        CsvFile(tmp_path / "nowhere" / "out.csv")
    Part(tmp_path / "nowhere" / "out.csv").drop()
