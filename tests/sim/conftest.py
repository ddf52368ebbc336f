"""One simulator in a process of its own for all tests that only ask it questions: starting it costs seconds."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.sim.stage import Served, served


@pytest.fixture(scope="session")
def simulator() -> Iterator[Served]:
    """The demo plant being served, its bowl level transmitter faulty."""
    with served("sensor-bad") as child:
        yield child
