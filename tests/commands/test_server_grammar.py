"""What may stand after `hmi server`."""

import pytest

from hmi.cli import parser


@pytest.mark.parametrize(
    ("words", "run"),
    [
        (["init", "postgresql://o@h/d"], "server:server"),
        (["expand", "postgresql://o@h/d", "a.*", "--from", "2026-01-01", "--station", "desk 1"], "server:server"),
        (["publish", "postgresql://o@h/d", "x.hmiplant", "y.toml", "--why", "new"], "server:server"),
        (["published", "postgresql://o@h/d", "--json"], "server:server"),
        (["withdraw", "postgresql://o@h/d", "7"], "server:server"),
        (["inbox", "--data", "x"], "inbox:inbox"),
        (["accept", "7", "--why", "tested", "--as", "kim"], "inbox:decide"),
        (["reject", "7", "--why", "no"], "inbox:decide"),
        (["orders", "--json"], "inbox:orders"),
    ],
)
def test_each_action_has_its_work(words, run):
    assert parser().parse_args(["server", *words]).run == run


@pytest.mark.parametrize("words", [[], ["init"], ["accept", "x"], ["publish", "u"], ["nonsense"]])
def test_wrong_use_is_refused(words, capsys):
    with pytest.raises(SystemExit):
        parser().parse_args(["server", *words])
