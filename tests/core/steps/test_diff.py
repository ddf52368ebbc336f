"""Two revisions side by side: what changed, came, went and moved; pictures and translations too."""

import msgspec
import pytest

from hmi.core.steps.diff import Part, Shown, changed, compared, words
from hmi.core.steps.model import Check, Number, Picture, Procedure, Read, StepWording, Wording

OPEN = Read(id="open", title="Open", text="Turn it left.", pictures=(Picture("v.svg", "Valve"),))
LEVEL = Number(id="level", title="Level", unit="%", low=20.0, high=90.0)
CLEAN = Check(id="clean", title="Clean?", expect="yes")


def procedure(*steps, **more):
    told = {"instruction": "i", "title": "T", "revision": "1", "sources": {}} | more
    return Procedure(**told, steps=steps)


OLD = procedure(OPEN, LEVEL, CLEAN, drawings={"v.svg": "aa.svg"})


def kinds(new):
    return {one.step: one.kind for one in changed(compared(OLD, new))}


def test_the_same_text_differs_in_nothing():
    assert [one.kind for one in compared(OLD, OLD)] == ["same"] * 4


def test_what_a_step_says_otherwise():
    new = msgspec.structs.replace(OLD, steps=(OPEN, msgspec.structs.replace(LEVEL, high=85.0, hazard="Hot"), CLEAN))
    [one] = changed(compared(OLD, new))
    assert (one.step, one.kind) == ("level", "changed")
    assert one.parts == (Part("high", "90", "85"), Part("hazard", "", "Hot"))


def test_steps_that_came_went_and_moved():
    assert kinds(msgspec.structs.replace(OLD, steps=(OPEN, CLEAN))) == {"level": "removed"}
    more = msgspec.structs.replace(CLEAN, id="more")
    assert kinds(msgspec.structs.replace(OLD, steps=(OPEN, LEVEL, more, CLEAN))) == {"more": "added"}
    moved = kinds(msgspec.structs.replace(OLD, steps=(LEVEL, CLEAN, OPEN)))
    assert moved == {"open": "moved"}


def test_what_was_removed_stands_where_it_stood():
    new = msgspec.structs.replace(OLD, steps=(OPEN, CLEAN))
    assert [one.step for one in compared(OLD, new)] == ["", "open", "level", "clean"]
    new = msgspec.structs.replace(OLD, steps=(LEVEL, CLEAN))
    assert [one.step for one in compared(OLD, new)] == ["", "open", "level", "clean"]


def test_a_picture_of_the_same_name_that_shows_something_else():
    [one] = changed(compared(OLD, msgspec.structs.replace(OLD, drawings={"v.svg": "bb.svg"})))
    assert (one.kind, one.parts) == ("changed", ())
    assert (one.before, one.after) == ((Shown("v.svg", "aa.svg"),), (Shown("v.svg", "bb.svg"),))


def test_head_and_translations_count():
    german = Wording("T", hazards=("Heiß",), steps={"open": StepWording("Öffnen", "Nach rechts.")})
    new = msgspec.structs.replace(OLD, revision="2", wordings={"de": german})
    head, step = changed(compared(OLD, new))
    assert [part.name for part in head.parts] == ["revision", "title (de)", "hazards (de)"]
    assert step.parts == (Part("title (de)", "", "Öffnen"), Part("text (de)", "", "Nach rechts."))


def test_another_kind_of_step_is_told():
    new = msgspec.structs.replace(OLD, steps=(OPEN, Check(id="level", title="Level"), CLEAN))
    [one] = changed(compared(OLD, new))
    assert {part.name for part in one.parts} == {"unit", "low", "high", "type"}


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("turn left", "turn right", [("same", "turn "), ("removed", "left"), ("added", "right")]),
        ("a", "a", [("same", "a")]),
        ("", "new", [("added", "new")]),
        ("old", "", [("removed", "old")]),
        ("", "", []),
    ],
)
def test_word_by_word(before, after, pieces):
    assert list(words(before, after)) == pieces
