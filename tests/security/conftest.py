"""Trials of what must never happen. They take true parts; one worker runs them, one after the other."""

from __future__ import annotations

import os

import pytest

LONG = int(os.environ.get("HMI_FUZZ", "1")) > 1
WHOLE = os.environ.get("HMI_FAULTS") == "whole"


@pytest.hookimpl(tryfirst=True)  # before the distribution over workers is decided
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The doors share one plant, slow to start."""
    for item in items:
        if "tests/security/test_every_door" in item.path.as_posix():
            item.add_marker(pytest.mark.xdist_group("doors"))
            item.add_marker(pytest.mark.timeout(600 if WHOLE else 180))
        elif LONG and "tests/security/" in item.path.as_posix():
            item.add_marker(pytest.mark.timeout(0))  # as long as it takes
