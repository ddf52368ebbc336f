"""What may stand after the verbs that keep the engine going."""

import pytest

from hmi.cli import parser
from hmi.commands.survival_grammar import PAIRS


@pytest.mark.parametrize(
    ("words", "run"),
    [
        (["links", "--json"], "outages:links"),
        (["outages", "--days", "7"], "outages:outages"),
        (["safe-mode"], "outages:safe_mode"),
        (["safe-mode leave", "--why", "mended", "--as", "eve"], "outages:leave_safe_mode"),
        (["service install", "bottling", "--data", "x"], "systemd:install"),
        (["service show", "bottling"], "systemd:show"),
        (["service remove", "bottling"], "systemd:remove"),
    ],
)
def test_each_verb_has_its_work(words, run):
    assert parser().parse_args(words).run == run
    assert words[0] in PAIRS or " " not in words[0]


def test_safe_mode_is_not_left_without_a_reason(capsys):
    with pytest.raises(SystemExit):
        parser().parse_args(["safe-mode leave"])
    assert "--why" in capsys.readouterr().err
