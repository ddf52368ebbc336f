import socket
import sys

import pytest

from hmi.commands.children import Child, free_ports, hmi_command
from hmi.core.errors import HmiError


def child(tmp_path, code):
    return Child("simulator", [sys.executable, "-c", code], tmp_path / "log")


def test_a_child_is_ready_when_it_says_so(tmp_path):
    one = child(
        tmp_path,
        "print('ready x=1', flush=True); import sys; sys.stdin.read(); import signal; signal.pause()",
    )
    try:
        assert one.ready(20) == "ready x=1"
    finally:
        one.stop()
    assert one.process.returncode is not None


def test_a_child_that_does_not_start_is_explained_by_its_last_words(tmp_path):
    one = child(tmp_path, "import sys; sys.exit('port 48400 is taken')")
    with pytest.raises(HmiError, match="simulator did not start: port 48400 is taken"):
        one.ready(20)


def test_a_child_that_ends_in_silence(tmp_path):
    with pytest.raises(HmiError, match="said nothing"):
        child(tmp_path, "").ready(20)


def test_free_ports_are_free():
    base = free_ports(3)
    for number in range(3):
        socket.create_server(("127.0.0.1", base + number)).close()


def test_our_own_command_runs_this_program():
    assert hmi_command("check")[-1] == "check"
