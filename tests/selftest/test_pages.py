"""The checks of what people look at pass as things are, and fail by name when a part is broken."""

BLANK = """
def _blank(self, *_):
    from PySide6.QtGui import QPixmap
    picture = QPixmap(self.size())
    picture.fill("white")
    return picture

Window.grab = _blank
"""


def test_letters_are_drawn(sabotage):
    assert "4 texts drawn, each looks different" in sabotage.passes("letters")


def test_a_computer_without_fonts_is_found(sabotage, tmp_path, monkeypatch):
    """Qt then draws a box for every letter, or nothing."""
    nothing = tmp_path / "fonts.conf"
    nothing.write_text(f'<?xml version="1.0"?><fontconfig><dir>{tmp_path}/none</dir></fontconfig>')
    monkeypatch.setenv("FONTCONFIG_FILE", str(nothing))
    assert "screens cannot be read" in (text := sabotage.fails("letters", {})) or "people would read boxes" in text


def test_text_that_is_not_drawn_is_found(sabotage):
    broken = "_shown = shoot\ndef shoot(plant, screen, *more): _shown(plant, 'bare', *more)"
    assert "'HOUSE 1580' is not drawn (0 pixels changed)" in sabotage.fails("letters", {"hmi.client.trial": broken})


def test_a_window_that_paints_nothing_is_found(sabotage):
    quick = "_SETTLE_S = _TRENDS_S = 0.1"  # an empty picture needs no time to become one
    text = sabotage.fails("window", {"hmi.client.window": BLANK, "hmi.client.tour": quick})
    assert "is all but empty" in text


def test_a_page_that_cannot_be_opened_is_found(sabotage):
    """As in a bundle that lacks a module."""
    broken = "raise ImportError('no trends here')"
    text = sabotage.fails("window", {"hmi.client.trends.page": broken, "hmi.selftest.pages": "_TOUR_S = 8.0"})
    assert "trends" in text


def test_paper_is_printed(sabotage):
    assert sabotage.passes("paper").startswith("2 sheets, ")


def test_empty_paper_is_found(sabotage):
    broken = "def _draw(writer, document, foot):\n    QPainter(writer).end()"
    assert "it cannot be read" in sabotage.fails("paper", {"hmi.client.printing": broken})


def test_twenty_thousand_updates_come_through(sabotage):
    assert sabotage.passes("20000 updates") == "20000 changes came through"


def test_a_library_that_ends_the_interpreter_is_found(sabotage):
    broken = "class QLabel(QLabel):\n    def setText(self, text):\n        if text == '9000':\n"
    broken += "            import os\n            os.abort()\n        super().setText(text)"
    text = sabotage.fails("20000 updates", {"hmi.client.trial": broken})
    assert "crashed (signal SIGABRT)" in text


def test_lost_changes_are_found(sabotage):
    broken = "_all = updated\ndef updated(count): return _all(count) - 1"
    assert "1 of 20000 changes got lost" in sabotage.fails("20000 updates", {"hmi.client.trial": broken})
