"""Values of some tags over a stretch of time, one by one and as they stood: what comparisons are made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from hmi.client.language import tr
from hmi.client.trends.export_job import PATIENCE_S, grouped
from hmi.client.trends.query import windows_of
from hmi.client.wire import Wire
from hmi.core.held import Held, held
from hmi.core.history import Gap, Samples
from hmi.core.runs import numbered
from hmi.link.messages import Reply

_PAGE: Final = 20_000  # values that are worked up at once, which the window has to wait for
MOST: Final = 200_000  # values of one tag that are kept at once; who needs no more than sums takes them as they come


@dataclass(slots=True)
class Found:
    """What is known of one tag by now."""

    tag: str
    before: float | None = None  # what stood when the stretch began
    gaps: tuple[Gap, ...] = ()
    low: float = np.nan  # of all its values
    high: float = np.nan
    texts: dict[str, int] = field(default_factory=dict)  # which number stands for which
    parts: list[Held] = field(default_factory=list)
    stood: list[bool] = field(default_factory=list)  # which begin with what stood in the part before
    count: int = 0  # values that came
    until_ns: int = 0  # so far it is known

    def whole(self) -> Held:
        """All stretches as one."""
        if not any(map(len, self.parts)):
            none = np.zeros(0, np.int64)
            return Held(none, none, np.zeros(0), np.zeros(0, np.bool_))
        columns = {name: np.concatenate([getattr(one, name) for one in self.parts]) for name in Held.__slots__}
        heads = np.cumsum([0, *(len(one) for one in self.parts)])[1:-1]
        again = np.zeros(len(columns["start"]), np.bool_)  # rows that only go on with what stood in the part before
        for head, part, stood in zip(heads.tolist(), self.parts[1:], self.stood[1:], strict=True):
            if len(part) and head:
                columns["joined"][head] = columns["stop"][head - 1] >= columns["start"][head]
                again[head] = stood
        ends = columns["stop"][~np.append(again[1:], False)]  # of several rows that are one, the last one's
        return Held(columns["start"][~again], ends, columns["value"][~again], columns["joined"][~again])


class Fetch:
    """Asks the engine for values, page by page; on the Qt thread.

    `on_part` gets each stretch as it comes (and whether its first row stood already), `on_done` "" or why there is no
    more. With `keep` the stretches stay in `found`, at most MOST values of a tag.
    """

    def __init__(
        self, wire: Wire, tags: list[str], span: tuple[int, int], on_done: Callable[[str], None], keep: bool = True
    ) -> None:
        self.span = span
        self.found = {tag: Found(tag) for tag in dict.fromkeys(tags)}
        self.on_ready: Callable[[], None] = lambda: None  # extremes and gaps are known, values come next
        self.on_part: Callable[[Found, Held, bool], None] = lambda found, part, stood: None
        self.on_told: Callable[[str], None] = lambda text: None
        self._wire, self._on_done, self._keep = wire, on_done, keep
        self._left = list(self.found)
        self._at = span[0]
        self._number = 0

    def start(self) -> None:
        """Begin."""
        start = self.span[0]
        args = {"tags": list(self.found), "from_ns": start, "to_ns": start + 1, "points": 1}
        self._number = self._wire.ask("history", args, self._came_before, PATIENCE_S)

    def forget(self) -> None:
        """Nothing more is wanted."""
        self._wire.forget(self._number)

    def _came_before(self, reply: Reply) -> None:
        windows = self._windows(reply)
        if windows is None:
            return
        for tag, window in windows.items():
            if len(window) and np.isfinite(window.first[0]):
                self.found[tag].before = float(window.first[0])
        start, stop = self.span
        args = {"tags": list(self.found), "from_ns": start, "to_ns": stop, "points": 200}
        self._number = self._wire.ask("history", args, self._came_around, PATIENCE_S)

    def _came_around(self, reply: Reply) -> None:
        windows = self._windows(reply)
        if windows is None:
            return
        for tag, window in windows.items():
            one = self.found[tag]
            one.gaps = window.gaps
            ends = [np.append(window.vmin, np.nan), np.append(window.vmax, np.nan)]
            before = np.nan if one.before is None else one.before
            one.low = float(np.fmin(np.fmin.reduce(ends[0]), before))
            one.high = float(np.fmax(np.fmax.reduce(ends[1]), before))
        self.on_ready()
        self._ask()

    def _windows(self, reply: Reply) -> dict[str, Any] | None:
        if not reply.ok:
            self._on_done(reply.text)
            return None
        try:
            return {tag: window for tag, window in windows_of(reply).items() if tag in self.found}
        except ValueError as error:
            self._on_done(str(error))
            return None

    def _ask(self) -> None:
        if not self._left:
            self._on_done("")
            return
        args = {"tag": self._left[0], "from_ns": self._at, "to_ns": self.span[1] - 1, "most": _PAGE}
        self._number = self._wire.ask("samples", args, self._came, PATIENCE_S)

    def _came(self, reply: Reply) -> None:
        if not reply.ok:
            self._on_done(reply.text)
            return
        try:
            samples, after = Samples.unpack(reply.body["samples"]), reply.body["next_ns"]
        except (ValueError, TypeError, KeyError) as error:
            self._on_done(str(error))
            return
        one = self.found[self._left[0]]
        until = self.span[1] if after is None else int(after)
        self._take(one, samples, until)
        full = self._keep and one.count > MOST
        if after is None or full:
            self._left.pop(0)
            self._at = self.span[0]
        else:
            self._at = until
        self.on_told(tr("Reading … {count} values", count=grouped(sum(found.count for found in self.found.values()))))
        self._ask()

    def _take(self, one: Found, samples: Samples, until_ns: int) -> None:
        samples = numbered(samples, one.texts)
        last = one.parts[-1] if one.parts else None
        before = one.before if self._at == self.span[0] else None
        if last is not None and len(last) and last.stop[-1] >= self._at:
            before = float(last.value[-1])
        part = held(samples, (self._at, until_ns), one.gaps, before)
        stood = len(part) > 0 and (not len(samples) or int(part.start[0]) < int(samples.at[0]))
        one.count += len(samples)
        one.until_ns = until_ns
        if not self._keep:
            one.parts, one.stood = [], []
        one.parts.append(part)
        one.stood.append(stood)
        self.on_part(one, part, stood)
