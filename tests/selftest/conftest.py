"""Where checks are made to fail."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.selftest.sabotage import Sabotage


@pytest.fixture
def sabotage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Sabotage:
    """Breaks parts of the program in the processes that it starts."""
    return Sabotage(tmp_path, monkeypatch)
