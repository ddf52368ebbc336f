"""What a person reads before deciding on a certificate."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtWidgets import QWidget

from hmi.client.page import Desk
from hmi.client.trust.decide import TITLES, Decide

FACTS = {"name": "Filler", "fingerprint": "AB" * 32}


@pytest.mark.parametrize("act", TITLES)
def test_every_decision_says_what_it_means(act: str, desk: Desk, qtbot: Any):
    host = QWidget()
    host.resize(1000, 700)
    qtbot.addWidget(host)
    host.show()
    sheet = Decide(desk, host, act, FACTS if act in ("accept", "refuse", "remove") else {}, lambda _: None)
    assert sheet.compared.isVisible() == (act == "accept")
    assert sheet.go.text() == TITLES[act]
    sheet.send()
    assert sheet.complaint.whole, "nothing goes without a reason"
    sheet.leave()
