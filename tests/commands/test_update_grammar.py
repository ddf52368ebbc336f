"""What may stand after hmi plant and hmi update."""

from pathlib import Path

import pytest

from hmi.cli import parser


def test_the_verbs_are_read() -> None:
    options = parser().parse_args(["update", "/stick", "--wait", "--downgrade", "--root", "/opt/hmi-mill"])
    assert (options.run, options.path, options.wait, options.root) == (
        "update:update",
        Path("/stick"),
        True,
        Path("/opt/hmi-mill"),
    )
    assert not (options.yes or options.force or options.roll_back)
    options = parser().parse_args(["plant", "verify", "mill", "--key", "a.pub", "--key", "b.pub"])
    assert (options.run, options.action, options.key) == (
        "plant_bundle:plant",
        "verify",
        [Path("a.pub"), Path("b.pub")],
    )


@pytest.mark.parametrize(
    "words", [["plant"], ["plant", "sing", "x"], ["plant", "pack", "x"], ["plant", "trust", "x", "--for", "all"]]
)
def test_what_is_no_use_is_refused(words: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        parser().parse_args(words)
