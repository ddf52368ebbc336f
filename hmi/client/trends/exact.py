"""Means as history has them: of columns from lowest to highest, which is what is drawn, a mean can only be guessed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from hmi.client.page import Desk
from hmi.client.trends.query import Query
from hmi.core.aggregate import Aggregates
from hmi.link.messages import Reply

KIND: Final = "TimeAverage"
_NEAR: Final = 0.01  # of the stretch: moved by so little it has the same mean, as far as digits show
_NOTHING: Final[Mapping[str, float]] = {}


class Exact:
    """The means of one trend's pens over one stretch of time, asked of the engine; on the Qt thread."""

    def __init__(self, desk: Desk, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._query = Query(desk.wire, self._came, self._ask_again)
        self._asked: tuple[Sequence[str], tuple[int, int]] = ((), (0, 0))
        self._known: tuple[tuple[int, int], Mapping[str, float]] = ((0, 0), _NOTHING)

    def want(self, tags: Sequence[str], span: tuple[int, int]) -> None:
        """Ask for the means of these tags, unless they are known or asked for already."""
        tags = tuple(tags)
        if tags and span[1] > span[0] > 0 and not (self._asked[0] == tags and _are_near(self._asked[1], span)):
            self._asked = (tags, span)
            self._ask_again()

    def means(self, span: tuple[int, int]) -> Mapping[str, float]:
        """What is known of a stretch, by tag; nothing while it was not answered."""
        return self._known[1] if _are_near(self._known[0], span) else _NOTHING

    def forget(self) -> None:
        """No answer is wanted any more."""
        self._query.forget()

    def _ask_again(self) -> None:
        tags, span = self._asked
        self._query.ask("figures", {"tags": list(tags), "edges": list(span), "kinds": [KIND]})

    def _came(self, reply: Reply) -> None:
        if not reply.ok:
            return  # the estimates stay, and say that they are
        try:
            found = [Aggregates.unpack(body) for body in reply.body or []]
            span = (int(found[0].edges[0]), int(found[0].edges[-1])) if found else (0, 0)
            means = {one.tag: float(one.of(KIND)[0]) for one in found if len(one)}
        except (ValueError, TypeError):
            return
        self._known = (span, means)
        self._changed()


def _are_near(one: tuple[int, int], other: tuple[int, int]) -> bool:
    room = (other[1] - other[0]) * _NEAR
    return abs(one[0] - other[0]) <= room and abs(one[1] - other[1]) <= room
