"""Whether a first start is asked for, and what comes after it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hmi.client.setup.first import FirstStart
from hmi.client.window import Window
from hmi.link.messages import Reply
from hmi.plantfiles.station import StationSettings
from tests.client.conftest import SmallEngine, texts
from tests.client.setup.conftest import asked

GOOD = "three grey herons"


def begun(window: Window, tmp_path: Path, wanted: bool = False) -> FirstStart:
    """As the program does it, though the window has found its engine already."""
    made = FirstStart(window, "desk", StationSettings(), tmp_path / "site.toml", wanted)
    made._look(window.wire.plant)
    window.frame.beat()
    return made


def test_a_new_station_asks_by_itself_and_alarms_are_seen(window: Window, engine: SmallEngine, tmp_path: Path):
    first = begun(window, tmp_path)
    assert first.wizard is not None and first.wizard.isVisible()
    engine.alarm(0, "unacknowledged")
    window.frame.beat()
    assert window.shell is not None
    assert window.shell.banner.isVisible() and not first.wizard.geometry().intersects(window.shell.banner.geometry())


def test_who_put_it_off_is_not_asked_again(window: Window, tmp_path: Path):
    first = begun(window, tmp_path)
    assert first.wizard is not None
    first.wizard.later.click()
    first._look(window.wire.plant)
    window.frame.beat()
    assert first.wizard is None


def test_another_language_keeps_the_place_and_the_answers(window: Window, tmp_path: Path):
    first = begun(window, tmp_path)
    assert first.wizard is not None
    first.wizard.station.stations.setCurrentRow(1)
    first.wizard.station.languages.buttons()[1].click()
    assert first.wizard is not None and first.wizard.isVisible()
    assert first.wizard.next.text() == "Weiter"
    assert first.wizard.station.stations.currentRow() == 1
    first.wizard.station.themes.buttons()[1].click()
    assert window.theme.name == "night" and first.wizard.isVisible()


def test_another_station_is_another_window(window: Window, tmp_path: Path):
    first = begun(window, tmp_path)
    assert first.wizard is not None
    wizard = first.wizard
    wizard.station.stations.setCurrentRow(1)
    wizard.forward()
    for entry, text in ((wizard.account.name, "ada"), (wizard.account.password, GOOD), (wizard.account.again, GOOD)):
        entry.setText(text)
    for _ in range(4):
        wizard.forward()
        for _ in range(4):
            window.frame.beat()
    assert first.again == StationSettings("panel", "en", "day")
    assert not window.isVisible()


@pytest.mark.parametrize("body", [{"accounts": 1, "fault": ""}, {"accounts": 0, "fault": "people.json is damaged"}])
def test_a_station_that_has_people_or_cannot_read_them_is_not_new(
    window: Window, engine: SmallEngine, tmp_path: Path, body: dict[str, Any]
):
    engine.answers["whoami"] = lambda request: Reply(request.number, True, "", {"person": None, **body})
    assert begun(window, tmp_path).wizard is None


def test_a_plant_without_accounts_is_left_alone_unless_somebody_wants_them(
    window: Window, engine: SmallEngine, tmp_path: Path
):
    engine.hang_up()
    window.frame.beat()
    engine.start(texts())
    window.wire._connect()
    window.frame.beat()
    before = len(asked(engine, "whoami"))
    assert begun(window, tmp_path).wizard is None
    assert len(asked(engine, "whoami")) == before
    assert begun(window, tmp_path, wanted=True).wizard is not None
