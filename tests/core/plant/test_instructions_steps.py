"""Blocks of TOML become steps; every mistake in them is told with its line and how to mend it."""

import pytest

from hmi.core.plant.instructions_steps import slug
from hmi.core.plant.load import check
from hmi.core.steps.model import Loop, Number, Scan, Verify, Write
from tests.core.plant.motors import LIBRARY, TEXTS

HEAD = '+++\ntitle = "A"\n+++\n'


def steps_of(*blocks, file="instructions/a.md"):
    """The steps of an instruction whose blocks of TOML are these, and the mistakes in it."""
    text = HEAD + "".join(f"## Step {number}\n```step\n{block}\n```\n" for number, block in enumerate(blocks))
    texts = TEXTS | {
        file: text,
        "equipment.toml": '[[equipment]]\nid = "m1"\nname = "M1"\npath = "line.m1"\ntemplate = "motor"\n',
    }
    plant, mistakes = check(texts, LIBRARY)
    found = [mistake for mistake in mistakes if mistake.file == file]
    return (plant.instructions["a"].steps if plant else None), found


def test_steps_of_every_kind():
    blocks = [
        'id = "a"',
        'type = "check"\nexpect = "yes"\nna = true',
        'type = "number"\nid = "n"\nunit = "bar"\nlow = 1\nhigh = 2.5\ntags = ["line.m1.speed"]',
        'type = "text"',
        'type = "choice"\nchoices = ["x", "y"]\ngo = { x = "a" }',
        'type = "scan"\nwhat = "lot"\nmask = "L###"\nequipment = "m1"',
        'type = "photo"',
        'type = "timer"\nseconds = 30',
        'type = "wait"\nuntil = "line.m1.speed < 1"\ntimeout_min = 2',
        'type = "verify"\nneeds = "line.m1.door == 0"\nhold_s = 2\nblocked = "Close the door"',
        'type = "write"\ntag = "line.m1.start"\nvalue = true\nconfirm = "Starts"',
        'type = "capture"\ntag = "line.m1.speed"\nhigh = 3',
        'type = "sign"\nmeaning = "verified"\nsecond = true',
        'type = "branch"\nwhen = "result.n > 2 and line.m1.speed < 1"\nto = "a"',
        'type = "loop"\nfrom = "n"\nuntil = "result.n < 2"',
        'type = "loop"\nfrom = "a"\nagain = "Another?"',
    ]
    steps, mistakes = steps_of(*blocks)
    assert mistakes == []
    assert [step.__struct_config__.tag for step in steps] == (
        "read check number text choice scan photo timer wait verify write capture sign branch loop loop".split()
    )
    assert steps[2] == Number(
        id="n", title="Step 2", unit="bar", low=1.0, high=2.5, tags=("line.m1.speed",), outside="reason"
    )
    assert isinstance(steps[5], Scan) and isinstance(steps[9], Verify) and isinstance(steps[14], Loop)
    assert isinstance(steps[10], Write) and steps[10].value is True
    assert steps[1].id == "step_1"


