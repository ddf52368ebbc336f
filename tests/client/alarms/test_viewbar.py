"""The lists and how many alarms are in them."""

from PySide6.QtCore import Qt

from hmi.client.alarms.standing import Standing
from hmi.client.alarms.viewbar import ViewBar
from hmi.link.messages import AlarmRow


def test_counts_are_on_the_buttons_and_a_click_asks_for_the_list(qtbot, engine):
    bar, standing = ViewBar(), Standing(engine.plant.rules)
    qtbot.addWidget(bar)
    bar.show()
    standing.take({0: AlarmRow(0, "shelved"), 1: AlarmRow(1, "shelved"), 2: AlarmRow(2, "out-of-service")})
    bar.show_counts(standing, 1)
    assert bar.buttons["shelved"].text() == "Shelved 2 · 1 soon"
    assert bar.buttons["out-of-service"].text() == "Out of service 1"
    assert bar.buttons["suppressed-by-design"].text() == "Suppressed 0"
    with qtbot.waitSignal(bar.chosen) as chosen:
        qtbot.mouseClick(bar.buttons["shelved"], Qt.MouseButton.LeftButton)
    assert chosen.args == ["shelved"]
