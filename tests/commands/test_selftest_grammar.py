"""What may stand after `hmi selftest`."""

from pathlib import Path

import pytest

from hmi.cli import main, parser


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        ([], "groups", []),
        (["security", "data"], "groups", ["security", "data"]),
        (["--data", "copy"], "data", Path("copy")),
        (["data", "--only", "data people"], "only", "data people"),
        (["--json"], "json", True),
    ],
)
def test_what_it_is_asked_for(words, name, value):
    assert getattr(parser().parse_args(["selftest", *words]), name) == value


def test_how_checks_are_run_is_not_told_to_people(capsys):
    assert main(["selftest", "--help"]) == 0
    assert "--here" not in capsys.readouterr().out


def test_a_group_that_nobody_knows_is_named(capsys):
    assert main(["selftest", "nonsense"]) == 1
    assert "There is no group of checks 'nonsense'" in capsys.readouterr().err
