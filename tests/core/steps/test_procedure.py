"""Instructions in instructions become one row of steps, and every way through them stays what it was."""

from hmi.core.steps.model import (
    Branch,
    Check,
    Instruction,
    Loop,
    Number,
    Picture,
    Read,
    Release,
    Scan,
    Sub,
    Wait,
    Write,
)
from hmi.core.steps.procedure import key_of, procedure_of
from tests.core.steps.floor import Floor

PART = Instruction(
    id="part",
    title="Part",
    intro="Wear gloves",
    ppe=("gloves",),
    digest="dp",
    release=Release("released"),
    pictures=(Picture("p.svg"),),
    steps=(
        Number(id="weigh", title="Weigh", go={"within": "done"}),
        Write(id="send", title="Send", tag="line.speed", from_="weigh"),
        Branch(id="heavy", title="Heavy", when="result.weigh > 5", to="weigh", otherwise="end"),
        Loop(id="again", title="Again", from_="weigh", until="result.weigh < 3"),
        Check(id="done", title="Done", go={"no": "end"}),
    ),
)
WHOLE = Instruction(
    id="whole",
    title="Whole",
    revision="7",
    digest="dw",
    release=Release("draft"),
    steps=(
        Read(id="a", title="A"),
        Sub(id="first", title="First part", instruction="part", text="Now the part", hazard="Hot"),
        Scan(id="plate", title="Plate", equipment="pump"),
        Sub(id="last", title="Last part", instruction="part"),
    ),
)
KNOWN = {"part": PART, "whole": WHOLE}


def test_parts_are_put_in_their_place_and_keep_their_ways():
    made = procedure_of(WHOLE, KNOWN, {"pump": "P-101"})
    ids = [step.id for step in made.steps]
    assert ids[:4] == ["a", "first", "first.weigh", "first.send"]
    assert ids[6:9] == ["first.done", "plate", "last"]
    assert made.step("first.weigh").go == {"within": "first.done"}
    assert made.step("first.send").from_ == "first.weigh"
    heavy = made.step("first.heavy")
    assert (heavy.when, heavy.to, heavy.otherwise) == ("result.first.weigh > 5", "first.weigh", "plate")
    assert (made.step("first.again").from_, made.step("first.again").until) == ("first.weigh", "result.first.weigh < 3")
    assert made.step("first.done").go == {"no": "plate"}
    assert made.after(made.step("first.done")) == "plate"
    assert made.after(made.step("last.done")) == ""  # the end of the part is the end of the job
    assert made.step("last.done").go == {"no": "end"}
    assert made.step("plate").expect == "P-101"


def test_what_is_read_before_a_part_is_that_of_the_part():
    heading = procedure_of(WHOLE, KNOWN, {}).step("first")
    assert isinstance(heading, Read)
    assert (heading.text, heading.hazard) == ("Now the part\n\nWear gloves\n\n- gloves", "Hot")
    assert heading.pictures == (Picture("p.svg"),)


def test_it_is_as_far_released_as_the_least_of_its_parts():
    made = procedure_of(WHOLE, KNOWN, {})
    assert (made.release, made.sources) == ("draft", {"whole": "dw", "part": "dp"})


def test_its_key_is_of_all_of_it():
    made = procedure_of(WHOLE, KNOWN, {})
    assert key_of(made) == key_of(procedure_of(WHOLE, KNOWN, {}))
    assert key_of(made) != key_of(procedure_of(WHOLE, KNOWN, {"pump": "P-102"}))


def test_a_job_goes_through_a_part_to_its_end():
    whole = Instruction(id="w", title="W", steps=(Sub(id="p", title="P", instruction="part"),))
    part = Instruction(
        id="part",
        title="Part",
        steps=(Number(id="n", title="N"), Branch(id="b", title="B", when="result.n > 1", to="n", otherwise="end")),
    )
    made = procedure_of(whole, {"part": part}, {})
    floor = Floor(*made.steps)
    floor.start()
    floor.act()
    assert floor.act(value=2).at == "p.n"
    assert floor.act(value=1).state == "finished"


def test_a_part_in_a_part():
    inner = Instruction(id="inner", title="Inner", steps=(Wait(id="w", title="W", until="line.speed < 1"),))
    middle = Instruction(id="middle", title="Middle", steps=(Sub(id="i", title="I", instruction="inner"),))
    outer = Instruction(
        id="outer",
        title="Outer",
        steps=(Sub(id="m", title="M", instruction="middle"), Read(id="z", title="Z")),
    )
    made = procedure_of(outer, {"inner": inner, "middle": middle}, {})
    assert [step.id for step in made.steps] == ["m", "m.i", "m.i.w", "z"]
    assert made.after(made.step("m.i.w")) == "z"
