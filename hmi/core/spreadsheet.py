"""Text on its way into a table that people open in a spreadsheet: nothing that others wrote is run there."""

from __future__ import annotations

import re
from typing import Final

# What begins a formula, also in the full width of Japanese keyboards; a number with its sign is none.
_FORMULA: Final = re.compile(
    r"(?!\s*[-+]\d[\d.,]*(?:[eE][-+]?\d+)?\s*$)(?:\s*[=+\-@\uff1d\uff0b\uff0d\uff20]|[\t\r\n])"
)
# Where the semicolon or the tab is between columns, as in most of Europe, a text is cut there, whatever quotes it has.
_INNER: Final = re.compile(r"([;\t\r\n][\s\"]*)(?=[=@\uff1d\uff20]|[+\-\uff0b\uff0d]\D)")


def safe(text: str) -> str:
    """Text that a spreadsheet would take for a formula, as a whole or from a separator on, is made plain by a '."""
    text = _INNER.sub(r"\1'", text)
    return "'" + text if _FORMULA.match(text) else text
