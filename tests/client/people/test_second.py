from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QLineEdit

from hmi.client.people.second import SecondPerson


def test_who_agrees_is_given_once_and_not_kept(qtbot: Any):
    made = SecondPerson()
    qtbot.addWidget(made)
    assert made.secret.echoMode() == QLineEdit.EchoMode.Password and not made.is_given
    with qtbot.waitSignal(made.changed):
        made.name.setText(" ada ")
    assert not made.is_given
    made.secret.setText("three grey herons")
    assert made.is_given
    assert made.take() == {"name": "ada", "secret": "three grey herons"}
    assert not made.is_given and made.secret.text() == ""
