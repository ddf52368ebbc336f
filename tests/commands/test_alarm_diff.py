"""`hmi alarms diff`: how a difference is said."""

import pytest

from hmi.cli import main
from hmi.commands.alarm_diff import line_of
from hmi.core.alarms.differing import Difference


@pytest.mark.parametrize(
    ("one", "text"),
    [
        (Difference("a.h", "limit", "90", "85"), "a.h  limit: 90 runs, 85 in the files"),
        (Difference("a.h", "basis", "", "pipe"), "a.h  basis: (nothing) runs, pipe in the files"),
        (Difference("a.h", "", "there", "not there"), "a.h: in the engine there, in the files not there"),
    ],
)
def test_a_difference_is_one_line(one, text):
    assert line_of(one) == text


def test_without_an_engine_one_line_says_what_to_do(tmp_path, capsys):
    assert main(["alarms", "diff", "bottling", "--data", str(tmp_path)]) == 1
    assert capsys.readouterr().err.count("\n") == 1
