"""Time travel: what tags were at one moment, and at the next one, out of all that a data folder has."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Final, NamedTuple

import numpy as np

from hmi.core.batch import Batch
from hmi.core.history import Samples
from hmi.store.dayview import DaySpan, DayView
from hmi.store.instant import Instant, batch_of, side_by_side
from hmi.store.lately import lately
from hmi.store.unsealed import Committed

_EVER: Final = (-(2**63), 2**63 - 1)


class Seen(NamedTuple):
    """What a question looks at, all of it as it stands at one moment."""

    spans: Sequence[DaySpan]  # oldest first
    committed: Committed  # less what is sealed
    view: Callable[[DaySpan], DayView | None]  # None for a day that cannot be read
    before: Callable[[Iterable[str], int], dict[str, Samples]]  # the newest of each, looked for everywhere


class Slider:
    """Knows the place where a reader's slider stood last; any thread."""

    def __init__(self) -> None:
        self._instant: Instant | None = None

    def known(self, names: Sequence[str], when_ns: int, stamp: Any, first_ns: int = _EVER[1]) -> Batch | None:
        """The answer, if it is at hand; `stamp` is another one when anything was written.

        `first_ns`: the earliest time of a value that is not sealed. One that came late makes old what is known of it.
        """
        known = self._instant
        if known is None or first_ns < known.to_ns or not known.serves(names, when_ns, stamp):
            return None
        return known.at(when_ns)

    def looked_up(self, seen: Seen, names: Sequence[str], when_ns: int, stamp: Any) -> Batch:
        """The answer out of the files, and what is needed for moments nearby. Raises sqlite3.Error and Damaged."""
        self._instant = around = _around(seen, names, when_ns, stamp)
        return _each(seen, names, when_ns) if around is None else around.at(when_ns)


def _around(seen: Seen, names: Sequence[str], when_ns: int, stamp: Any) -> Instant | None:
    """What answers for the moments nearby; None where that takes more than one day's file."""
    if when_ns >= seen.committed.first_ns:
        return None
    view, span = _day(seen, when_ns)
    there = view.around(names, when_ns) if view is not None else None
    if span is None or there is None:
        return None
    from_ns, to_ns = max(there.from_ns, span.start_ns), min(there.to_ns, seen.committed.first_ns)
    others = _meanwhile(seen, there.others(names), when_ns, to_ns) if from_ns <= when_ns < to_ns else None
    return None if others is None else Instant(names, there, others, (from_ns, to_ns), stamp)


def _day(seen: Seen, when_ns: int) -> tuple[DayView | None, DaySpan | None]:
    """The day in which a moment lies; none where values came late: they may be in any file."""
    span = next((span for span in seen.spans if span.start_ns <= when_ns < span.stop_ns), None)
    if span is None or any(span.late for span in seen.spans):
        return None, None
    return seen.view(span), span


def _meanwhile(seen: Seen, names: Mapping[int, str], when_ns: int, to_ns: int) -> dict[int, Samples] | None:
    """What some tags are from one moment to another, by their places; None where any of them changes."""
    if not names:
        return {}
    first, last = (seen.before(names.values(), moment) for moment in (when_ns, to_ns - 1))
    if any(_at(first, name) != _at(last, name) for name in names.values()):
        return None
    return {place: first[name] for place, name in names.items() if name in first}


def _at(found: Mapping[str, Samples], name: str) -> int | None:
    return int(found[name].received[-1]) if name in found else None


def _each(seen: Seen, names: Sequence[str], when_ns: int) -> Batch:
    """The newest of each, of what is not sealed or of the days, whichever is newer."""
    found = lately(seen.committed, names, when_ns)
    newest = max((span.last for span in seen.spans if span.last is not None), default=_EVER[0] + 1)
    older = found.at < newest  # for these the days may know better
    sealed = _sealed(seen, names, when_ns) if older.any() else Batch.empty()
    newer = sealed.rows[sealed.rows["received"] > found.at[sealed.rows["tag"]]]
    unknown, late = older.copy(), found.at > _EVER[0]
    unknown[sealed.rows["tag"]] = False
    late[newer["tag"]] = late[unknown] = False
    rest = np.flatnonzero(unknown).tolist()
    others = seen.before([names[place] for place in rest], when_ns) if rest else {}
    kept = [(place, others[names[place]]) for place in rest if names[place] in others]
    both = side_by_side(found.batch(np.flatnonzero(late)), Batch(newer, sealed.texts))
    return side_by_side(both, batch_of(kept))


def _sealed(seen: Seen, names: Sequence[str], when_ns: int) -> Batch:
    """What the day of a moment knows, in which that many tags are looked up at once; nothing where it does not."""
    view, _ = _day(seen, when_ns)
    if view is None or view.last is None:
        return Batch.empty()
    there = view.around(names, at_ns := min(when_ns, view.last))
    return Batch.empty() if there is None else Instant(names, there, {}, _EVER, None).at(at_ns)
