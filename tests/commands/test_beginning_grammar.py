"""What may stand after `hmi new` and `hmi discover`."""

from __future__ import annotations

import pytest

from hmi.cli import parser


def test_a_plant_needs_a_folder_and_nothing_else() -> None:
    options = parser().parse_args(["new", "my-plant"])
    assert (options.folder, options.name, options.timezone) == ("my-plant", "", "")


def test_a_server_is_asked_for_everything_unless_it_is_said_otherwise() -> None:
    options = parser().parse_args(["discover", "opc.tcp://h", "my-plant", "--under", "/2:Cell", "--json"])
    assert (options.url, options.folder, options.under, options.most) == ("opc.tcp://h", "my-plant", "/2:Cell", 5000)
    assert (options.connection, options.prefix, options.screen, options.security) == ("", "", "", "None")
    assert options.json


@pytest.mark.parametrize("words", [["new"], ["discover", "opc.tcp://h"], ["discover", "a", "b", "--most", "many"]])
def test_what_is_missing_is_said(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(words)
    assert "usage" in capsys.readouterr().err
