"""packaging/start_watch.py: it says when the first screen was painted, and is not there unless it is asked for."""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

HOOK = Path(__file__).parents[2] / "packaging" / "start_watch.py"
PROGRAM = """
import sys
exec(open(sys.argv.pop(1)).read())
from hmi.client.mimic.canvas import Mimic
Mimic().paintEvent("first")
print("went on")
"""


@pytest.fixture
def tree(tmp_path):
    """A program whose canvas paints."""
    folder = tmp_path / "hmi" / "client" / "mimic"
    folder.mkdir(parents=True)
    for package in (folder, folder.parent, folder.parent.parent):
        (package / "__init__.py").touch()
    (folder / "canvas.py").write_text(
        "class Mimic:\n    def paintEvent(self, event):\n        print('paints', event)\n"
    )
    return tmp_path


def said(tree, verb, **env):
    command = [sys.executable, "-P", "-c", PROGRAM, str(HOOK), verb]
    env = {"PYTHONPATH": str(tree), "PATH": os.environ["PATH"], **env}
    return subprocess.run(command, env=env, capture_output=True, text=True, check=True).stdout.splitlines()


def test_the_first_paint_is_told_and_ends_the_program(tree):
    paints, painted = said(tree, "run", HMI_STARTED=str(time.time_ns() - 5_000_000_000))
    assert paints == "paints first"
    assert painted.startswith("painted ")
    assert float(painted.split()[1]) >= 5000


@pytest.mark.parametrize(("verb", "env"), [("run", {}), ("engine", {"HMI_STARTED": "1"})])
def test_else_nothing_is_watched(tree, verb, env):
    assert said(tree, verb, **env) == ["paints first", "went on"]
