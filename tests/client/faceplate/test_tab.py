"""The tabs of a faceplate."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from hmi.client.faceplate.tab import TabButton, TabStrip, draw_standing

NAMES = {"operate": "Operate", "trend": "Trend", "alarms": "Alarms", "interlocks": "Interlocks"}


def test_tabs_stand_in_one_row_where_they_fit_and_in_two_where_not(qtbot, desk):
    for width, rows in ((800, 1), (220, 2)):
        strip = TabStrip(desk, NAMES, width)
        qtbot.addWidget(strip)
        strip.resize(width, strip.sizeHint().height())
        strip.show()
        assert len({button.y() for button in strip.buttons.values()}) == rows
        strip.close()


def test_a_tab_is_chosen_by_mouse_and_by_key(qtbot, desk):
    strip = TabStrip(desk, NAMES, 800)
    qtbot.addWidget(strip)
    strip.show()
    chosen = []
    strip.chosen.connect(chosen.append)
    qtbot.mouseClick(strip.buttons["alarms"], Qt.MouseButton.LeftButton)
    qtbot.keyClick(strip.buttons["trend"], Qt.Key.Key_Space)
    assert chosen == ["alarms", "trend"]
    assert strip.buttons["trend"].isChecked() and not strip.buttons["alarms"].isChecked()


def test_a_mark_is_told_to_those_who_do_not_see_it(qtbot, desk):
    button = TabButton(desk, "alarms", "Alarms")
    qtbot.addWidget(button)
    button.show_mark(2)
    assert button.accessibleName() == "Alarms, alarm of priority 2"
    button.show_mark(-1)
    assert button.accessibleName() == "Alarms, something blocks"
    plain = button.grab().toImage()
    button.show_mark(0)
    assert button.accessibleName() == "Alarms"
    assert button.grab().toImage() != plain


def test_conditions_differ_by_shape_not_only_by_colour(desk):
    pictures = []
    for state in ("fulfilled", "blocks", "unknown"):
        image = QImage(22, 22, QImage.Format.Format_Grayscale8)
        image.fill(Qt.GlobalColor.lightGray)
        painter = QPainter(image)
        draw_standing(painter, QRectF(0, 0, 22, 22), state, desk)
        painter.end()
        pictures.append(bytes(image.constBits()))
    assert len(set(pictures)) == 3
