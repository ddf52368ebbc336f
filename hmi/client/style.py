"""The look of plain widgets: flat and calm like the mimics; one sheet, set when the theme changes."""

from __future__ import annotations

from typing import Final

from PySide6.QtWidgets import QApplication

from hmi.client.theme import Theme, application_palette, font

TARGET_PX: Final = 32  # height of what a mouse hits
TOUCH_PX: Final = 48  # height of what a gloved finger hits

_SHEET: Final = """
QWidget#page, QWidget#shell {{ background: {background}; }}
QFrame#header, QFrame#banner {{ background: {raised}; border: none; }}
QFrame#header {{ border-bottom: 1px solid {frame}; }}
QFrame#banner {{ border-top: 1px solid {frame}; }}
QFrame#navigation {{ background: {panel}; border: none; border-right: 1px solid {frame}; }}
QFrame#panel {{ background: {raised}; border: 1px solid {frame}; border-radius: 4px; }}
QFrame#side {{ background: {raised}; border: 1px solid {frame}; }}
QFrame#notice {{ background: {raised}; border: 2px dashed {bad}; border-radius: 4px; }}
QFrame#rule {{ background: {grid}; border: none; }}
QLabel {{ background: transparent; }}
QLabel[role="muted"] {{ color: {muted}; }}
QLabel[role="value"] {{ color: {value}; }}
QLabel[role="bad"] {{ color: {bad}; }}
QLabel[role="stale"] {{ color: {stale}; }}
QPushButton {{ background: {raised}; color: {text}; border: 1px solid {frame}; border-radius: 4px;
    padding: 0 12px; min-height: {inner}px; min-width: {narrow}px; }}
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


def sheet(theme: Theme, touch: bool) -> str:
    """The style sheet of one theme; `touch` makes targets at least 48 px high."""
    target = TOUCH_PX if touch else TARGET_PX
    colours = {name: getattr(theme, name) for name in theme.__slots__ if name not in ("name", "pens")}
    return _SHEET.format(
        **colours,
        entry=theme.raised if theme.name == "day" else theme.panel,
        faint=theme.shelved,
        inner=target - 2,
        row=target - 6 if not touch else target,
        narrow=target - 2 if touch else 24,
        bar=18 if touch else 12,
    )


def dress(application: QApplication, theme: Theme, touch: bool) -> None:
    """Give the whole program one look; costs a re-polish of every widget, so only when the theme changes."""
    application.setPalette(application_palette(theme))
    application.setFont(font(15 if touch else 13))
    application.setStyleSheet(sheet(theme, touch))
