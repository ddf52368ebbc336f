"""Where the operator is and has been in one window: the way back, and forward again."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from hmi.client.layout import Plate

_MOST: Final = 200  # nobody steps back further, and a window stays open for months


@dataclass(slots=True)
class Visits:
    """The places before and after the one in front."""

    past: list[str] = field(default_factory=list)
    future: list[str] = field(default_factory=list)

    def leave(self, key: str) -> None:
        """A place is left for a new one: what was ahead is forgotten."""
        self.past.append(key)
        del self.past[:-_MOST]
        self.future.clear()

    def back(self, key: str) -> str:
        """The place before, "" when there is none; `key` is where the window is."""
        if not self.past:
            return ""
        self.future.append(key)
        return self.past.pop()

    def forward(self, key: str) -> str:
        """The place that the last step back left, "" when there is none."""
        if not self.future:
            return ""
        self.past.append(key)
        return self.future.pop()

    def without(self, known: set[str]) -> Visits:
        """The same for a plant that has only these places."""
        return Visits([one for one in self.past if one in known], [one for one in self.future if one in known])


@dataclass(slots=True)
class Stay:
    """Where an operator is in a window: what survives when its inside is built anew."""

    place: str = ""
    visits: Visits = field(default_factory=Visits)
    folded: set[str] | None = None
    navigation: bool | None = None
    faceplates: list[Plate] = field(default_factory=list)