@pytest.mark.parametrize(
    ("block", "what", "mend"),
    [
        ('type = "chek"', "there is no type of step 'chek'", 'Write type = "check"'),
        ("type = 3", "there is no type of step 3", "Write one of read, check"),
        ("colour = 1", "`colour` is not a key of [step]", "Remove it"),
        ('id = "A b"', "`id` must be a name of small letters", "close_inlet"),
        ('id = "a.b"', "a step cannot be called a.b", "Write another id"),
        ('id = "end"', "a step cannot be called end", "Write another id"),
        ('next = "nowhere"', "there is no step nowhere", "Name a step"),
        ('next = "firs"', "there is no step firs", "Write first"),
        ('tags = ["line.m1.sped"]', "there is no tag line.m1.sped", "Write line.m1.speed"),
        ('type = "check"\ngo = { maybe = "first" }', "'maybe' is no answer of this step", "Write one of yes, no"),
        ('type = "number"\nlow = 3\nhigh = 2', "low 3 is not below high 2", "Exchange them"),
        ('type = "number"\nlow = 3\ngo = { high = "first" }', "'high' is no answer", "Write one of low, within"),
        ('type = "text"\nleast = 9\nmost = 3', "least 9 is more than most 3", "Exchange them"),
        ('type = "choice"\nchoices = ["x"]', "`choices` must be", "choices ="),
        ('type = "choice"\nchoices = ["x", "x"]', "a choice stands there twice", "Remove"),
        ('type = "choice"\nchoices = ["x", "y"]\nexpect = ["z"]', "'z' is none of the choices", "Write one of x, y"),
        ('type = "scan"\nmask = "ä"', "the mask cannot be used", "Write # for a digit"),
        ('type = "scan"\nequipment = "m9"', "there is no equipment m9", "Name one of"),
        ('type = "timer"', "`seconds` is missing", "Add seconds = "),
        ('type = "timer"\nseconds = 0', "`seconds` must be a number, more than 0", "seconds = 60"),
        ('type = "wait"\nuntil = "line.m1.sped < 1"', "there is no tag line.m1.sped", "Write line.m1.speed"),
        ('type = "wait"\nuntil = "true"', "`until` reads no tag", "Name the tags"),
        ('type = "verify"\nneeds = "line.m1.name == 1"', "line.m1.name is text", "Use a step of type check"),
        ('type = "verify"\nneeds = "result.first == 1"', "there is no tag result.first", ""),
        ('type = "verify"\nneeds = "line.m1.speed <"', "not complete", "Check it there"),
        ('type = "write"\ntag = "line.m1.speed"\nvalue = 1', "line.m1.speed is read-only", "Write to another"),
        ('type = "write"\ntag = "line.m1.start"', "does not say what to write", "Write either value or from"),
        (
            'type = "write"\ntag = "line.m1.start"\nvalue = 3',
            "line.m1.start is on or off",
            "a value that the tag takes",
        ),
        ('type = "write"\ntag = "line.m1.start"\nfrom = "later"', "there is no step later above", "Name a step above"),
        ('type = "capture"\ntag = "line.x"', "there is no tag line.x", ""),
        ('type = "loop"\nfrom = "first"', "does not say when the loop ends", "Write one of times, until"),
        ('type = "loop"\nfrom = "first"\ntimes = 2\nagain = "More?"', "does not say when the loop ends", ""),
        ('type = "loop"\nfrom = "later"\ntimes = 2', "later is not above the loop", "Name the step"),
        ('type = "branch"\nwhen = "result.nothing > 1"\nto = "first"', "there is no tag result.nothing", ""),
        ('type = "sub"\ninstruction = "b"', "there is no instruction b", "Add instructions/b.md"),
        ('hazard = ""', "`hazard` must be", "hazard ="),
        ("[more]\na = 1", "[more] does not belong here", "Write it in one line"),
    ],
)
def test_mistakes_of_one_step(block, what, mend):
    steps, mistakes = steps_of('id = "first"', block, 'id = "later"')
    assert steps is None
    assert len(mistakes) == 1, [str(one) for one in mistakes]
    assert what in mistakes[0].what and mend in mistakes[0].mend
    lines = block.count("\n") + 1
    assert 9 <= mistakes[0].line <= 9 + lines  # at the fence of that step or below, never in another


def test_two_steps_of_one_id():
    steps, mistakes = steps_of('id = "a"', 'id = "a"')
    assert (steps, [str(one) for one in mistakes]) == (
        None,
        ["instructions/a.md:10: there are two steps a. Write another id in one of them"],
    )


def test_a_step_that_no_way_leads_to_is_a_warning():
    steps, mistakes = steps_of('next = "end"', 'id = "lost"')
    assert len(steps) == 2
    assert [(one.severity, one.line, one.what) for one in mistakes] == [
        ("warning", 10, "no way leads to the step lost")
    ]


def test_a_circle_without_a_person_is_a_mistake():
    steps, mistakes = steps_of('id = "a"', 'type = "branch"\nid = "b"\nwhen = "line.m1.speed > 1"\nto = "b"')
    assert steps is None
    assert mistakes[0].what == "from b a job would go round by itself"


@pytest.mark.parametrize(
    ("title", "id_"),
    [("Close the inlet!", "close_the_inlet"), ("3 bottles", "step_3_bottles"), ("阀门", "step"), ("Prüfen", "pr_fen")],
)
def test_an_id_of_a_title(title, id_):
    assert slug(title) == id_
