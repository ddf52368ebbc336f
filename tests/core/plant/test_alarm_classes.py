"""[[alarm_class]]: every key, every mistake."""

from __future__ import annotations

import pytest

from hmi.core import toml
from hmi.core.alarms.rules import AlarmClass
from hmi.core.errors import Mistake
from hmi.core.plant.alarm_classes import AlarmClasses, read_classes

GOOD = """[[alarm_class]]
name = "machine-safety"
shelve_max_h = 2
second_person = true
shelve_role = "maintain"
service_role = "engineer"
auto_ack = false
realarm_min = 30
"""


def read(text: str) -> tuple[AlarmClasses, list[Mistake]]:
    mistakes: list[Mistake] = []
    table = toml.read("plant.toml", text, mistakes)
    assert table is not None
    return read_classes(table, mistakes), mistakes


def test_a_class_is_kept_whole() -> None:
    found, mistakes = read(GOOD)
    assert not mistakes
    assert found.known == {
        "machine-safety": AlarmClass("machine-safety", 2.0, True, "maintain", "engineer", False, 30.0)
    }


def test_a_class_that_says_nothing_is_like_any_other() -> None:
    found, _ = read('[[alarm_class]]\nname = "quality"\n')
    assert found.known["quality"] == AlarmClass("quality")


@pytest.mark.parametrize(
    ("old", "new", "line", "what", "mend"),
    [
        ('name = "machine-safety"', "", 1, "`name` is missing", "Add name"),
        ('"machine-safety"', '"Machine Safety"', 2, "`name` must be a word", "Write name"),
        ("= 2", "= 25", 3, "at most 24", "Write shelve_max_h = 8"),
        ("= 2", "= -1", 3, "at least 0", "Write shelve_max_h"),
        ("= true", '= "yes"', 4, "true or false", "Write second_person"),
        ('"maintain"', '"maintan"', 5, "must be one of", 'Write shelve_role = "maintain"'),
        ('"engineer"', '"view"', 6, "must be one of", "Write service_role"),
        ("= 30", "= 2000", 8, "at most 1440", "Write realarm_min"),
        ("auto_ack", "auto_acknowledge", 7, "not a key of [[alarm_class]]", "Write `auto_ack`"),
    ],
)
def test_mistakes(old: str, new: str, line: int, what: str, mend: str) -> None:
    assert old in GOOD
    _, mistakes = read(GOOD.replace(old, new, 1))
    assert [(one.line, one.severity) for one in mistakes if what in one.what] == [(line, "error")], mistakes
    assert any(mend in one.mend for one in mistakes)


def test_a_name_twice_names_the_other_line() -> None:
    _, (mistake,) = read(GOOD + GOOD)
    assert mistake.line == 10
    assert "the other is in line 2" in mistake.what


def test_a_second_person_where_nobody_may_shelve_is_told() -> None:
    _, (mistake,) = read(GOOD.replace("shelve_max_h = 2", "shelve_max_h = 0"))
    assert (mistake.line, mistake.severity) == (4, "warning")


def test_without_classes_every_name_is_one_and_with_them_a_misspelt_one_is_a_mistake() -> None:
    assert AlarmClasses().complaint("anything") is None
    found, _ = read(GOOD)
    assert found.complaint("machine-safety") is None
    assert found.complaint("process") is None
    assert found.complaint("machine-safty") == (
        "there is no alarm class machine-safty",
        'Write class = "machine-safety"',
    )
    assert "Add [[alarm_class]]" in (found.complaint("zzz") or ("", ""))[1]


def test_no_alarm_is_blamed_for_a_class_with_a_mistake() -> None:
    found, mistakes = read(GOOD.replace("= 2", "= 99"))
    assert mistakes and not found.known
    assert found.complaint("machine-safety") is None
