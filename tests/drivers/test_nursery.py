"""Servers that are forked are as those that are started: on their own, told what to do, gone when they are killed."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

from tests.drivers.nursery import CAN_FORK, start

SCRIPT = """
import json, os, sys
print("ready", os.getpid(), *sys.argv[1:], flush=True)
for line in sys.stdin:
    print(line.strip()[::-1], flush=True)
"""

pytestmark = pytest.mark.skipif(not CAN_FORK, reason="nothing is forked on this system")


@pytest.fixture
def script(tmp_path: Path) -> str:
    """A server that says what it is told, from behind."""
    (tmp_path / "servers").mkdir()
    path = tmp_path / "servers" / "echo_server.py"
    path.write_text(SCRIPT)
    return str(path)


def test_it_is_a_process_of_its_own_and_ends_when_it_is_killed(script: str):
    server = start([sys.executable, script, "one", "two"], with_input=True)
    assert server.stdin is not None and server.stdout is not None
    assert server.stdout.readline() == f"ready {server.pid} one two\n"
    assert server.pid != os.getpid()
    server.stdin.write("abc\n")
    server.stdin.flush()
    assert server.stdout.readline() == "cba\n"
    assert server.poll() is None
    server.kill()
    server.communicate()
    assert server.poll() == 0
    server.kill()  # once more is no harm


def test_who_is_told_nothing_more_ends_by_itself(script: str):
    server = start([sys.executable, script], with_input=True)
    assert server.stdin is not None and server.stdout is not None
    server.stdin.close()
    assert server.stdout.readline().startswith("ready ")
    assert server.wait(30) == 0
    server.communicate()


def test_a_script_that_falls_over_says_nothing_and_is_gone(script: str):
    Path(script).write_text("raise ValueError('out of order')")
    server = start([sys.executable, script], silent=True)
    assert server.stdout is not None
    assert server.stdout.readline() == ""
    server.communicate()
