"""[people] in plant.toml, and what a station says of it for itself."""

from __future__ import annotations

from hmi.core.errors import Mistake
from hmi.core.plant.plant_toml import PlantFile, read_plant_file

HEAD = '[plant]\nid = "x"\nname = "X"\ntimezone = "Europe/Berlin"\n'


def read(text: str) -> tuple[PlantFile, list[Mistake]]:
    mistakes: list[Mistake] = []
    return read_plant_file({"plant.toml": HEAD + text}, mistakes), mistakes


def test_nobody_needs_an_account_unless_the_plant_says_so() -> None:
    found, mistakes = read("")
    assert not mistakes
    assert (found.people.accounts, found.people.idle_min, found.people.lock) == (False, 15.0, False)


def test_what_the_section_says_and_what_a_station_says_for_itself() -> None:
    found, mistakes = read(
        "[people]\naccounts = true\nidle_min = 30\nlock = true\n"
        '[[station]]\nid = "panel"\nidle_min = 5\nlock = false\n[[station]]\nid = "desk"\n'
    )
    assert not mistakes
    assert (found.people.accounts, found.people.idle_min, found.people.lock) == (True, 30.0, True)
    assert [(one.idle_min, one.lock) for one in found.stations] == [(5.0, False), (None, None)]


def test_what_nobody_could_unlock_is_not_locked() -> None:
    _, mistakes = read("[people]\nlock = true\n")
    assert ("accounts = true" in mistakes[0].mend, mistakes[0].line) == (True, 6)
    _, mistakes = read('[[station]]\nid = "panel"\nlock = true\n')
    assert "nobody could unlock" in mistakes[0].what
    assert mistakes[0].line == 7


def test_minutes_are_minutes_and_keys_are_known() -> None:
    for text, says in (("idle_min = 0", "idle_min"), ("idle_min = 1000", "idle_min"), ("idle = 3", "idle_min")):
        found, mistakes = read(f"[people]\n{text}\n")
        assert says in str(mistakes[0])
        assert found.people.idle_min == 15.0


def test_what_the_owner_says_and_asks_before_anybody_signs_in() -> None:
    text = """[people]
notice = '''
For staff of the plant only.
What is done here is recorded.
'''
password_length = 14
passwords_before = 3
sessions = 2
"""
    found, mistakes = read(text)
    assert not mistakes
    assert found.people.notice == "For staff of the plant only.\nWhat is done here is recorded."
    assert (found.people.password_length, found.people.passwords_before, found.people.sessions) == (14, 3, 2)


def test_a_notice_can_be_read_and_steers_no_terminal() -> None:
    for text, says in (
        ('notice = "\\u001b[2J all is well"', "nobody can see"),
        ('notice = "\\u202E drawkcab"', "nobody can see"),
        (f'notice = "{"x" * 1201}"', "notice"),
        ("password_length = 6", "password_length"),
        ("passwords_before = 100", "passwords_before"),
        ("sessions = -1", "sessions"),
    ):
        found, mistakes = read(f"[people]\n{text}\n")
        assert says in str(mistakes[0]), text
        assert found.people.notice == ""
