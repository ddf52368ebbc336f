"""The states of machines in the operator's language."""

from __future__ import annotations

from typing import Final

from hmi.client.language import tr
from hmi.core.screens.vocabulary import PACKML

# A state is not always called what its word means elsewhere: a machine that is in Execute runs.
_MARK: Final = " (PackML)"


def state_word(number: int) -> str:
    """What a state of PackML is called (ISA-TR88.00.02); "" for a number that is none."""
    word = PACKML.get(number, "")
    marked = word + _MARK
    return tr(marked).removesuffix(_MARK) if word else ""
