"""Conditions that servers keep, beside the plant's own alarms: seen, sorted, filtered, acknowledged and confirmed."""

from dataclasses import dataclass

import msgspec
import pytest
from PySide6.QtCore import Qt

from hmi.client.alarms import served
from hmi.client.alarms.belongings import MOST_SOURCES, Belongings, Filter
from hmi.client.alarms.quieting import QuietDialog
from hmi.core.alarms.served import CLASS, PLACES
from hmi.core.alarms.station import OWN
from hmi.link.messages import AlarmRow, Alarms, ConditionFacts

FIRST = 4 + len(OWN)  # the plant has four rules, and behind them stand the station's own


@pytest.fixture
def engine(engine):
    files = dict(engine.files)
    files["plant.toml"] = files["plant.toml"].replace('id = "line"', 'id = "line"\nconditions = true')
    engine.start(files)
    return engine


@dataclass
class Server:
    """What the engine tells of conditions."""

    engine: object

    def tell(self, place=0, state="unacknowledged", **more):
        """One condition, and how it stands."""
        quiet = {key: more.pop(key) for key in ("quiet_by", "quiet_why", "quiet_until_ns", "acked_by") if key in more}
        name = more.setdefault("name", f"High{place}")
        facts = ConditionFacts(
            **{"id": f"line:Tank/{name}@1", "connection": "line", "source": "Mixer", "message": "Too full",
               "severity": 700, "priority": 2, "time_ns": self.engine.clock.now_ns()} | more
        )  # fmt: skip
        now = self.engine.clock.now_ns()
        row = AlarmRow(FIRST + place, state, place + 1, now, now, 700.0, condition=facts, **quiet)
        row = msgspec.structs.replace(row, cannot_evaluate=facts.lost)
        self.engine.alarms[row.rule] = row
        self.engine.say(Alarms((row,)))


@pytest.fixture
def server(engine):
    return Server(engine)


@pytest.fixture
def page(window):
    window.shell.go(":alarms")
    return window.shell.page


def beat(window):
    window.frame.beat()
    window.shell.pulse(True)


def cells(page, line, *columns):
    entry = page.model.entry(line)
    return [page.table.lines.text(column, entry, page.model.standing.rows[entry.rule])
            for column in page_columns(page) if column.name in columns]  # fmt: skip


def page_columns(page):
    return [column for column, _, _ in page.table.spots()]


def test_they_stand_in_the_one_list_by_their_priority_and_say_where_they_come_from(window, engine, server, page):
    engine.alarm(0, "unacknowledged")
    engine.alarm(2, "unacknowledged")
    server.tell(priority=2, level="HighHigh")
    beat(window)
    assert [row.rule for row in page.model.rows] == [0, FIRST, 2]
    assert cells(page, 1, "title", "state", "value", "place") == [
        "Too full · from line", "Unacknowledged", "HighHigh", "Mixer (line)",
    ]  # fmt: skip
    assert page.counts[2].count == 1
    server.tell(priority=1)
    engine.alarm(0, "normal")
    beat(window)
    assert page.model.rows[0].rule == FIRST and page.counts[1].count == 1


def test_what_is_only_last_known_says_so_and_does_not_vanish(window, server, page):
    server.tell(lost=True)
    beat(window)
    assert cells(page, 0, "title", "state") == ["Last known: Too full · from line", "Unacknowledged"]
    page.select(0)
    assert page.help.parts["State"].whole == "Unacknowledged · last known, link lost"
    assert "last known, link lost" in window.shell.banner.detail.whole


def test_one_about_a_tag_is_at_home_where_that_is_shown(window, engine, server, page):
    server.tell(tag=engine.plant.tag_index["tank.level"])
    beat(window)
    assert cells(page, 0, "place") == ["Tank 1"]
    assert window.shell.summary.by_screen["overview"].count == 1


def test_the_banner_shows_and_acknowledges_it(window, engine, server):
    server.tell(message="Guard open")
    beat(window)
    banner = window.shell.banner
    assert banner.headline.whole == "Guard open"
    assert "Mixer, kept by the server of line" in banner.detail.whole
    banner.acknowledge()
    assert engine.requests[-1].args["alarms"] == ["line:Tank/High0@1"]


