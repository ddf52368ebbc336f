"""What may stand after `hmi secret` and `hmi setup`."""

from __future__ import annotations

import pytest

from hmi.cli import parser


def test_what_is_understood() -> None:
    given = parser().parse_args(["secret", "set", "line-1", "--file", "--data", "/x"])
    assert (given.run, given.action, given.name, given.file) == ("secret:secrets", "set", "line-1", True)
    given = parser().parse_args(["setup", "bottling", "--from", "a.toml"])
    assert (given.run, given.plant, str(given.file)) == ("first_start:setup", "bottling", "a.toml")
    assert parser().parse_args(["setup", "bottling"]).file is None


@pytest.mark.parametrize("words", [["secret"], ["secret", "get", "x"], ["secret", "set"], ["setup"]])
def test_what_is_not(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(words)
    assert capsys.readouterr().err
