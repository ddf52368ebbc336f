import contextlib
import subprocess
from pathlib import Path

import pytest

from hmi.commands.children import hmi_command


def command_lines():
    """What runs on this machine."""
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            yield (process / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")


@pytest.mark.timeout(180)
def test_the_demo_runs_by_itself_and_leaves_pictures_and_nothing_else(tmp_path):
    shots = tmp_path / "shots"
    command = hmi_command("demo", "--seconds", "12", "--shots", str(shots), "--data", str(tmp_path / "data"))
    done = subprocess.run(command, capture_output=True, text=True, timeout=170, check=False)
    assert done.returncode == 0, done.stderr
    assert len(list(shots.glob("*.png"))) >= 5
    assert [line for line in command_lines() if str(tmp_path) in line] == []
