from __future__ import annotations

import pytest

from hmi import cli


@pytest.mark.parametrize(
    "words",
    [
        ["trust", "list"],
        ["trust", "renew", "--use"],
        ["user", "list", "--as", "ada"],
        ["user", "add", "kim", "--role", "operate:line1", "--skill", "x", "--expires", "2027-01-01"],
        ["user", "change", "kim", "--disable"],
        ["user", "password", "kim", "--set"],
        ["user", "pin", "kim", "--take-away"],
        ["user", "badge", "kim"],
        ["user", "remove", "kim"],
    ],
)
def test_words_that_are_understood(words: list[str]):
    options = cli.parser().parse_args([*words, "--json"])
    assert options.json and options.run.startswith(words[0])


@pytest.mark.parametrize("words", [["user"], ["user", "add"], ["user", "fly", "kim"], ["trust", "accept"]])
def test_words_that_are_not(words: list[str], capsys: pytest.CaptureFixture[str]):
    assert cli.main(words) == 2
    assert capsys.readouterr().err
