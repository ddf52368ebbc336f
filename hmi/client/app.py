"""The client as a program: opens the window on an engine and stays until it is closed."""

from __future__ import annotations

import gc
import getpass
import importlib
import logging
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Protocol

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication

import hmi.client.imports  # noqa: F401 - before what is read in after it
from hmi.client.faults import caught
from hmi.client.language import speak
from hmi.client.layout import Layout, LayoutFile
from hmi.client.outages.asleep import Asleep
from hmi.client.setup.first import FirstStart
from hmi.client.theme import theme_of
from hmi.client.window import Window
from hmi.client.wire import Wire
from hmi.clock import Clock, MachineClock
from hmi.core.errors import LinkError
from hmi.link import socket as link
from hmi.link.street import Link
from hmi.plantfiles.station import StationSettings

if TYPE_CHECKING:
    from hmi.client.tour import Tour

log = logging.getLogger(__name__)

_SIZE: Final = (1440, 900)
_KEEP_MS: Final = 500
_IDLE_MS: Final = 2500  # after the first paint: what only the trends need is read in


class Keeper(Protocol):
    """Who starts the engine again when it dies or hangs."""

    says: str  # what is done about an engine that is away, in words

    def look(self) -> None:
        """See how it does, not waiting; twice a second, on the Qt thread."""


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How the window is to be opened, and on which engine."""

    data: Path  # the engine's data folder; its link.json says where the engine is
    attach: str | None = None  # HOST:PORT of an engine, instead of a data folder
    token: str = ""
    pin: str = ""  # fingerprint of that engine's certificate, where it is on another computer
    link: Link | None = None  # that stands already: the engine may have said its welcome before there is a window
    touch: bool = False
    full_screen: bool = False
    kiosk: bool = False  # the whole display, and nobody leaves by accident
    screen: str | None = None  # to begin with; else the last one, the station's, the plant's first
    theme: str | None = None  # else the last one, else day
    language: str | None = None  # else the last one, else the operating system's
    layout: Path | None = None  # file in which the station remembers its windows; None: it does not
    size: tuple[int, int] | None = None
    seconds: float | None = None  # close by itself after so long, at the latest
    shots: Path | None = None  # visit every page and save pictures here
    warm_up_s: float = 0.0  # let the plant run so long before the first picture
    keeper: Keeper | None = None  # of the engine, where this window started it
    settings: StationSettings = field(default_factory=StationSettings)  # which station this is, its language and theme
    site: Path | None = None  # file that keeps them; None: they are not kept
    setup: bool = False  # make the station ready, also where the plant does not ask for accounts


def run(options: RunOptions) -> int:
    """Open the window and return when it is closed: 0, or 1 when pictures were wanted and no value became live."""
    if not sys.platform.startswith(("win", "darwin")) and not _has_display():
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = QApplication.instance()
    if not isinstance(application, QApplication):
        # the style by its name here, for setStyle() reads in every list of QStyle's; none is asked for at the start
        application = QApplication(["hmi", "-style", "Fusion"])
    application.setApplicationName("hmi")
    clock = MachineClock()
    while True:
        window = open_window(options, clock)
        first = FirstStart(window, station_of(options), options.settings, options.site, options.setup)
        with caught(_logs(options), window.tell):
            code = _stay(application, window, options, clock)
        if first.again is None:
            return code
        options = replace(options, settings=first.again, link=None, setup=False)


def station_of(options: RunOptions) -> str:
    """What this station is called: as its settings say, else as its computer is."""
    return options.settings.name or socket.gethostname()


def _logs(options: RunOptions) -> Path:
    if not options.attach and (not options.data.exists() or os.access(options.data, os.W_OK)):
        return options.data  # else it is an engine's that runs as another user
    import platformdirs

    return platformdirs.user_log_path("hmi")


def open_window(options: RunOptions, clock: Clock) -> Window:
    """The window, not yet shown and not yet looking for its engine."""
    user, station = _user(), station_of(options)
    memory = None if options.layout is None else LayoutFile(options.layout)
    layout = Layout() if memory is None else memory.read()
    theme = theme_of(options.theme or layout.theme or options.settings.theme)
    speak(options.language or layout.language or options.settings.language or _language_here())
    wire = Wire(opener(options, user, station, clock), clock)
    wire.asleep = Asleep(clock).look
    if (keeper := options.keeper) is not None:
        wire.says = lambda: keeper.says
    window = Window(wire, clock, theme, options.touch, options.screen or "", user, station, memory)
    window.dress()
    if options.kiosk:
        window.become_kiosk()
    if options.size is not None or not window.put_back():
        window.resize(*(options.size or _SIZE))
    return window


def _language_here() -> str:
    from PySide6.QtCore import QLocale

    return QLocale.system().name()[:2]


def opener(options: RunOptions, user: str, station: str, clock: Clock) -> Callable[[], Link]:
    """What opens a connection to the engine that the options name: the one that stands first, then each time anew."""
    standing = [] if options.link is None else [options.link]

    def open_link() -> Link:
        if standing:
            return standing.pop()
        if options.attach is None:
            return link.connect(options.data, program="window", user=user, station=station, clock=clock)
        host, _, port = options.attach.rpartition(":")
        if not host or not port.isdigit():
            raise LinkError(f"{options.attach} is no address. Say --attach HOST:PORT")
        engine = link.Elsewhere(host, int(port), options.token, options.pin)
        return link.attach(engine, program="window", user=user, station=station, clock=clock)

    return open_link


def _stay(application: QApplication, window: Window, options: RunOptions, clock: Clock) -> int:
    log.info("window opened on %s", options.attach or options.data)
    tour = None if options.shots is None else _tour(window, clock, options.shots, options.warm_up_s)
    settling = _Settling()
    timers = [_once(window, _IDLE_MS, settling.begin)]
    if options.keeper is not None:
        timers.append(_often(window, _KEEP_MS, options.keeper.look))
    if options.seconds is not None:
        timers.append(_once(window, round(options.seconds * 1000), window.leave))
    if tour is not None:
        tour.finished.connect(window.leave)
    signals = {number: signal.signal(number, lambda *_: QTimer.singleShot(0, window.leave)) for number in _signals()}
    if options.full_screen or options.kiosk:
        window.setGeometry(window.screen().geometry())  # where no window manager does it
        window.showFullScreen()
    else:
        window.show()
    window.start()
    if tour is not None:
        tour.start()
    try:
        application.exec()
    finally:
        for number, before in signals.items():
            signal.signal(number, before)
        for timer in timers:
            timer.stop()
        if tour is not None:
            tour.stop()
        window.stop()
        settling.end()
    return 0 if tour is None or (tour.was_live and tour.pictures) else 1


def _tour(window: Window, clock: Clock, folder: Path, warm_up_s: float) -> Tour:
    from hmi.client.tour import Tour

    return Tour(window, clock, folder, warm_up_s)


def _once(window: Window, after_ms: int, action: Callable[[], Any]) -> QTimer:
    timer = QTimer(window)
    timer.setSingleShot(True)
    timer.timeout.connect(action)
    timer.start(after_ms)
    return timer


def _often(window: Window, every_ms: int, action: Callable[[], Any]) -> QTimer:
    timer = QTimer(window)
    timer.timeout.connect(action)
    timer.start(every_ms)
    return timer


class _Settling:
    """Reads in what only the trends need, once the first screen stands, and turns garbage collection on.

    On a thread of its own, for it takes a third of a second, in which values go on being drawn.
    """

    def __init__(self) -> None:
        self._thread = threading.Thread(target=self._read_in, name="reads in the trends")

    def begin(self) -> None:
        """Qt thread, on which alone garbage may be collected: it may hold widgets."""
        gc.disable()
        self._thread.start()

    def end(self) -> None:
        """Wait until it has read what it is reading."""
        if self._thread.is_alive():
            self._thread.join()

    @staticmethod
    def _read_in() -> None:
        try:
            importlib.import_module("hmi.client.trends.page")
        finally:
            gc.freeze()  # all this stays and need not be looked through again; nothing is left to collect here
            gc.enable()


def _signals() -> tuple[int, ...]:
    return (signal.SIGINT, signal.SIGTERM)


def _has_display() -> bool:
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def _user() -> str:
    try:
        return getpass.getuser()
    except (KeyError, OSError):  # a user id without a name, as in some containers
        return f"user {os.getuid()}" if hasattr(os, "getuid") else "somebody"
