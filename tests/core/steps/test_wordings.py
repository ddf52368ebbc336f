"""A job in the language of whoever does it: all of it as it began, whatever became of the files."""

from hmi.core.steps.model import Check, Choice, Instruction, StepWording, Sub, Wording, Write
from hmi.core.steps.procedure import procedure_of
from hmi.core.steps.wordings import labels, worded

STOP = Write(id="stop", title="Stop", tag="a", value=1, confirm="Stops it", hazard="It turns")
CAUSE = Choice(id="cause", title="Cause", choices=("Worn", "Torn"))
GERMAN = Wording(
    "Wechseln",
    "Wozu.",
    {
        "stop": StepWording("Anhalten", "Am Pult.", hazard="Es dreht", confirm="Hält an"),
        "cause": StepWording("Ursache", choices=("Verschlissen", "Gerissen")),
    },
    hazards=("Heiß",),
)
PART = Instruction(id="part", title="Part", hazards=("Hot",), steps=(STOP, CAUSE), wordings={"de": GERMAN})
PLAIN = Check(id="plain", title="Plain?")
WHOLE = Instruction(
    id="whole",
    title="Whole",
    steps=(Sub(id="first", title="First", instruction="part"), PLAIN),
    wordings={"de": Wording("Ganz", "", {"first": StepWording("Zuerst")})},
)
KNOWN = {"part": PART, "whole": WHOLE}


def test_a_step_is_said_in_the_language_and_asks_for_the_same():
    procedure = procedure_of(PART, KNOWN, {})
    said = worded(procedure, STOP, "de")
    assert (said.title, said.text, said.hazard, said.confirm) == ("Anhalten", "Am Pult.", "Es dreht", "Hält an")
    assert (said.id, said.tag, said.value) == ("stop", "a", 1)
    assert labels(procedure, CAUSE, "de") == ("Verschlissen", "Gerissen")
    assert worded(procedure, CAUSE, "de").choices == ("Worn", "Torn")  # what is recorded


def test_what_nobody_translated_stays():
    procedure = procedure_of(WHOLE, KNOWN, {})
    assert worded(procedure, PLAIN, "de") == PLAIN
    assert worded(procedure, STOP, "fr") == STOP
    assert labels(procedure, CAUSE, "zh") == CAUSE.choices


def test_a_part_brings_its_words_and_its_dangers():
    procedure = procedure_of(WHOLE, KNOWN, {})
    first, stop = procedure.steps[:2]
    assert worded(procedure, first, "de").title == "Zuerst"
    assert worded(procedure, first, "de").text == "Wozu.\n\n- Heiß"
    assert worded(procedure, stop, "de").title == "Anhalten"
    assert procedure.wordings["de"].title == "Ganz"
