"""The questions of a first start: which station this is, and who is the first to work there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hmi.client.page import Desk
from hmi.client.people.present import Present
from hmi.client.setup.steps import AccountStep, Answers, StationStep
from hmi.link.messages import Reply
from hmi.plantfiles.station import StationSettings, read_station
from tests.client.conftest import SmallEngine
from tests.client.setup.conftest import asked, hear

GOOD = "three grey herons"


@pytest.fixture
def account(desk: Desk, answers: Answers, present: Present, qtbot: Any) -> AccountStep:
    made = AccountStep(desk, answers, present)
    qtbot.addWidget(made)
    made.enter()
    return made


def done(step: Any, desk: Desk) -> str:
    told: list[str] = []
    step.do(told.append)
    hear(desk.wire)
    assert len(told) == 1
    return told[0]


def test_the_station_is_one_of_the_plants_and_is_written_down(desk: Desk, answers: Answers, qtbot: Any):
    step = StationStep(desk, answers)
    qtbot.addWidget(step)
    texts = [step.stations.item(row).text() for row in range(step.stations.count())]
    assert texts == ["desk (as this computer is called)", "Panel at the pump (panel)"]
    step.stations.setCurrentRow(1)
    said: list[str] = []
    step.language_asked.connect(said.append)
    step.theme_asked.connect(said.append)
    step.languages.buttons()[1].click()
    step.themes.buttons()[1].click()
    assert said == ["de", "night"]
    assert done(step, desk) == ""
    assert read_station(answers.file or Path()) == StationSettings("panel", "de", "night")
    again = StationStep(desk, answers)
    qtbot.addWidget(again)
    assert again.stations.currentItem().text() == "Panel at the pump (panel)", "the sheet is made anew in German"


def test_where_it_cannot_be_written_it_is_said(desk: Desk, answers: Answers, qtbot: Any, tmp_path: Path):
    (tmp_path / "file").touch()
    answers.file = tmp_path / "file" / "site.toml"
    step = StationStep(desk, answers)
    qtbot.addWidget(step)
    assert "cannot be written" in done(step, desk)


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        (("", GOOD, GOOD, ""), "A name has"),
        (("ada", "short", "short", ""), "10 to 256"),
        (("ada", "ada is the best", "ada is the best", ""), "first that anybody tries"),
        (("ada", GOOD, GOOD + "!", ""), "not the same twice"),
        (("ada", GOOD, GOOD, "1234"), "first that anybody tries"),
    ],
)
def test_what_is_no_account_is_not_asked_for(
    account: AccountStep, desk: Desk, engine: SmallEngine, typed: tuple[str, ...], says: str
):
    for entry, text in zip((account.name, account.password, account.again, account.pin), typed, strict=True):
        entry.setText(text)
    assert says in done(account, desk)
    assert asked(engine, "person") == []


def test_the_first_account_is_made_and_signed_in(
    account: AccountStep, desk: Desk, engine: SmallEngine, present: Present, answers: Answers
):
    for entry, text in (
        (account.name, " ada "),
        (account.password, GOOD),
        (account.again, GOOD),
        (account.pin, "2580"),
    ):
        entry.setText(text)
    account.full_name.setText("Ada Lund")
    assert done(account, desk) == ""
    add, pin = asked(engine, "person")
    assert add == {"act": "add", "name": "ada", "full_name": "Ada Lund", "password": GOOD, "roles": {"": "administer"}}
    assert pin == {"act": "pin", "name": "ada", "new": "2580", "old": GOOD}
    assert present.person is not None and answers.account == "ada"
    assert [entry.text() for entry in (account.password, account.again, account.pin)] == ["", "", ""]
    account.enter()
    assert not account.name.isEnabled() and "ada is made" in account.made.whole
    assert done(account, desk) == "" and len(asked(engine, "person")) == 2, "and not once more"


def test_what_the_engine_refuses_is_said(account: AccountStep, desk: Desk, engine: SmallEngine, answers: Answers):
    engine.answers["person"] = lambda request: Reply(request.number, False, "That is for administrators")
    for entry, text in ((account.name, "ada"), (account.password, GOOD), (account.again, GOOD)):
        entry.setText(text)
    assert "administrators" in done(account, desk)
    assert answers.account == ""
