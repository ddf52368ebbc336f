"""A station with one version, for every trial a new one; whatever runs on it ends with the trial."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.update.standin import install, stop_all


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    """An installation of 0.1.0+1, whose engine does not run yet."""
    made = install(tmp_path / "root")
    yield made
    stop_all(made)
