"""Trials of the whole program: a short form with every `make test`, the long one by `make faults`.

The times that an operator may be left unaware are requirements, so they are asserted. On a machine that does other
things too they get three times as long; `make faults` holds them to the letter. What was measured is printed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.parts import Networks, why_no_networks
from tests.faults.yard import SLACK, WHOLE, Yard
from tests.interop.peers import HAS_LIBMODBUS, HAS_NODE_OPCUA

FIGURES: list[str] = []


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs them all, for their times; the long ones run only when they were asked for."""
    for item in items:
        if "tests/faults/" not in item.path.as_posix():
            continue
        item.add_marker(pytest.mark.xdist_group("faults"))
        if not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(600 if WHOLE else 180))
        if not WHOLE and item.get_closest_marker("faults"):
            item.add_marker(pytest.mark.skip("a long trial: `make faults` runs it"))


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was measured."""
    if FIGURES:
        terminalreporter.section("measured")
        for line in FIGURES:
            terminalreporter.write_line(line)


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Callable[..., None]:
    """Note a figure; with `budget_s`, fail when it is over: three times that, unless the whole trial was asked for."""

    def note(what: str, value: object, budget_s: float | None = None) -> None:
        shown = f"{value:.2f} s" if isinstance(value, float) else str(value)
        limit = "" if budget_s is None else f" (at most {budget_s:g} s)"
        FIGURES.append(f"{request.node.name}: {what}: {shown}{limit}")
        request.node.user_properties.append(("measured", f"{what}: {shown}{limit}"))
        if budget_s is not None:
            assert isinstance(value, float)
            assert value <= budget_s * SLACK, f"{what}: {value:.2f} s, at most {budget_s:g} s"

    return note


@pytest.fixture
def times() -> Callable[[int, int], range]:
    """How often to repeat: now, and in the whole trial."""
    return lambda short, whole: range(whole if WHOLE else short)


@pytest.fixture(scope="session")
def needs_networks() -> None:
    """Skip where we get no networks of our own."""
    if why := why_no_networks():
        pytest.skip(why)


@pytest.fixture
def networks(needs_networks: None) -> Iterator[Networks]:
    """Two networks with a cable between them."""
    with Networks() as made:
        yield made


@pytest.fixture(scope="session")
def needs_node_opcua() -> None:
    """Skip where node-opcua is not installed."""
    if not HAS_NODE_OPCUA:
        pytest.skip("node-opcua is not installed: `make interop` gets it")


@pytest.fixture(scope="session")
def needs_libmodbus() -> None:
    """Skip where libmodbus is not installed."""
    if not HAS_LIBMODBUS:
        pytest.skip("libmodbus is not installed: `make interop` gets it")


@pytest.fixture
def yard(tmp_path: Path) -> Iterator[Yard]:
    """Servers, wires and stations of one trial."""
    made = Yard(tmp_path)
    yield made
    made.clear()
