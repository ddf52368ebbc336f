import subprocess

import pytest

from hmi.commands.children import hmi_command


@pytest.mark.timeout(180)
def test_the_demo_runs_by_itself_and_leaves_pictures_and_nothing_else(tmp_path):
    shots = tmp_path / "shots"
    command = hmi_command("demo", "--seconds", "12", "--shots", str(shots), "--data", str(tmp_path / "data"))
    done = subprocess.run(command, capture_output=True, text=True, timeout=170, check=False)
    assert done.returncode == 0, done.stderr
    assert len(list(shots.glob("*.png"))) >= 5
    left = subprocess.run(["/usr/bin/pgrep", "-f", str(tmp_path)], capture_output=True, text=True, check=False)
    assert left.stdout == ""
