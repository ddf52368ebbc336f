"""A round through every page with a camera: for machines without a display, manuals and a first look at a plant."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal

from hmi.client.alarms.page import AlarmsPage
from hmi.client.alarms.viewbar import FIGURES
from hmi.client.page import ALARMS, JOURNAL, SYSTEM, TRENDS
from hmi.client.window import Window
from hmi.clock import Clock
from hmi.core import quality as q

log = logging.getLogger(__name__)

_LOOK_MS: Final = 100
_SETTLE_S: Final = 0.8  # a page in front so long has been painted with several beats of values
_PATIENCE_S: Final = 8.0  # a page that is not ready by then is taken as it is
_TRENDS_S: Final = 4.0  # so that the trend shows live values after its history
_NIGHT: Final = "night-"  # begins the name of a picture in night colours
_FIGURES: Final = "alarms-figures"  # the figures on the alarm page
_FULLEST: Final = 4  # the figure whose events are shown: most in ten minutes
_YOUNG_NS: Final = 300_000_000_000


class Tour(QObject):
    """Waits until values are live, goes to every page, waits for it, saves a picture; `finished` when it is round."""

    finished = Signal()

    def __init__(
        self, window: Window, clock: Clock, folder: Path, warm_up_s: float = 0.0, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.pictures: list[Path] = []
        self.was_live = False
        self._window, self._clock, self._folder = window, clock, folder
        self._places: list[str] = []
        self._place = ""
        self._since = 0.0
        self._warm_up_s, self._live_since = warm_up_s, -1.0
        self._round = False
        self._timer = QTimer(self)
        self._timer.setInterval(_LOOK_MS)
        self._timer.timeout.connect(self.look)

    def start(self) -> None:
        """Begin; the folder is made if need be."""
        self._folder.mkdir(parents=True, exist_ok=True)
        self._timer.start()

    def stop(self) -> None:
        """End wherever it is."""
        self._timer.stop()

    def look(self) -> None:
        """See whether the page in front can be photographed, and go on."""
        shell = self._window.shell
        if self._round:
            return
        if not self.was_live:
            if shell is not None and self._live() and self._is_warm():
                self.was_live = True
                screens = list(shell.desk.plant.screens)
                pages = (SYSTEM, JOURNAL, TRENDS, ALARMS, _FIGURES)
                self._places = [*screens, *pages, *(_NIGHT + one for one in screens[:3])]
                self._next()
        elif self._ready():
            self._photograph()
            self._next()

    def _is_warm(self) -> bool:
        if self._live_since < 0:
            self._live_since = self._clock.monotonic()
        return self._clock.monotonic() - self._live_since >= self._warm_up_s

    def _live(self) -> bool:
        """Whether the engine is heard and most values have come."""
        mirror = self._window.wire.mirror
        if mirror is None or mirror.link_down or mirror.health is None:
            return False
        good = np.count_nonzero(q.is_good(mirror.table.quality))
        return bool(good and np.count_nonzero(mirror.table.quality == q.BAD_WAITING) < good)

    def _ready(self) -> bool:
        page = self._window.shell.page if self._window.shell else None
        waited = self._clock.monotonic() - self._since
        settled = waited >= (_TRENDS_S if self._place == TRENDS else _SETTLE_S)
        return settled and page is not None and (page.ready() or waited > _PATIENCE_S)

    def _next(self) -> None:
        shell = self._window.shell
        if not self._places or shell is None:
            self._round = True
            self._timer.stop()
            self.finished.emit()
            return
        self._place = self._places.pop(0)
        if self._place.startswith(_NIGHT):
            if self._window.theme.name == "day":
                self._window.change_theme()
            shell.go(self._place.removeprefix(_NIGHT))
        elif self._place == _FIGURES:
            shell.go(ALARMS)
            if isinstance(shell.page, AlarmsPage):
                shell.page.show_view(FIGURES)
        else:
            shell.go(self._place)
            if self._place == TRENDS:
                self._look_close()
            elif isinstance(shell.page, AlarmsPage) and shell.page.model.rows:
                shell.page.select(0)
        self._since = self._clock.monotonic()

    def _look_close(self) -> None:
        """An engine that has just been started has no ten minutes to show."""
        shell, mirror = self._window.shell, self._window.wire.mirror
        if shell is None or shell.page is None or mirror is None or mirror.health is None:
            return
        if mirror.now_ns() - mirror.health.started_ns < _YOUNG_NS:
            shell.open_trend(tuple(shell.page.tags().tolist()), 120)

    def _photograph(self) -> None:
        page = self._window.shell.page if self._window.shell else None
        if self._place == _FIGURES and isinstance(page, AlarmsPage):
            page.figures.show_figure(_FULLEST)
        file = self._folder / f"{self._place.strip(':')}.png"
        if self._window.grab().save(str(file)):
            self.pictures.append(file)
        else:
            log.error("%s cannot be written: is the disk full, or the folder not ours?", file)
