"""What stands in a tooltip is text: Qt takes what looks like markup for markup, and would open the files it names."""

from __future__ import annotations


def plain(text: str) -> str:
    """Text that Qt shows as it stands, whoever wrote it: a person, a plant file, a server."""
    return text.replace("<", "\u2039").replace(">", "\u203a")
