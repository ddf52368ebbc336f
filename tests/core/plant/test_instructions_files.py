"""The instructions folder: heads, pictures, parts, translations; and who finds which instruction."""

import msgspec

from hmi.core.plant.instructions_files import instruction_ids
from hmi.core.plant.load import check
from hmi.core.steps.model import Instruction, Picture, Schedule
from tests.core.plant.motors import LIBRARY, TEXTS

PHOTO = "sha256:" + "0" * 64  # what stands for a photograph among the texts of its plant
SVG = '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><rect width="5" height="5"/></svg>'
EQUIPMENT = '[[equipment]]\nid = "m1"\nname = "M1"\npath = "line.m1"\ntemplate = "motor"\n'
HEAD = """+++
id = "a"
title = "Change the seal"
revision = "3"
equipment = ["m1"]
role = "maintain"
skills = ["seals"]
minutes = 20
hazards = ["Hot water"]
ppe = ["Gloves"]
tools = ["Key 13"]
parts = ["Seal"]
ask = ["order", "lot"]
every = 500
counter = "line.m1.hours"
+++
"""
TEXT = HEAD + "# Change the seal\n\nWhy.\n\n![All](all.svg)\n\n## Open\n\n![Photo](open.jpg)\n"


def of(open__jpg=PHOTO, **files):
    """The plant of these instruction files, and the mistakes in them."""
    files["open__jpg"] = open__jpg
    texts = {f"instructions/{name.replace('__', '.')}": text for name, text in files.items() if text}
    plant, mistakes = check(TEXTS | {"equipment.toml": EQUIPMENT} | texts, LIBRARY)
    return plant, [one for one in mistakes if one.file.startswith("instructions/")]


def test_a_whole_instruction():
    plant, mistakes = of(a__md=TEXT, all__svg=SVG)
    assert mistakes == []
    found = plant.instructions["a"]
    assert msgspec.structs.replace(found, digest="", steps=()) == Instruction(
        id="a",
        title="Change the seal",
        revision="3",
        intro="Why.",
        pictures=(Picture("all.svg", "All"),),
        equipment=("m1",),
        role="maintain",
        skills=("seals",),
        minutes=20.0,
        hazards=("Hot water",),
        ppe=("Gloves",),
        tools=("Key 13",),
        parts=("Seal",),
        ask=("order", "lot"),
        schedule=Schedule(0.0, "line.m1.hours", 500.0),
    )
    assert found.steps[0].pictures == (Picture("open.jpg", "Photo"),)
    assert list(plant.pictures) == ["instructions/all.svg"]


def test_the_digest_is_of_all_that_is_shown_and_not_of_line_ends():
    digest = of(a__md=TEXT, all__svg=SVG)[0].instructions["a"].digest
    assert of(a__md=TEXT.replace("\n", "\r\n"), all__svg=SVG)[0].instructions["a"].digest == digest
    assert of(a__md=TEXT + "x", all__svg=SVG)[0].instructions["a"].digest != digest
    assert of(a__md=TEXT, all__svg=SVG.replace("5", "6"))[0].instructions["a"].digest != digest
    assert of(a__md=TEXT, all__svg=SVG, open__jpg=PHOTO[:-1] + "1")[0].instructions["a"].digest != digest
    german = '+++\ntitle = "Dichtung"\n+++\n'
    assert of(a__md=TEXT, all__svg=SVG, a__de__md=german)[0].instructions["a"].digest != digest
    assert of(a__md=TEXT, all__svg=SVG, b__md="# B", b__de__md=german)[0].instructions["a"].digest == digest


def test_a_photograph_that_is_not_in_the_folder_is_a_mistake_with_its_line():
    mistakes = of(a__md=TEXT, all__svg=SVG, open__jpg="")[1]
    assert [(one.line, one.what, one.mend) for one in mistakes] == [
        (25, "there is no picture open.jpg", "Add instructions/open.jpg")
    ]


def test_machines_know_the_instructions_that_name_them_or_their_type():
    plant, _ = of(
        a__md=TEXT,
        all__svg=SVG,
        b__md='+++\ntitle = "B"\nequipment_types = ["motor"]\n+++\n## Go\n',
        c__md='+++\ntitle = "C"\n+++\n## Go\n',
    )
    assert plant.equipment["m1"].instructions == ("a", "b")


