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


@pytest.mark.timeout(240)
def test_the_demo_runs_by_itself_and_leaves_pictures_and_nothing_else(tmp_path):
    shots = tmp_path / "shots"
    command = hmi_command("demo", "--seconds", "150", "--shots", str(shots), "--data", str(tmp_path / "data"))
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as demo:
        while len(list(shots.glob("*.png"))) < 5 and demo.poll() is None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                demo.wait(0.1)
        demo.terminate()  # whoever has seen enough
        _, errors = demo.communicate(timeout=60)
    assert demo.returncode == 0, errors
    assert len(list(shots.glob("*.png"))) >= 5
    assert [line for line in command_lines() if str(tmp_path) in line] == []
