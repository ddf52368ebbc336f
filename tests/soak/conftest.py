"""A long run in one worker; its figures are printed, as those of the trials are."""

from tests.faults.conftest import measured, pytest_terminal_summary, yard

__all__ = ["measured", "pytest_terminal_summary", "yard"]
