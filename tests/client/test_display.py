"""One mimic in the window."""

from hmi.client.display import Display
from hmi.core import quality as q
from hmi.core.plant import load
from tests.client.conftest import library

SPARK = """
[[element]]
symbol = "sparkline"
at = [400, 100]
label = "Level"
tag = "tank.level"
"""


def test_it_knows_the_tags_it_shows(window, engine):
    page = window.shell.page
    assert list(page.tags()) == [engine.plant.tag_index["tank.level"]]
    assert (page.key, page.title, page.level) == ("overview", "Overview", 1)


def test_new_values_are_painted_and_nothing_else(window, engine):
    page = window.shell.page
    window.frame.beat()
    drawn = page.mimic.drawn_elements
    engine.set({"tank.temperature": 20.0})  # not on this screen
    window.frame.beat()
    assert page.mimic.drawn_elements == drawn
    before = page.mimic.grab().toImage()
    engine.set({"tank.level": 77.0})
    window.frame.beat()
    assert page.mimic.drawn_elements > drawn
    assert page.mimic.grab().toImage() != before


def test_lost_values_look_lost(window, engine):
    before = window.shell.page.mimic.grab().toImage()
    engine.set({"tank.level": 10.0}, q.BAD_COMMUNICATION)
    window.frame.beat()
    assert window.shell.page.mimic.grab().toImage() != before


def test_picking_a_tag_opens_its_panel_and_picking_it_again_closes_it(window):
    page = window.shell.page
    page.mimic.picked.emit("tank.level")
    assert page.side.tag.name == "tank.level"
    page.mimic.picked.emit("pump.speed")
    assert page.side.tag.name == "pump.speed"
    page.mimic.picked.emit("pump.speed")
    assert page.side is None
    page.mimic.picked.emit("no.such.tag")
    assert page.side is None


def test_the_mimic_leads_to_other_screens(window):
    window.shell.page.mimic.go.emit("tank")
    assert window.shell.page.key == "tank"


def test_the_panel_lies_over_the_mimic_where_there_is_no_room_beside_it(window):
    page = window.shell.page
    wide = page.mimic.width()
    page.pick("tank.level")
    assert page.mimic.width() == wide
    assert page.side.height() == page.height()
    window.resize(1920, 1080)
    page.layout().activate()
    assert page.mimic.width() + page.side.width() == page.width()
    window.resize(1280, 800)
    page.layout().activate()
    assert page.mimic.width() == wide
    page.unpick()
    assert page.side is None


def test_the_past_of_its_small_trends_is_asked_for_when_it_comes_to_the_front(qtbot, desk, engine):
    files = dict(engine.files)
    files["screens/tank.toml"] += SPARK
    desk.plant = load(files, library())
    engine.requests.clear()
    page = Display(desk, desk.plant.screens["tank"])
    qtbot.addWidget(page)
    page.show()
    asked = [request.args["tags"] for request in engine.requests if request.verb == "history"]
    assert asked == [["tank.level"]]
