"""Fixtures of the engine's rooms."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from argon2 import PasswordHasher

from hmi.engine import hashing
from tests.engine.hall import Hall
from tests.uplink.conftest import bare, cluster, own_cluster, url  # noqa: F401 - fixtures
from tests.uplink.sending import hasty, sending  # noqa: F401 - fixtures


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hashing at its cheapest: how slow it is, is the library's matter."""
    monkeypatch.setattr(hashing, "_hasher", lambda: PasswordHasher(1, 8, 1))
    hashing._nobody.cache_clear()


@pytest.fixture
async def hall(tmp_path: Path, quick: None) -> AsyncIterator[Hall]:
    """A station where nobody has an account yet."""
    made = Hall(tmp_path)
    yield made
    made.people.close()
