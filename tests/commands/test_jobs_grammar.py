"""What may stand after `hmi jobs` and `hmi instructions`."""

import pytest

from hmi.cli import main, parser
from hmi.commands.jobs_grammar import PAIRS


def test_verbs_of_two_words_are_known():
    known = parser()
    signed = ["cip-start", "--sign", "ann"]
    words = (["1-1"], ["cip-start"], ["1-1", "yes"], ["bottling", "cip-start"], signed, signed, signed)
    for pair, rest in zip(PAIRS, words, strict=True):
        assert known.parse_args([pair, *rest]).run


def test_one_way_to_do_a_step_at_a_time(capsys):
    assert main(["jobs", "do", "1-1", "--skip", "--begin"]) == 2
    assert "not allowed with" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "name", "value"),
    [
        (["jobs", "--serial", "S1"], "serial", "S1"),
        (["jobs", "--open"], "open", True),
        (["jobs", "--machine", "filler"], "machine", "filler"),
    ],
)
def test_what_jobs_are_asked_for(words, name, value):
    assert getattr(parser().parse_args(words), name) == value
