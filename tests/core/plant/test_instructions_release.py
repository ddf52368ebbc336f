"""Releases: two people must agree, and a text that was changed since is a draft again."""

import pytest

from hmi.core.plant.instructions_release import FILE, read_releases
from hmi.core.steps.model import Instruction, Release

DIGEST = "0123456789abcdef" * 4
KNOWN = {"cip": Instruction(id="cip", title="CIP", digest=DIGEST)}
ENTRY = f"""[[release]]
instruction = "cip"
state = "released"
digest = "{DIGEST[:16]}"
written_by = "A. Writer"
reviewed_by = "B. Reviewer"
released_by = "C. Chief"
on = 2026-03-01
"""


def read(text):
    """The releases of a file, and its mistakes."""
    mistakes = []
    return read_releases({FILE: text}, KNOWN, mistakes), mistakes


def test_a_release_of_three_people():
    found, mistakes = read(ENTRY)
    assert (found, mistakes) == (
        {"cip": Release("released", "A. Writer", "B. Reviewer", "C. Chief", "2026-03-01")},
        [],
    )


def test_a_changed_text_is_a_draft_again():
    found, mistakes = read(ENTRY.replace("0123", "3210"))
    assert found["cip"].state == "draft"
    assert [(one.severity, one.line) for one in mistakes] == [("warning", 4)]
    assert 'write digest = "0123456789abcdef"' in mistakes[0].mend


@pytest.mark.parametrize(
    ("old", "new", "line", "what"),
    [
        ('reviewed_by = "B. Reviewer"', 'reviewed_by = "A. Writer"', 6, "A. Writer has written it and reviewed it"),
        ('released_by = "C. Chief"', 'released_by = "B. Reviewer"', 7, "what he wrote or reviewed himself"),
        ('released_by = "C. Chief"', 'released_by = "A. Writer"', 7, "what he wrote or reviewed himself"),
        ('released_by = "C. Chief"\n', "", 3, "nobody has released it"),
        ('reviewed_by = "B. Reviewer"\n', "", 3, "nobody has reviewed it"),
        ('"cip"', '"cap"', 2, "there is no instruction cap"),
        ('"released"', '"relesed"', 3, "`state` must be"),
        ('"released"', '"withdrawn"', 3, "does not say why"),
        ("on = 2026-03-01", "when = 1", 8, "`when` is not a key"),
        ("[[release]]", "[[relase]]", 1, "`relase` is not a section"),
    ],
)
def test_mistakes(old, new, line, what):
    mistakes = read(ENTRY.replace(old, new))[1]
    assert what in mistakes[0].what, mistakes
    assert mistakes[0].line == line
    assert mistakes[0].severity == "error"


def test_twice_is_a_mistake():
    assert "stands there twice" in read(ENTRY + ENTRY)[1][0].what


def test_withdrawn_stays_withdrawn_whatever_its_text():
    found, mistakes = read('[[release]]\ninstruction = "cip"\nstate = "withdrawn"\nwhy = "pump replaced"\n')
    assert (found["cip"].state, found["cip"].why, mistakes) == ("withdrawn", "pump replaced", [])


def test_a_draft_needs_nobody():
    assert read('[[release]]\ninstruction = "cip"\nstate = "draft"\n')[0]["cip"].state == "draft"


def test_without_the_file_nothing_is_released():
    assert read_releases({}, KNOWN, []) == {}
