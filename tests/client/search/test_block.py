"""Lines of text that are searched together."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.client.search.block import Block, folded, words_of

LINES = [
    "line1.filler.tank.level filler bowl level",
    "line1.filler.drive.speed drive speed",
    "line1.palletiser.speed speed set-point",
    "alarm tank overflows",
    "größe der flasche",
    "灌装机 filler",
]


def best(text):
    scores = Block([folded(line) for line in LINES]).scores(words_of(text))
    return [LINES[row] for row in np.argsort(-scores, kind="stable") if scores[row] > 0]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("tank level", LINES[0]),
        ("level tank", LINES[0]),
        ("PALL SPEED", LINES[2]),
        ("tnklvl", LINES[0]),  # letters in order, others between
        ("flspd", LINES[1]),
        ("overflow", LINES[3]),
        ("GRÖSSE", LINES[4]),
        ("灌装", LINES[5]),
    ],
)
def test_a_part_of_each_word_finds_it(text, first):
    assert best(text)[0] == first


def test_all_words_must_be_there():
    assert best("palletiser level zzz") == []
    assert best("zzz") == []
    assert best("") == LINES  # nothing asked: nothing stands against any


def test_whole_words_come_before_parts_of_words_and_those_before_scattered_letters():
    lines = ["sxpxexexd", "overspeeding", "speedy", "speed"]
    scores = Block(lines).scores([b"speed"])
    assert [lines[row] for row in np.argsort(-scores)] == ["speed", "speedy", "overspeeding", "sxpxexexd"]


def test_letters_that_are_far_apart_are_no_match():
    assert Block(["s" + "x" * 60 + "p" + "x" * 60 + "eed"]).scores([b"speed"]).tolist() == [0.0]


@given(
    st.lists(st.text(alphabet="abc .é机", max_size=12), min_size=1, max_size=20),
    st.text(alphabet="abcé机", min_size=1, max_size=4),
)
def test_every_line_that_has_the_text_is_found(lines, text):
    lines = [folded(line) for line in lines]
    word = folded(text)
    scores = Block(lines).scores([word.encode()])
    assert len(scores) == len(lines)
    assert all(score > 0 for line, score in zip(lines, scores, strict=True) if word in line)
