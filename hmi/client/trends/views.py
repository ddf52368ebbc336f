"""Where a trend has been looked at: back and forward through stretches of time, as through screens."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

KEPT: Final = 100
WHOLE: Final = (0.0, 1.0)


@dataclass(frozen=True, slots=True)
class View:
    """A stretch of time that stands still, or so many seconds up to now; `share` of every pen's scale."""

    live: bool
    span_s: float
    from_ns: int = 0
    to_ns: int = 0
    share: tuple[float, float] = WHOLE


class Views:
    """The views before and after the one that is shown."""

    def __init__(self) -> None:
        self._before: list[View] = []
        self._after: list[View] = []

    @property
    def has_back(self) -> bool:
        """Whether there is one before."""
        return bool(self._before)

    @property
    def has_forward(self) -> bool:
        """Whether there is one that was gone back from."""
        return bool(self._after)

    def leave(self, view: View) -> None:
        """Another one is gone to from `view`."""
        if not self._before or self._before[-1] != view:
            self._before = [*self._before[-KEPT + 1 :], view]
        self._after.clear()

    def back(self, shown: View) -> View | None:
        """The one before; `shown` can be gone forward to."""
        if not self._before:
            return None
        self._after.append(shown)
        return self._before.pop()

    def forward(self, shown: View) -> View | None:
        """The one that was gone back from."""
        if not self._after:
            return None
        self._before.append(shown)
        return self._after.pop()
