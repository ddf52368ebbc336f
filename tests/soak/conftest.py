"""A long run in one worker; its figures are printed, as those of the trials are."""

from __future__ import annotations

import pytest

from tests.faults.conftest import measured, pytest_terminal_summary, yard

__all__ = ["measured", "pytest_terminal_summary", "yard"]


@pytest.hookimpl(tryfirst=True)  # before the distribution over workers is decided
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long run begins first, in a worker of its own: which has so many tests behind it is given no others."""
    items.sort(key=lambda item: item.path.name != "test_soak.py")
    for item in items:
        if "tests/soak/" in item.path.as_posix():
            item.add_marker(pytest.mark.xdist_group("soak"))
