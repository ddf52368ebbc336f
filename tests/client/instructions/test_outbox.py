"""What is kept of people's work on the disk of the window, and whose it is after a crash."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from hmi.client.instructions.outbox import KeptDeed, Outbox

ONE, TWO = (KeptDeed("job_act", {"job": "1-1", "key": key, "value": 3.5}, "ann") for key in ("a", "b"))


def outbox(tmp_path) -> Outbox:
    return Outbox(tmp_path, "bottling", "desk/1")


def test_what_is_left_is_there_for_the_next_window(tmp_path):
    first = outbox(tmp_path)
    assert first.read() == []
    first.write([ONE, TWO])
    first.close()
    second = outbox(tmp_path)
    assert second.read() == [ONE, TWO]
    second.write([])
    second.close()
    assert outbox(tmp_path).read() == []
    assert [file.name for file in tmp_path.iterdir() if file.suffix == ".json"] == []


def test_two_windows_do_not_take_each_others_and_a_third_takes_both_when_they_are_gone(tmp_path):
    first, second = outbox(tmp_path), outbox(tmp_path)
    first.read()
    first.write([ONE])
    assert second.read() == []
    second.write([TWO])
    assert outbox(tmp_path).read() == []
    first.close()
    second.close()
    third = outbox(tmp_path)
    assert third.read() == [ONE, TWO]
    third.close()
    again = outbox(tmp_path)
    assert again.read() == [ONE, TWO]
    again.close()


def test_a_window_that_was_killed_leaves_its_lock_and_its_deeds(tmp_path):
    text = (
        "import sys, os\nfrom pathlib import Path\nfrom hmi.client.instructions.outbox import KeptDeed, Outbox\n"
        "box = Outbox(Path(sys.argv[1]), 'bottling', 'desk/1')\nbox.read()\n"
        "box.write([KeptDeed('job_act', {'job': '1-1', 'key': 'a', 'value': 3.5}, 'ann')])\nos.kill(os.getpid(), 9)\n"
    )
    done = subprocess.run([sys.executable, "-c", text, str(tmp_path)], check=False)
    assert done.returncode == -9
    assert outbox(tmp_path).read() == [ONE]


@pytest.mark.expect_log("cannot be read")
def test_a_broken_file_is_said_and_does_not_keep_the_window_from_opening(tmp_path):
    (tmp_path / "deeds-bottling-desk_1-0.json").write_text("{")
    assert outbox(tmp_path).read() == []


@pytest.mark.expect_log("cannot be written")
def test_a_disk_that_takes_nothing_is_said_once(tmp_path, monkeypatch):
    box = outbox(tmp_path)
    box.read()

    def full(*told):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    box.write([ONE])
    box.write([ONE, TWO])
    assert box.fault == "No space left on device"
    monkeypatch.undo()
    box.write([TWO])
    assert box.fault == ""
    box.close()


def test_without_a_folder_nothing_is_kept():
    box = Outbox(None, "bottling", "desk")
    assert box.read() == []
    box.write([ONE])
    box.close()
