"""A line for a person, silence for a script."""

from __future__ import annotations

import io

from hmi.commands.progress import ProgressLine


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_terminal_gets_one_line_that_is_gone_at_the_end() -> None:
    out = Terminal()
    with ProgressLine(out) as line:
        line.tell("hot.db", 1, 4)
        line.tell("too soon to be shown", 2, 4)
    shown = out.getvalue()
    assert shown.startswith("\r 25 %  hot.db")
    assert "too soon" not in shown
    assert shown.endswith(" \r")
    assert "\n" not in shown


def test_of_an_unknown_whole_only_what_is_under_way_is_told() -> None:
    out = Terminal()
    with ProgressLine(out) as line:
        line.tell("reading", 5, 0)
    assert "%" not in out.getvalue()


def test_a_script_gets_nothing() -> None:
    out = io.StringIO()
    with ProgressLine(out) as line:
        line.tell("hot.db", 1, 4)
    assert out.getvalue() == ""
