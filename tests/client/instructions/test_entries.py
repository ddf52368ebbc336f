"""What a person answers a step with."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt

from hmi.client.instructions.entries import Attach, Buttons, Field, Signature, StepEntry, entry_of, limits
from hmi.core.steps.model import Check, Choice, Loop, Number, Photo, Read, Scan, Sign, Text, Verify


@pytest.mark.parametrize(
    ("step", "kind", "answers"),
    [
        (Read(id="a", title="A"), StepEntry, None),
        (Verify(id="a", title="A", needs="pump.speed < 1"), StepEntry, None),
        (Check(id="a", title="A"), Buttons, ["yes", "no"]),
        (Check(id="a", title="A", na=True), Buttons, ["yes", "no", "na"]),
        (Loop(id="a", title="A", from_="b", again="More?"), Buttons, ["yes", "no"]),
        (Choice(id="a", title="A", choices=("x", "y")), Buttons, ["x", "y"]),
        (Number(id="a", title="A"), Field, None),
        (Text(id="a", title="A"), Field, None),
        (Scan(id="a", title="A"), Field, None),
        (Photo(id="a", title="A"), Attach, None),
        (Sign(id="a", title="A"), Signature, None),
    ],
)
def test_each_step_has_its_own(qtbot, bench, desk, step, kind, answers):
    made = entry_of(desk, step)
    qtbot.addWidget(made)
    assert type(made) is kind
    if answers is not None:
        assert [one.property("answer") for one in made.buttons] == answers
        assert made.sends and made.first() is made.buttons[0]


def test_a_field_is_ready_when_something_stands_in_it(qtbot, bench, desk):
    made = entry_of(desk, Scan(id="a", title="A"))
    qtbot.addWidget(made)
    assert not made.ready()
    made.field.setText("  P-101 ")
    assert (made.ready(), made.value()) == (True, "P-101")
    with qtbot.waitSignal(made.given) as heard:
        qtbot.keyClick(made.field, Qt.Key.Key_Return)  # as a scanner ends its code
    assert heard.args == ["P-101"]
    made.field.clear()
    with qtbot.assertNotEmitted(made.given):
        qtbot.keyClick(made.field, Qt.Key.Key_Return)


def test_name_and_password_are_both_needed_and_the_password_is_not_shown(qtbot, bench, desk):
    made = entry_of(desk, Sign(id="a", title="A"))
    qtbot.addWidget(made)
    made.name.setText("kim")
    assert not made.ready()
    made.secret.setText("secret")
    assert (made.ready(), made.value()) == (True, ("kim", "secret"))
    assert made.secret.displayText() != "secret"


def test_a_picture_is_kept_by_the_engine_before_it_counts(qtbot, bench, desk, tmp_path):
    made = entry_of(desk, Photo(id="a", title="A"))
    qtbot.addWidget(made)
    picture = tmp_path / "seal.png"
    made.take(picture)
    assert "cannot be read" in made.told.whole and not made.ready()
    picture.write_bytes(b"no picture")
    made.take(picture)
    desk.wire.tick()
    assert "is not what its name says" in made.told.whole and not made.ready()
    picture.write_bytes(b"\x89PNG\r\n\x1a\nx")
    made.take(picture)
    desk.wire.tick()
    assert made.ready() and made.value().endswith(".png")


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [(None, None, ""), (1, None, "at least 1 bar"), (None, 5, "at most 5 bar"), (1, 5.5, "1 … 5.5 bar")],
)
def test_limits_in_words(low, high, text):
    assert limits(Number(id="a", title="A", unit="bar", low=low, high=high)) == text
