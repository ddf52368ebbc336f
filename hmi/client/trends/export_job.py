"""One export under way: history is asked of the engine page by page, and written by a thread of its own."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QObject, Signal

from hmi.client.language import tr
from hmi.client.trends.export_files import HistoryFile
from hmi.client.wire import Wire
from hmi.core.aggregate import Aggregates
from hmi.core.errors import HmiError
from hmi.core.history import Samples, Window
from hmi.core.listing import Answer
from hmi.link.messages import Reply

PATIENCE_S: Final = 60.0  # for one answer; history of a month of figures takes its time
STEPS: Final = 20_000  # of figures in one answer: a message has its limits, and so has memory
FIGURES: Final = ("TimeAverage", "Minimum", "Maximum")  # as `hmi history --step` has them


@dataclass(frozen=True, slots=True)
class Asked:
    """What of history is exported: every value, or `points` intervals, or figures for the steps of `edges`."""

    tags: tuple[str, ...]
    from_ns: int
    to_ns: int
    points: int = 0
    edges: tuple[int, ...] = ()
    kinds: tuple[str, ...] = FIGURES


def grouped(number: int) -> str:
    """A count that can be read: 20 736 000."""
    return f"{number:,}".replace(",", "\u202f")


class ExportJob(QObject):
    """Writes one file; on the Qt thread but for the writing. `ended` once, with whether it is there and what to say.

    `told` says how far it is, in words. What is cancelled or fails leaves no file behind.
    """

    told = Signal(str)
    ended = Signal(bool, str)
    _stepped = Signal(str, bool)  # from the thread that writes: why it failed, whether that is a fault of ours

    def __init__(self, wire: Wire, asked: Asked, path: Path, open_file: Callable[[Path], HistoryFile]) -> None:
        super().__init__()
        self.path = path
        self._wire, self._asked, self._open = wire, asked, open_file
        self._file: HistoryFile | None = None
        self._writer = ThreadPoolExecutor(1, thread_name_prefix="hmi-export")
        self._number = 0
        self._tag, self._at, self._step, self._rows = 0, asked.from_ns, 0, 0
        self._then: Callable[[], None] = self._ask
        self._over = False
        self._stepped.connect(self._after)

    def start(self) -> None:
        """Begin: the file first, so that a disk that is full or barred is met before anything is asked."""
        self._write(self._begin, self._ask)

    def cancel(self) -> None:
        """It is not wanted any more: nothing of it stays."""
        self._end(False, tr("The export was cancelled: there is no file"))

    # -- on the Qt thread

    def _ask(self) -> None:
        asked = self._asked
        if not asked.tags:
            self._keep()
            return
        span = {"from_ns": asked.from_ns, "to_ns": asked.to_ns}
        if asked.edges:
            edges = list(asked.edges[self._step : self._step + STEPS + 1])
            args = {"tags": [asked.tags[self._tag]], "kinds": list(asked.kinds), "edges": edges}
            self._number = self._wire.ask("figures", args, self._came_steps, PATIENCE_S)
        elif asked.points:
            args = {"tags": list(asked.tags), **span, "points": asked.points}
            self._number = self._wire.ask("history", args, self._came_whole, PATIENCE_S)
        else:
            args = {"tag": asked.tags[self._tag], **span, "from_ns": self._at}
            self._number = self._wire.ask("samples", args, self._came_page, PATIENCE_S)

    def _came_whole(self, reply: Reply) -> None:
        """All intervals, in one answer."""
        answers = self._unpacked(reply, lambda body: [Window.unpack(one) for one in body])
        if answers is not None:
            self._put(answers, self._keep)

    def _came_steps(self, reply: Reply) -> None:
        answers = self._unpacked(reply, lambda body: [Aggregates.unpack(one) for one in body])
        if answers is None:
            return
        self._step += STEPS
        if self._step >= len(self._asked.edges) - 1:
            self._tag, self._step = self._tag + 1, 0
        self._go_on(answers)

    def _came_page(self, reply: Reply) -> None:
        answers = self._unpacked(reply, lambda body: [Samples.unpack(body["samples"])])
        if answers is None:
            return
        after = reply.body.get("next_ns")
        if after is None:
            self._tag, self._at = self._tag + 1, self._asked.from_ns
        else:
            self._at = int(after)
        self._go_on(answers)

    def _go_on(self, answers: list[Answer]) -> None:
        self.told.emit(self._progress())
        self._put(answers, self._ask if self._tag < len(self._asked.tags) else self._keep)

    def _unpacked(self, reply: Reply, unpack: Callable[[Any], list[Any]]) -> list[Answer] | None:
        if self._over:
            return None
        if not reply.ok:
            self._end(False, tr("Nothing was exported: {why}", why=reply.text))
            return None
        try:
            return unpack(reply.body)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            self._end(False, tr("Nothing was exported: {why}", why=error))
            return None

    def _put(self, answers: list[Answer], then: Callable[[], None]) -> None:
        self._rows += sum(map(len, answers))
        self._write(lambda: self._add(answers), then)

    def _keep(self) -> None:
        self._write(self._close, self._kept)

    def _kept(self) -> None:
        self._file = None
        if self._asked.tags and self._asked.kinds == FIGURES:
            self._end(True, tr("{count} rows exported to {path}", count=grouped(self._rows), path=self.path))
        else:
            self._end(True, tr("Saved as {path}", path=self.path))

    def _progress(self) -> str:
        asked = self._asked
        at = asked.edges[self._step] if asked.edges else self._at
        part = self._tag + max(0, at - asked.from_ns) / max(1, asked.to_ns - asked.from_ns)
        share = f"{100 * part / len(asked.tags):.0f} %"
        return tr("Exporting … {share}, {count} rows", share=share, count=grouped(self._rows))

    def _write(self, step: Callable[[], None], then: Callable[[], None]) -> None:
        self._then = then
        self._writer.submit(step).add_done_callback(self._stepped_on)

    def _after(self, why: str, is_ours: bool) -> None:
        if self._over:
            return
        if is_ours:
            self._end(False, tr("A fault in the program while exporting: {why}", why=why))
        elif why:
            self._end(False, why)
        else:
            self._then()

    def _end(self, well: bool, text: str) -> None:
        if self._over:
            return
        self._over = True
        self._wire.forget(self._number)
        self._writer.submit(self._drop)
        self._writer.shutdown(wait=False)
        self.ended.emit(well, text)

    # -- on the thread that writes

    def _begin(self) -> None:
        self._file = self._open(self.path)

    def _add(self, answers: list[Answer]) -> None:
        assert self._file is not None
        for answer in answers:
            self._file.add(answer)

    def _close(self) -> None:
        assert self._file is not None
        self._file.keep()

    def _drop(self) -> None:
        if self._file is not None:
            self._file.drop()

    def _stepped_on(self, step: Future[None]) -> None:
        fault = step.exception()
        is_ours = fault is not None and not isinstance(fault, HmiError)
        self._stepped.emit("" if fault is None else repr(fault) if is_ours else str(fault), is_ours)
