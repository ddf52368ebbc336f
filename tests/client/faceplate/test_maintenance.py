"""The maintenance tab."""

from hmi.client.faceplate.maintenance import Maintenance
from hmi.core import quality as q


def test_figures_with_their_quality(qtbot, desk, engine):
    tab = Maintenance(desk, desk.plant.equipment["pump"].faceplate.maintenance)
    qtbot.addWidget(tab)
    engine.set({"pump.hours": 1234.0})
    desk.wire.tick()
    tab.refresh()
    (figure,) = tab.figures
    assert figure.value.text() == "1\u2009234"
    assert figure.reason.isHidden() and figure.mark.isHidden()
    engine.set({"pump.hours": 1234.0}, q.BAD_SENSOR_FAILURE)
    desk.wire.tick()
    tab.refresh()
    assert figure.value.text() == "????"
    assert figure.reason.whole == "Sensor failure"
    assert not figure.mark.isHidden()
