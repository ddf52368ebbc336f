"""Kinds of steps: each comes back from where it is kept as what it was."""

import msgspec
import pytest

from hmi.core.steps.model import END, KINDS, Check, Instruction, Loop, Procedure, Read, Wording


def test_every_kind_has_a_word_of_its_own():
    words = "read check number text choice scan photo timer wait verify write capture sign loop branch sub".split()
    assert list(KINDS) == words


def test_a_procedure_comes_back_as_it_was():
    steps = (Check(id="a", title="A", go={"no": "p.b"}), Loop(id="l", title="L", from_="a", again="More?"))
    made = Procedure(instruction="i", title="I", revision="1", sources={"i": "d"}, steps=steps)
    assert msgspec.json.decode(msgspec.json.encode(made), type=Procedure) == made


def test_a_kept_procedure_that_was_tampered_with_is_no_procedure():
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({"id": "A b", "title": "A", "type": "read"}, Read)


def test_after_a_step_comes_the_one_below_or_the_one_it_names():
    made = Procedure(
        instruction="i",
        title="I",
        revision="1",
        sources={},
        steps=(Read(id="a", title="A"), Read(id="b", title="B", next="a"), Read(id="c", title="C", next=END)),
    )
    assert [made.after(step) for step in made.steps] == ["b", "a", ""]
    assert (made.place("c"), made.step("x")) == (2, None)


def test_wordings_are_found_by_language():
    german = Wording("Füllkessel")
    one = Instruction(id="i", title="Bowl", wordings={"de": german})
    assert (one.wording("de"), one.wording("zh")) == (german, None)
