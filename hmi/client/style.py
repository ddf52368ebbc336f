"""The look of plain widgets: flat and calm like the mimics; one sheet, set when the theme changes."""

from __future__ import annotations

import math
from typing import Final

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from hmi.client.theme import Theme, application_palette, font

TARGET_PX: Final = 32  # height of what a mouse hits
_NARROW_PX: Final = 28
_GLOVE_MM: Final = 15.0  # height of what a gloved finger hits
TOUCH_PX: Final = 60  # and never less, whatever the display says of itself
_MM_PER_INCH: Final = 25.4

_SHEET: Final = """
QWidget#page, QWidget#shell {{ background: {background}; }}
QFrame#header, QFrame#banner {{ background: {raised}; border: none; }}
QFrame#header {{ border-bottom: {below}px solid {brand}; }}
QFrame#banner {{ border-top: 1px solid {frame}; }}
QFrame#bottom {{ background: {panel}; border: none; border-top: 1px solid {frame}; }}
QFrame#navigation {{ background: {panel}; border: none; border-right: 1px solid {frame}; }}
QFrame#panel {{ background: {raised}; border: 1px solid {frame}; border-radius: 4px; }}
QFrame#sheet {{ background: {raised}; border: 2px solid {line}; border-radius: 4px; }}
QFrame#side {{ background: {raised}; border: 1px solid {frame}; }}
QFrame#notice {{ background: {raised}; border: 2px dashed {bad}; border-radius: 4px; }}
QFrame#notice[about="files"] {{ border: 1px solid {line}; }}
QFrame#rule {{ background: {grid}; border: none; }}
QLabel {{ background: transparent; }}
QLabel[role="muted"] {{ color: {muted}; }}
QLabel[role="value"] {{ color: {value}; }}
QLabel[role="bad"] {{ color: {bad}; }}
QLabel[role="stale"] {{ color: {stale}; }}
QPushButton {{ background: {raised}; color: {text}; border: 1px solid {frame}; border-radius: 4px;
    padding: 0 12px; min-height: {inner}px; }}
QPushButton:hover {{ border-color: {line}; }}
QPushButton:focus {{ border: 2px solid {accent}; padding: 0 11px; }}
QPushButton:pressed {{ background: {grid}; }}
QPushButton:checked {{ background: {selection}; color: {on_selection}; border-color: {selection}; }}
QPushButton:disabled {{ color: {faint}; background: {panel}; }}
QPushButton[kind="main"] {{ background: {selection}; color: {on_selection}; border-color: {selection};
    font-weight: bold; }}
QPushButton[kind="main"]:disabled {{ background: {panel}; color: {faint}; border-color: {frame}; }}
QPushButton[kind="flat"] {{ background: transparent; border: 1px solid transparent; padding: 0 6px; }}
QPushButton[kind="flat"]:hover {{ border-color: {frame}; }}
QPushButton[kind="flat"]:focus {{ border: 2px solid {accent}; padding: 0 5px; }}
QPushButton[kind="flat"]:disabled {{ color: {faint}; background: transparent; }}
QMenu {{ background: {raised}; color: {text}; border: 2px solid {line}; padding: 4px; }}
QMenu::item {{ padding: 0 24px 0 16px; min-height: {inner}px; min-width: 140px; }}
QMenu::item:selected {{ background: {selection}; color: {on_selection}; }}
QMenu::item:disabled {{ color: {faint}; }}
QMenu::separator {{ height: 1px; background: {grid}; margin: 4px 8px; }}
QLineEdit, QPlainTextEdit {{ background: {entry}; color: {text}; border: 1px solid {frame}; border-radius: 4px;
    padding: 0 8px; min-height: {inner}px; selection-background-color: {selection};
    selection-color: {on_selection}; }}
QLineEdit:focus, QPlainTextEdit:focus {{ border: 2px solid {accent}; padding: 0 7px; }}
QTableView, QListView {{ background: {entry}; color: {text}; border: 1px solid {frame}; border-radius: 4px;
    selection-background-color: {selection}; selection-color: {on_selection}; outline: none; }}
QTableView::item {{ border: none; border-bottom: 1px solid {grid}; padding: 0 6px; }}
QTableView::item:selected, QListView::item:selected {{ background: {selection}; color: {on_selection}; }}
QListView::item {{ padding: 2px 6px; min-height: {row}px; }}
QHeaderView {{ background: {raised}; border: none; }}
QHeaderView::section {{ background: {raised}; color: {muted}; border: none; border-bottom: 1px solid {frame};
    padding: 0 9px; min-height: {row}px; }}
QTableCornerButton::section {{ background: {raised}; border: none; }}
QScrollBar:vertical {{ background: transparent; width: {bar}px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: {bar}px; margin: 0; }}
QScrollBar::handle {{ background: {frame}; border-radius: 4px; min-height: 32px; min-width: 32px; margin: 2px; }}
QScrollBar::handle:hover {{ background: {shelved}; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QScrollArea, QScrollArea > QWidget > QWidget {{ background: transparent; border: none; }}
QToolTip {{ background: {raised}; color: {text}; border: 1px solid {line}; padding: 4px; }}
QSplitter::handle {{ background: transparent; }}
QDialog {{ background: {panel}; }}
"""


class _Dressed:
    """What the program wears now."""

    touch: bool = False


def narrowest_px() -> int:
    """How narrow a button may be in the look that the program wears."""
    return target_px(True) if _Dressed.touch else _NARROW_PX


def target_px(touch: bool) -> int:
    """How high a button is: for a gloved finger at least 15 mm by the display's own word, and 60 px."""
    if not touch:
        return TARGET_PX
    screen = QGuiApplication.primaryScreen()
    dpi = screen.logicalDotsPerInch() if screen is not None else 96.0
    return max(TOUCH_PX, math.ceil(_GLOVE_MM / _MM_PER_INCH * dpi))


def sheet(theme: Theme, touch: bool) -> str:
    """The style sheet of one theme; `touch` makes targets at least 15 mm high."""
    target = target_px(touch)
    colours = {name: getattr(theme, name) for name in theme.__slots__ if name not in ("name", "pens")}
    return _SHEET.format(
        **colours,
        entry=theme.raised if theme.name == "day" else theme.panel,
        below=1 if theme.brand == theme.frame else 3,
        faint=theme.shelved,
        inner=target - 2,
        row=target - 6 if not touch else target,
        bar=18 if touch else 12,
    )


def dress(application: QApplication, theme: Theme, touch: bool) -> None:
    """Give the whole program one look; costs a re-polish of every widget, so only when the theme changes."""
    _Dressed.touch = touch
    application.setPalette(application_palette(theme))
    application.setFont(font(15 if touch else 13))
    application.setStyleSheet(sheet(theme, touch))