def test_acknowledged_confirmed_and_shelved_like_any_other(window, engine, server, page, qtbot):
    server.tell()
    beat(window)
    page.select(0)
    assert not page.deeds.buttons["confirm"].isVisible()
    qtbot.mouseClick(page.deeds.buttons["ack"], Qt.MouseButton.LeftButton)
    assert (engine.requests[-1].verb, engine.requests[-1].args["alarms"]) == ("ack", ["line:Tank/High0@1"])
    server.tell(state="latched-acknowledged", confirm=True)
    beat(window)
    assert cells(page, 0, "state") == ["To be confirmed"]
    assert not page.deeds.buttons["reset"].isEnabled()
    qtbot.mouseClick(page.deeds.buttons["confirm"], Qt.MouseButton.LeftButton)
    assert (engine.requests[-1].verb, engine.requests[-1].args["alarms"]) == ("confirm", ["line:Tank/High0@1"])
    qtbot.mouseClick(page.deeds.buttons["shelve"], Qt.MouseButton.LeftButton)
    dialog = page.deeds.findChild(QuietDialog)
    assert dialog is not None and "Too full" in dialog._names()
    dialog.reject()


def test_the_help_says_what_its_server_says_and_nothing_that_nobody_wrote(window, server, page):
    server.tell(comment="valve ordered", comment_by="bert", class_name="Process", is_branch=True)
    beat(window)
    page.select(0)
    told = {name: part.whole for name, part in page.help.parts.items() if not part.isHidden()}
    assert told["Severity"] == "severity 700: priority 2"
    assert told["Comment"] == "valve ordered · bert"
    assert told["Condition"] == "Mixer / High0"
    assert "line" in told["Kept by a server"] and "earlier one" in told["Occurrence"]
    assert not {"Do this", "Cause", "Limit", "Time to respond"} & set(told)
    assert page.help.lately.isHidden() and not page.help.trend.isEnabled() and not page.help.jump.isEnabled()


def test_after_it_an_alarm_of_the_plant_has_its_own_help_again(window, engine, server, page):
    server.tell()
    engine.alarm(0, "unacknowledged")
    beat(window)
    page.select(1)
    page.select(0)
    told = {name for name, part in page.help.parts.items() if not part.isHidden()}
    assert "Do this" in told and not {"Kept by a server", "Severity", "Condition"} & told


def test_a_place_that_another_condition_takes_shows_that_one(window, server, page):
    server.tell(name="Old", message="Old one")
    beat(window)
    page.select(0)
    server.tell(name="New", message="New one", priority=4, source="Pump")
    beat(window)
    assert cells(page, 0, "title") == ["New one · from line"]
    assert page.belongings.title(page.belongings.place[FIRST]) == "Pump (line)"
    assert page.help.title.whole == "New one · from line"


def test_found_by_text_class_and_priority(window, engine, server, page):
    engine.alarm(0, "unacknowledged")
    server.tell(message="Guard open")
    beat(window)
    for wanted in (Filter(text="guard LINE"), Filter(class_=CLASS), Filter(priority=2)):
        page.model.filter(wanted)
        assert [row.rule for row in page.model.rows] == [FIRST]
    page.model.filter(Filter(text="guard"))
    server.tell(message="Level high")  # it says something else now
    beat(window)
    assert page.model.rows == []


def test_grouped_they_are_of_their_source(window, server, page):
    server.tell(0)
    server.tell(1)
    beat(window)
    page.model.group(True)
    entry = page.model.entry(0)
    assert page.table.lines.text(page_columns(page)[3], entry, None).startswith("Mixer (line) · 2 alarms")


def test_a_server_that_names_ever_new_sources_does_not_fill_the_memory(desk):
    desk.wire.tick()
    found = Belongings(desk.plant, desk.mirror.rules)
    for number in range(MOST_SOURCES + 50):
        found.learn(FIRST, ConditionFacts(f"line:{number}", "line", source=f"Source {number}"))
    assert len(found.names) <= MOST_SOURCES + 10


def test_rows_beyond_the_places_are_passed_over(window, engine):
    facts = ConditionFacts("line:x", "line")
    engine.say(Alarms((AlarmRow(FIRST + PLACES, "unacknowledged", condition=facts),)))
    engine.say(Alarms((AlarmRow(0, "unacknowledged", condition=facts),)))
    window.frame.beat()
    assert window.wire.mirror.rules[0].id == "tank.level.hh"
    assert FIRST + PLACES not in window.wire.mirror.alarms


def test_they_are_a_class_of_their_own_in_the_filter(page):
    box = page.filters.class_
    assert box.itemText(box.findData(CLASS)) == "From servers"


def test_words_without_a_source():
    facts = ConditionFacts("line:x", "line", name="High")
    assert served.place_title(facts) == "line"
    assert "High" in served.origin(AlarmRow(FIRST, "acknowledged", condition=facts))
    assert served.origin(AlarmRow(0, "acknowledged")) == ""
