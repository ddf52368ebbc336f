"""Reading history, while an engine writes or without one: blocks of the day files, and what is not sealed yet."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Final

from hmi.core.aggregate import Aggregates
from hmi.core.batch import Batch
from hmi.core.errors import StoreError, TooMany
from hmi.core.history import Gap, Samples, Window, hold, width_of
from hmi.store.block import HOUR_NS
from hmi.store.cache import Cache
from hmi.store.codec_bytes import Damaged
from hmi.store.dayview import DaySpan, DayView, N, Row, unreadable
from hmi.store.dayviews import DayViews
from hmi.store.folder import words
from hmi.store.hotview import HotViews
from hmi.store.minutes_packed import MINUTE_NS
from hmi.store.opened import Opened
from hmi.store.records import TAG_GAP, JournalReader
from hmi.store.report import Known, Wanted, reported, rolled_up, summed
from hmi.store.rollup import ROLLUP
from hmi.store.samples import joined
from hmi.store.slider import Seen, Slider
from hmi.store.thinning import Place, by_minutes, samples_at, thinned
from hmi.store.unsealed import Committed, Mark, Unsealed

_Before = Callable[[DayView, str, int], Samples | None]

_MARKED: Final = 2  # newest files whose word on what is sealed can still matter


@dataclass(slots=True)
class _Look:
    """What one question looks at, all of it as it stood at one moment."""

    spans: list[DaySpan]  # oldest first
    committed: Committed  # less what is sealed
    views: dict[Path, DayView | None] = field(default_factory=dict)
    faults: dict[Path, Gap] = field(default_factory=dict)  # files that cannot be read
    unread: list[Gap] = field(default_factory=list)  # those of them that were asked for
    declared: tuple[tuple[int, int], list[tuple[Gap, str]]] | None = None  # gaps between two times, with connection


class Reader(JournalReader):
    """Questions to a data folder; may be used by several threads at once. Raises StoreError in words."""

    def __init__(self, folder: Path, unsealed: Unsealed | None = None) -> None:
        """`unsealed`: of the store in this process; without it hot.db is read, which takes longer."""
        super().__init__(folder)
        self._unsealed = unsealed
        self._cache = Cache()
        self._views = DayViews(folder, self._cache)
        self._hot = HotViews(folder, self._cache)
        self._rollup = Opened(folder / ROLLUP)
        self._slider = Slider()

    def samples(self, names: Sequence[str], from_ns: int, to_ns: int, limit: int = 1_000_000) -> list[Samples]:
        """Every kept value of some tags, both ends included; StoreError for more than `limit` of one tag."""
        with self._looking() as look:
            found = [self._samples(look, name, from_ns, to_ns, limit) for name in names]
            unread = [*look.unread, *(gap for name in names for gap in _unread(look, name))]
            if unread:
                raise StoreError(unread[0].reason)
            return found

    def window(
        self,
        names: Sequence[str],
        from_ns: int,
        to_ns: int,
        points: int,
        is_wanted: Callable[[], bool | None] = lambda: True,
    ) -> list[Window]:
        """Some tags' history in at most `points` buckets each; days that cannot be read are gaps of the window.

        StoreError as soon as `is_wanted` says no: it is asked before each tag, on this thread.

        From two minutes on, a bucket is a whole number of minutes wide, and the window is made wider to begin with a
        minute and end with a bucket.
        """
        width = width_of(from_ns, to_ns, points)
        if width >= 2 * MINUTE_NS:
            from_ns -= from_ns % MINUTE_NS
            width = -(-width_of(from_ns, to_ns, points) // MINUTE_NS) * MINUTE_NS
            to_ns = from_ns + -(-(to_ns - from_ns) // width) * width
        with self._looking() as look:
            held = dict[str, Samples]()
            with suppress(Damaged, sqlite3.DatabaseError):  # then it is not known what was held
                held = self._before(look, names, from_ns - 1, DayView.held)
            found = []
            for name in names:
                if not is_wanted():
                    raise StoreError("the question was taken back")
                found.append(self._window(look, name, (from_ns, to_ns, width), held.get(name)))
            return found

    def aggregate(self, names: Sequence[str], wanted: Wanted) -> list[Aggregates]:
        """Figures of some tags for each step of time; days that cannot be read are gaps."""
        first, last = int(wanted.edges[0]), int(wanted.edges[-1])
        with self._looking() as look, rolled_up(self._rollup) as rollup:
            held = self._before(look, names, first - 1, DayView.held)
            late = any(span.late and span.touches(first, last) for span in look.spans)
            days = [span for span in look.spans if late or span.start_ns not in rollup.days]
            found = []
            for name in names:
                sums, connection = self._sums(look, name, days, first, last)
                hours = rollup.hours(name, wanted, frozenset(span.start_ns for span in days))
                rest = look.committed.samples(name, first, last)
                gaps = self._gaps(look, name, connection, first, last)
                read = partial(self._blocks, look, name)
                known = Known(summed(wanted, sums, hours), held.get(name), rest, gaps, read)
                found.append(reported(name, wanted, known))
            return found

    def at(self, names: Sequence[str], when_ns: int) -> Batch:
        """What each tag was at a moment: a row each, `tag` its place in `names`; a tag unknown then has none."""
        stamp = self._views.stamp(when_ns, hot=self._unsealed is None)
        late = () if self._unsealed is None else (self._unsealed.committed().first_ns,)
        if (known := self._slider.known(names, when_ns, stamp, *late)) is not None:
            return known
        with self._looking() as look:
            seen = Seen(look.spans, look.committed, partial(self._view, look), partial(self._before, look))
            return self._slider.looked_up(seen, names, when_ns, stamp)

    def close(self) -> None:
        """Close all files; nobody may be asking just now."""
        super().close()
        self._rollup.close()
        self._hot.close()
        self._views.close()

    # ------------------------------------------------------------------------------------------------- looking

    @contextmanager
    def _looking(self) -> Iterator[_Look]:
        """What one question looks at; who seals in this process gives way to it."""
        with nullcontext() if self._unsealed is None else self._unsealed.asked(), self._looked() as look:
            yield look

    @contextmanager
    def _looked(self) -> Iterator[_Look]:
        """What is not sealed is looked at before the days are: what a seal moves meanwhile is then seen, and once."""
        try:
            look, marks = _Look([], Committed((), {})), list[Mark]()
            try:
                look.committed = self._hot.look() if self._unsealed is None else self._unsealed.committed()
                look.spans = self._views.spans()
                newest = [self._view(look, span) for span in look.spans[-_MARKED:]]
                marks = [mark for view in newest if view is not None for mark in view.marks]
                look.unread.clear()  # whether those days are asked for is not known yet
                look.committed = look.committed.less(marks)
                yield look
            finally:
                for view in look.views.values():
                    if view is not None:
                        view.end()
                self._hot.leave(marks)
        except Damaged as error:
            raise StoreError(f"history is damaged there: {error}. Ask for other times") from error
        except sqlite3.Error as error:
            raise StoreError(f"history cannot be read ({words(error)}). Try again") from error

    def _view(self, look: _Look, span: DaySpan) -> DayView | None:
        """A day's file, read as it stands now until the question is answered; None when it cannot be read."""
        if span.path not in look.views:
            try:
                view = self._views.view(span)
                view.begin()
            except (sqlite3.Error, OSError) as error:
                look.views[span.path] = None
                look.faults[span.path] = Gap(span.start_ns, span.stop_ns, unreadable(span.path, error))
            else:
                look.views[span.path] = view
        if span.path in look.faults:
            look.unread.append(look.faults[span.path])
        return look.views[span.path]

    def _places(self, look: _Look, name: str, from_ns: int, to_ns: int) -> tuple[list[Place], str]:
        """The tag's blocks that may have samples in a stretch, in order of time, and the tag's connection."""
        days, connection = self._days(look, name, from_ns, to_ns)
        found = [(view, row) for view, rows in days for row in rows]
        if any(span.late for span in look.spans):
            found.sort(key=lambda place: (place[1][0], place[0].start_ns))
        return found, connection

    def _days(
        self, look: _Look, name: str, from_ns: int, to_ns: int, *, outlines: bool = False
    ) -> tuple[list[tuple[DayView, list[Row]]], str]:
        """The same by the files that they are in."""
        found: list[tuple[DayView, list[Row]]] = []
        connection = ""
        for span in look.spans:
            if not span.touches(from_ns, to_ns):
                continue
            view = self._view(look, span)
            tag = view.tag(name) if view is not None else None
            if view is not None and tag is not None:
                connection = tag[1]
                found.append((view, view.blocks(name, from_ns, to_ns, outlines=outlines)))
        return found, connection

    # ------------------------------------------------------------------------------------------------ answering

    def _samples(self, look: _Look, name: str, from_ns: int, to_ns: int, limit: int) -> Samples:
        places, _ = self._places(look, name, from_ns, to_ns)
        if sum(row[N] for _, row in places[1:-1]) > limit:
            raise _too_many(name, limit)
        parts = [samples_at(place, name) for place in places]
        rest = look.committed.samples(name, from_ns, to_ns)
        whole = joined(name, [*parts, *([rest] if rest is not None else [])])
        if whole is None:
            return Samples.empty(name)
        at = whole.received
        found = whole.cut(int(at.searchsorted(from_ns)), int(at.searchsorted(to_ns, "right")))
        if len(found) > limit:
            raise _too_many(name, limit)
        return found

    def _window(self, look: _Look, name: str, span: tuple[int, int, int], before: Samples | None) -> Window:
        from_ns, to_ns, width = span
        rest = look.committed.samples(name, from_ns, to_ns - 1)
        columns = None
        if 2 * MINUTE_NS <= width < HOUR_NS and not any(span.late for span in look.spans):
            days, connection = self._days(look, name, from_ns, to_ns - 1, outlines=True)
            columns = by_minutes(days, rest, name, span)
        if columns is None:
            places, connection = self._places(look, name, from_ns, to_ns - 1)
            columns = thinned(places, rest, name, span)
        window = Window.of(name, span, columns, self._gaps(look, name, connection, from_ns, to_ns))
        return window if before is None else hold(window, float(before.value[-1]), int(before.quality[-1]))

    def _gaps(self, look: _Look, name: str, connection: str, from_ns: int, to_ns: int) -> list[Gap]:
        """Times of which history knows that it knows nothing."""
        connection = connection or look.committed.tags.get(name, (0, ""))[1]
        known = [*look.unread, *_unread(look, name)]
        unread = {Gap(max(from_ns, gap.from_ns), min(to_ns, gap.to_ns), gap.reason) for gap in known}
        unread = {gap for gap in unread if gap.from_ns < gap.to_ns}
        if look.declared is None or look.declared[0] != (from_ns, to_ns):
            look.declared = (from_ns, to_ns), self.declared(from_ns, to_ns)
        told = {gap for gap, of in look.declared[1] if of in ("", connection, TAG_GAP + name)}
        return sorted(told | unread)

    def _sums(self, look: _Look, name: str, days: Sequence[DaySpan], from_ns: int, to_ns: int) -> tuple[list[Row], str]:
        found: list[Row] = []
        connection = ""
        for span in days:
            view = self._view(look, span) if span.touches(from_ns, to_ns) else None
            tag = view.tag(name) if view is not None else None
            if view is not None and tag is not None:
                connection = tag[1]
                found += view.sums(tag[0], from_ns, to_ns)
        return found, connection

    def _blocks(self, look: _Look, name: str, from_ns: int, to_ns: int) -> list[Samples]:
        return [samples_at(place, name) for place in self._places(look, name, from_ns, to_ns)[0]]

    def _before(
        self, look: _Look, names: Iterable[str], when_ns: int, of: _Before = DayView.before
    ) -> dict[str, Samples]:
        """The newest sample of each tag at or before a moment, by name; a day also knows what it began with."""
        wanted = dict.fromkeys(names)
        best: dict[str, Samples] = {}
        for name in wanted:
            _keep(best, name, look.committed.before(name, when_ns))
        after = next((span for span in look.spans if span.start_ns > when_ns), None)  # days before it may be gone
        for span in reversed(look.spans):
            begun = span.start_ns <= when_ns
            late = span.first is not None and span.first <= when_ns  # values that came days after their time
            if not wanted or not (begun or late or span is after):
                continue
            view = self._view(look, span)
            if view is None:
                continue
            for name in list(wanted):
                if _keep(best, name, of(view, name, when_ns)) and begun:
                    del wanted[name]
        return best


def _keep(best: dict[str, Samples], name: str, found: Samples | None) -> bool:
    if found is None:
        return False
    known = best.get(name)
    if known is None or found.received[-1] > known.received[-1]:
        best[name] = found
    return True


def _too_many(name: str, limit: int) -> TooMany:
    return TooMany(f"{name} has more than {limit} values in that time: ask for a shorter one, or for points")


def _unread(look: _Look, name: str) -> list[Gap]:
    return [gap for view in look.views.values() if view is not None for gap in view.unread(name)]
