"""An instruction in another language: what has to be there, and that no danger is left untranslated unseen."""

import pytest

from hmi.core.plant.instructions_wording import read_wording
from hmi.core.steps.model import Choice, Instruction, Read, StepWording, Verify, Wording

WHOLE = Instruction(
    id="a",
    title="Seal",
    hazards=("Hot water",),
    steps=(
        Read(id="open", title="Open", hazard="Hot"),
        Verify(id="stands", title="Stands", needs="x", blocked="Turns"),
        Choice(id="cause", title="Cause", choices=("Worn", "Torn")),
    ),
)
GERMAN = """+++
title = "Dichtung"
hazards = ["Heißes Wasser"]
+++
Warum.

## Öffnen

```step
id = "open"
hazard = "Heiß"
```

Text.

## Steht

```step
id = "stands"
blocked = "Dreht"
```

## Ursache

```step
id = "cause"
choices = ["Verschlissen", "Gerissen"]
```
"""


def read(text):
    """The wording, and its mistakes as (severity, line, what)."""
    mistakes = []
    return read_wording("instructions/a.de.md", text, WHOLE, mistakes), [
        (one.severity, one.line, one.what) for one in mistakes
    ]


def test_all_that_is_shown_is_there():
    assert read(GERMAN) == (
        Wording(
            "Dichtung",
            "Warum.",
            {
                "open": StepWording("Öffnen", "Text.", hazard="Heiß"),
                "stands": StepWording("Steht", blocked="Dreht"),
                "cause": StepWording("Ursache", choices=("Verschlissen", "Gerissen")),
            },
            hazards=("Heißes Wasser",),
        ),
        [],
    )


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        ('hazards = ["Heißes Wasser"]\n', "", ("warning", 1, "the hazards are not translated")),
        ('["Heißes Wasser"]', '["A", "B"]', ("error", 3, "there are 1 hazards, and 2 here")),
        ('hazard = "Heiß"\n', "", ("warning", 10, "hazard of open is not translated")),
        ('blocked = "Dreht"\n', "", ("warning", 19, "blocked of stands is not translated")),
        ('blocked = "Dreht"', 'confirm = "Ja"', ("error", 20, "the step stands has no confirm")),
        ('choices = ["Verschlissen", "Gerissen"]\n', "", ("warning", 26, "choices of cause are not translated")),
        (', "Gerissen"]', "]", ("error", 27, "cause has 2 choices, and 1 here")),
        ('"open"', '"opn"', ("error", 7, "there is no step opn")),
        ('"open"', '"opn"', ("warning", 0, "1 steps are not translated: open")),
        ("title", "titel", ("error", 2, "`titel` is not a key of [instruction]")),
    ],
)
def test_mistakes(old, new, mistake):
    assert mistake in read(GERMAN.replace(old, new))[1]


def test_without_a_head_it_is_no_translation():
    assert read("text") == (None, [("error", 1, "the translation has no head")])
