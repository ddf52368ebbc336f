"""Our own bugs in the window: into the log with everything, to the operator in one line, never a crash box."""

from __future__ import annotations

import faulthandler
import logging
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType
from typing import Any, Final

from PySide6.QtCore import QMessageLogContext, QtMsgType, qInstallMessageHandler

from hmi.client.language import tr

log = logging.getLogger(__name__)

LOG: Final = "client.log"
CRASHES: Final = "client-crash.log"
_LEVELS: Final = {
    QtMsgType.QtDebugMsg: logging.DEBUG,
    QtMsgType.QtInfoMsg: logging.INFO,
    QtMsgType.QtWarningMsg: logging.WARNING,
    QtMsgType.QtCriticalMsg: logging.ERROR,
    QtMsgType.QtFatalMsg: logging.CRITICAL,
}


@contextmanager
def caught(folder: Path, tell: Callable[[str], None]) -> Iterator[None]:
    """While it lasts, every fault of ours goes to the log in `folder`, and `tell` gets one line for the operator."""
    folder.mkdir(parents=True, exist_ok=True)
    writer = RotatingFileHandler(folder / LOG, maxBytes=2_000_000, backupCount=3, encoding="utf-8", delay=True)
    writer.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root = logging.getLogger()
    level = root.level
    root.addHandler(writer)
    root.setLevel(min(level, logging.INFO))
    hook, thread_hook = sys.excepthook, threading.excepthook
    sys.excepthook = _Hook(tell, folder / LOG)
    threading.excepthook = _of_a_thread
    qInstallMessageHandler(_from_qt)
    with (folder / CRASHES).open("a", encoding="utf-8") as crashes:
        faulthandler.enable(crashes)
        try:
            yield
        finally:
            faulthandler.disable()
            qInstallMessageHandler(None)
            sys.excepthook, threading.excepthook = hook, thread_hook
            root.removeHandler(writer)
            root.setLevel(level)
            writer.close()


class _Hook:
    """Python calls it with whatever nobody caught; the part that failed ends, the window goes on."""

    def __init__(self, tell: Callable[[str], None], file: Path) -> None:
        self._tell, self._file = tell, file

    def __call__(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        log.critical("our fault", exc_info=(kind, error, trace))
        text = "A fault in this program ({kind}): what you did may not have worked. See {file}"
        self._tell(tr(text, kind=kind.__name__, file=self._file))


def _of_a_thread(args: threading.ExceptHookArgs) -> None:
    name = args.thread.name if args.thread else "?"
    log.critical("our fault in thread %s: %r", name, args.exc_value, exc_info=args.exc_value)


def _from_qt(kind: QtMsgType, context: QMessageLogContext, text: str) -> Any:
    if "propagateSizeHints" not in text:  # the offscreen platform says so of every window
        log.log(_LEVELS.get(kind, logging.WARNING), "Qt: %s", text)