def test_a_text_without_a_head_can_be_read():
    plant, mistakes = of(old__md="# Old text\n\nClose HV-102.\n\n## And then\n")
    found = plant.instructions["old"]
    assert (found.title, found.steps, found.intro) == ("Old text", (), "Close HV-102.\n\n## And then")
    assert [(one.severity, one.what) for one in mistakes] == [
        ("warning", "the instruction can be read, not carried out")
    ]


def test_mistakes_of_a_head():
    bad = TEXT.replace('"a"', '"b"').replace('["m1"]', '["m2"]').replace('counter = "line.m1.hours"', 'counter = "x.y"')
    plant, mistakes = of(a__md=bad.replace("(all.svg)", "(none.svg)"))
    assert plant is None
    assert [(one.line, one.what) for one in mistakes] == [
        (2, "the id b is not that of the file, a"),
        (5, "there is no equipment m2"),
        (15, "there is no tag x.y"),
        (21, "there is no picture none.svg"),
    ]


def test_unknown_keys_and_missing_ones_of_a_head():
    told = [str(one) for one in of(a__md='+++\ntitel = "A"\n+++\n## B\n')[1]]
    assert told == ["instructions/a.md:2: `titel` is not a key of [instruction]. Write `title`"]
    assert "every and counter belong together" in of(a__md='+++\ntitle = "A"\nevery = 3\n+++\n## B\n')[1][0].what
    assert "the instruction has no steps" in of(a__md='+++\ntitle = "A"\n+++\n')[1][0].what
    assert (
        "there is no equipment types" in of(a__md='+++\ntitle = "A"\nequipment_types = ["x"]\n+++\n## B\n')[1][0].what
    )


def test_a_schedule_in_days():
    week = '+++\ntitle = "A"\nevery_days = 7\n+++\n## B\n'
    assert of(a__md=week)[0].instructions["a"].schedule == Schedule(168.0)
    both = of(a__md=week.replace("every_days", "every_h = 3\nevery_days"))[1]
    assert [(one.line, one.what) for one in both] == [(4, "every_h and every_days are two schedules")]


def test_a_drawing_that_could_do_harm_is_refused():
    plant, mistakes = of(a__md=TEXT, all__svg=SVG.replace("<rect", "<script>x</script><rect"))
    assert plant is None
    assert mistakes[0].file == "instructions/all.svg" and "script" in mistakes[0].what


def test_files_that_are_no_instructions():
    mistakes = of(**{"A B__md": "x"})[1]
    assert mistakes[0].what == "this is no name of an instruction"


SUB = '+++\ntitle = "T"\n+++\n## Part\n```step\ntype = "sub"\ninstruction = "%s"\n```\n'


def test_an_instruction_cannot_be_part_of_itself():
    plant, mistakes = of(a__md=SUB % "b", b__md=SUB % "a")
    assert plant is None
    assert mistakes[0].what == "the instruction is part of itself: a in b in a"


def test_parts_in_parts_have_an_end():
    files = {f"{name}__md": SUB % below for name, below in zip("abcde", "bcdef", strict=True)}
    mistakes = of(**files, f__md='+++\ntitle = "F"\n+++\n## Go\n')[1]
    assert mistakes[0].what == "more than 3 instructions are one in another"
    assert of(a__md=SUB % "b", b__md="# only text")[1][0].what == "b can only be read"


def test_a_translation_is_read_and_one_of_nothing_is_a_mistake():
    german = (
        '+++\ntitle = "Dichtung"\nhazards = ["Heiß"]\nppe = ["Handschuhe"]\n+++\n## Öffnen\n```step\nid = "open"\n```\n'
    )
    plant, mistakes = of(a__md=TEXT, all__svg=SVG, a__de__md=german)
    assert mistakes == []
    found = plant.instructions["a"].wording("de")
    assert (found.title, found.hazards, list(found.steps)) == ("Dichtung", ("Heiß",), ["open"])
    assert list(plant.instructions) == ["a"]
    assert "there is no instruction z" in of(z__de__md=german)[1][0].what


def test_ids_of_files():
    texts = dict.fromkeys(("instructions/a.md", "instructions/a.de.md", "instructions/B.md", "screens/c.md"), "")
    assert instruction_ids(texts) == {"a"}
