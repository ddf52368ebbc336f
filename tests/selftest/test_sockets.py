"""What a process listens on is found, wherever it may be reached from."""

from __future__ import annotations

import socket
import subprocess
import sys
from collections.abc import Iterator

import pytest

from hmi.selftest.checks import NotChecked
from hmi.selftest.sockets import Socket, listening

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="looked up in /proc")
CHILD = """
import socket, sys
kept = []
for host, kind in (("127.0.0.1", "tcp"), ("0.0.0.0", "tcp"), ("127.0.0.1", "udp")) + ((("::1", "tcp"),) * {six}):
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    one = socket.socket(family, socket.SOCK_STREAM if kind == "tcp" else socket.SOCK_DGRAM)
    one.bind((host, 0))
    if kind == "tcp":
        one.listen()
    kept.append(one)
    print(kind, host, one.getsockname()[1], flush=True)
away = socket.create_connection(kept[0].getsockname())  # its own connections are no doors
sys.stdin.read()
"""


def has_ipv6() -> bool:
    try:
        with socket.socket(socket.AF_INET6) as probe:
            probe.bind(("::1", 0))
    except OSError:
        return False
    return True


@pytest.fixture
def child() -> Iterator[tuple[int, list[str]]]:
    six = has_ipv6()
    code = CHILD.format(six=int(six))
    with subprocess.Popen(
        [sys.executable, "-c", code], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.pid, [process.stdout.readline().strip() for _ in range(3 + six)]
        assert process.stdin is not None
        process.stdin.close()


def test_each_socket_with_its_place(child: tuple[int, list[str]]) -> None:
    pid, opened = child
    found = listening(pid)
    assert sorted(f"{one.protocol} {one.host} {one.port}" for one in found) == sorted(opened)
    assert [one.host for one in found if not one.is_inside] == ["0.0.0.0"]


def test_a_process_that_is_not_there_is_said() -> None:
    with pytest.raises(NotChecked, match="no process"):
        listening(2**22 + 1)


def test_where_it_cannot_be_seen_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "platform", "win32")
    with pytest.raises(NotChecked, match="Linux only"):
        listening(1)


def test_in_words() -> None:
    assert str(Socket("tcp", "0.0.0.0", 4850)) == "tcp 0.0.0.0:4850"
