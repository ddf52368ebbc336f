"""Some thousands of lines of text that are searched together, by their bytes in columns, in about a millisecond."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

_EXACT: Final = 100.0  # the letters stand together, somewhere
_AT_START: Final = 60.0  # of the line
_AT_WORD: Final = 40.0  # at the beginning of a word
_WHOLE_WORD: Final = 25.0
_SCATTERED: Final = 50.0  # all letters in order, with others between
_LONGEST_SCATTERED: Final = 16  # letters: who types more of a word means it as it stands
_PER_GAP: Final = 2.0
_PER_LETTER: Final = 0.15  # of the line: of two that match alike the shorter one is meant
_LINE: Final = 10  # the byte that ends each line


def folded(text: str) -> str:
    """Text as it is compared: lower case, on one line."""
    return " ".join(text.casefold().split())


def words_of(text: str) -> list[bytes]:
    """What was typed, word by word."""
    return [word.encode() for word in folded(text).split()]


class Block:
    """Lines of folded text."""

    def __init__(self, lines: Sequence[str]) -> None:
        self._text = np.frombuffer(("\n".join(lines) + "\n").encode(), np.uint8)
        self._ends = np.flatnonzero(self._text == _LINE)
        self._starts = np.concatenate(([0], self._ends[:-1] + 1)).astype(np.intp)
        letters = (self._text >= 128) | _LETTERS[self._text]
        self._word_start = letters & ~np.concatenate(([False], letters[:-1]))
        self._word_end = letters & ~np.concatenate((letters[1:], [False]))
        self._at_start = np.zeros(len(self._text), bool)
        self._at_start[self._starts] = True

    def __len__(self) -> int:
        return len(self._ends)

    def scores(self, words: Sequence[bytes]) -> NDArray[np.float64]:
        """How well each line matches all the words: 0 not at all, else the more the better."""
        total = np.zeros(len(self), np.float64)
        alive = np.ones(len(self), bool)
        for word in words:
            score = self._together(word)
            loose = alive & (score == 0)
            if 1 < len(word) <= _LONGEST_SCATTERED and loose.any():
                self._scatter(word, np.flatnonzero(loose), score)
            alive &= score > 0
            total += score
        lengths = (self._ends - self._starts) * _PER_LETTER
        return np.where(alive, np.maximum(total - lengths, 1.0), 0.0)

    def _together(self, word: bytes) -> NDArray[np.float64]:
        """Score of the lines in which the letters of a word stand together."""
        text, score = self._text, np.zeros(len(self), np.float64)
        found = np.flatnonzero(text[: len(text) - len(word) + 1] == word[0])
        for place, letter in enumerate(word[1:], 1):
            found = found[text[found + place] == letter]
        if len(found):
            value = np.full(len(found), _EXACT)
            value += _AT_START * self._at_start[found]
            begins = self._word_start[found]
            value += _AT_WORD * begins
            value += _WHOLE_WORD * (begins & self._word_end[found + len(word) - 1])
            np.maximum.at(score, np.searchsorted(self._ends, found), value)
        return score

    def _scatter(self, word: bytes, lines: NDArray[np.intp], score: NDArray[Any]) -> None:
        """Score of lines that have the letters of a word in this order, each as early as it can be."""
        first = at = self._starts[lines]
        for place, letter in enumerate(word):
            where = np.flatnonzero(self._text == letter)
            if not len(where):
                return
            number = np.searchsorted(where, at)
            step = where[np.minimum(number, len(where) - 1)]
            good = (number < len(where)) & (step < self._ends[lines])
            lines, step, first = lines[good], step[good], first[good]
            first = step if place == 0 else first
            at = step + 1
        gaps = at - first - len(word)
        score[lines] = np.maximum(_SCATTERED - _PER_GAP * gaps, 0.0) + _AT_WORD / 2 * self._word_start[first] * (
            gaps <= _SCATTERED / _PER_GAP
        )


def _letters() -> NDArray[np.bool_]:
    table = np.zeros(256, bool)
    for first, last in ((48, 57), (65, 90), (97, 122)):
        table[first : last + 1] = True
    return table


_LETTERS: Final = _letters()
