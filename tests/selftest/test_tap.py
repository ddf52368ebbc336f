"""A wire that is listened to: what is said goes through whole, and what the server says is kept."""

import socket

import pytest

from hmi.commands.children import free_ports
from hmi.selftest.tap import Tap


@pytest.fixture
def wire():
    """A server's listener, and a tap before it."""
    port = free_ports(2)
    with socket.create_server(("127.0.0.1", port)) as server, Tap(port + 1, port) as tap:
        tap.open()
        yield server, tap


def call(tap):
    return socket.create_connection(("127.0.0.1", tap.port), timeout=5)


def test_both_sides_are_passed_on_and_one_is_kept(wire):
    server, tap = wire
    with call(tap) as client:
        tap.pump()
        answering, _ = server.accept()
        with answering:
            client.sendall(b"question" * 20_000)
            asked = b""
            while len(asked) < 160_000:
                tap.pump()
                asked += answering.recv(160_000)
            assert asked == b"question" * 20_000
            answering.sendall(b"answer")
            while not tap.heard:
                tap.pump()
            assert client.recv(100) == b"answer"
    assert bytes(tap.heard) == b"answer"


def test_who_hangs_up_is_hung_up_on(wire):
    server, tap = wire
    with call(tap) as client:
        tap.pump()
        answering, _ = server.accept()
        answering.close()
        client.settimeout(0.01)
        said = None
        while said is None:
            tap.pump()
            try:
                said = client.recv(10)
            except TimeoutError:
                said = None
        assert said == b""


def test_a_server_that_is_not_there_is_no_server(wire):
    server, tap = wire
    server.close()
    with call(tap) as client:
        tap.pump()
        assert client.recv(10) == b""
    assert not tap.heard


def test_before_it_is_opened_nobody_answers():
    with Tap(free_ports(1), 1) as tap, pytest.raises(ConnectionRefusedError):
        call(tap)
