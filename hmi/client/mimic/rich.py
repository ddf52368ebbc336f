"""The richer kinds of shapes, each drawn element by element by a function of ink, element and options.

Whoever draws many elements at once may keep a picture of a shape of STATE_KINDS for each of running, stopped and
unknown. Shapes of HISTORY_KINDS change with time alone: draw them anew whenever `Recent.beat` says so.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from hmi.client.mimic import rich_badges, rich_lines, rich_marks, rich_picture, rich_words
from hmi.client.mimic.compile import Drawn
from hmi.client.mimic.ink import Ink
from hmi.core.screens import vocabulary

PAINTERS: Final[Mapping[str, Callable[[Ink, Drawn, Mapping[str, Any]], None]]] = {
    "glyph": rich_marks.glyph,
    "runmark": rich_marks.runmark,
    "unknown": rich_marks.unknown,
    "badges": rich_badges.badges,
    "figure": rich_words.figure,
    "word": rich_words.word,
    "mode": rich_words.mode,
    "fault": rich_words.fault,
    "segments": rich_words.segments,
    "table": rich_words.table,
    "meter": rich_lines.meter,
    "spark": rich_lines.spark,
    "strip": rich_lines.strip,
    "picture": rich_picture.picture,
}
STATE_KINDS: Final = frozenset({"glyph", "runmark"})
HISTORY_KINDS: Final = vocabulary.HISTORY
