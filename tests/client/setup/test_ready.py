"""The steps in which a station makes itself ready."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from msgspec.structs import replace
from PySide6.QtCore import Qt

from hmi.client.page import Desk
from hmi.client.setup.ready import CertificateStep, ReadyStep, ServerStep
from hmi.client.setup.steps import Answers
from hmi.link.messages import Reply
from hmi.plantfiles.station import StationSettings
from tests.client.conftest import SmallEngine
from tests.client.setup.conftest import asked, hear


def test_the_certificate_is_made_shown_and_taken_along(desk: Desk, answers: Answers, qtbot: Any, tmp_path: Path):
    step = CertificateStep(desk, answers)
    qtbot.addWidget(step)
    told: list[str] = []
    step.do(told.append)
    assert "not there yet" in told[0]
    step.enter()
    hear(desk.wire)
    assert step.mark.whole.startswith("ABAB ABAB") and answers.fingerprint == "AB" * 32
    step.save(tmp_path / "desk.der")
    assert (tmp_path / "desk.der").read_bytes() == b"0"
    step.do(told.append)
    assert told[-1] == ""


def test_a_certificate_that_cannot_be_made_is_said(desk: Desk, answers: Answers, engine: SmallEngine, qtbot: Any):
    engine.answers["certificates"] = lambda request: Reply(request.number, True, "", {"fault": "others can read it"})
    step = CertificateStep(desk, answers)
    qtbot.addWidget(step)
    step.enter()
    hear(desk.wire)
    assert step.told.whole == "Others can read it" and not step.export.isEnabled()


def test_the_servers_password_is_kept_and_how_it_stands_is_shown(
    desk: Desk, answers: Answers, engine: SmallEngine, qtbot: Any
):
    step = ServerStep(desk, answers)
    qtbot.addWidget(step)
    step.show()
    step.enter()
    assert step.result.whole == "Not asked yet"
    step.password.setText("nine pale storks")
    qtbot.mouseClick(step.test, Qt.MouseButton.LeftButton)
    hear(desk.wire)
    assert asked(engine, "secret") == [{"name": "server", "secret": "nine pale storks"}]
    assert step.password.text() == "", "it does not stay in the window"
    engine.health()
    hear(desk.wire)
    assert desk.mirror.health is not None
    desk.mirror.health = replace(desk.mirror.health, server="current: everything is at plant-server")
    qtbot.waitUntil(lambda: step.result.whole.startswith("Current"), timeout=5000)
    step.hide()


def test_the_end_says_where_everything_is_and_what_is_still_wanted(desk: Desk, answers: Answers, qtbot: Any):
    answers.settings, answers.account = StationSettings("panel"), "ada"
    step = ReadyStep(desk, answers)
    qtbot.addWidget(step)
    step.enter()
    hear(desk.wire)
    assert "panel of Small plant is ready" in step.told.whole and "ada may administer" in step.told.whole
    assert "/data" in step.folder.whole and "line (hmi secret set" in step.folder.whole
