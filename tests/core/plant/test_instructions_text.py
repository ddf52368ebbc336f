"""Instructions as text: cut into steps with the lines of the file, and nothing in them that could do harm."""

import pytest

from hmi.core.plant.instructions_text import MAX_CHARACTERS, MAX_STEPS, cut, table_of
from hmi.core.steps.model import Picture

FILE = "instructions/a.md"
TEXT = """\
+++
title = "A"
+++

Intro with `code [x](y)`.

## First step ##

Do **this**.
![The valve](hv-102.svg)

```step
type = "read"
hazard = "Hot"
```

More words.

```
## not a step
[x](javascript:alert(1))
```

## Second
"""


def read(text):
    """The parts of a text, and its mistakes."""
    mistakes = []
    return cut(FILE, text, mistakes), mistakes


def told(text):
    """The mistakes of a text, each in one line."""
    return [str(mistake) for mistake in read(text)[1]]


def test_an_instruction_is_cut_into_head_intro_and_steps():
    source, mistakes = read(TEXT)
    assert mistakes == []
    assert dict(source.head.values) == {"title": "A"}
    assert source.intro.text == "Intro with `code [x](y)`."
    first, second = source.steps
    assert (first.title, first.line, second.title) == ("First step", 7, "Second")
    assert first.text == "Do **this**.\n\nMore words.\n\n```\n## not a step\n[x](javascript:alert(1))\n```"
    assert first.pictures == (Picture("hv-102.svg", "The valve"),)
    table = table_of(FILE, first, mistakes)
    assert (dict(table.values), table.line_of("hazard")) == ({"type": "read", "hazard": "Hot"}, 14)
    assert dict(table_of(FILE, second, mistakes).values) == {}


def test_windows_line_ends_and_a_byte_order_mark_change_nothing():
    source, mistakes = read("\ufeff" + TEXT.replace("\n", "\r\n"))
    assert (mistakes, [step.title for step in source.steps]) == ([], ["First step", "Second"])


def test_a_text_without_a_head_is_to_be_read():
    source, mistakes = read("# Title\n\nText")
    assert (source.head, source.intro.text, mistakes) == (None, "# Title\n\nText", [])


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("+++\ntitle = 1\n", 1, "the head is not closed"),
        ("+++\ntitle =\n+++\n", 2, "this is not TOML"),
        ("+++\ntitle = 'a'\n[more]\n+++\n", 3, "[more] does not belong here"),
        ("+++\n+++\n```step\n```", 3, "a step begins with a heading"),
        ("## A\n```step\n```\n```step\n```", 4, "the step has two blocks"),
        ("## A\n```step\nid = 'a'", 2, "a fenced block is not closed"),
        ("## A\n~~~\ntext", 1, "a fenced block is not closed"),
    ],
)
def test_what_is_not_in_order_is_told_with_its_line(text, line, what):
    first = read(text)[1][0]
    assert (first.line, first.what[: len(what)]) == (line, what)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[x](javascript:alert(1))", "this link cannot be used"),
        ("[x](javascript:alert)", "a link cannot lead to 'javascript:alert'"),
        ("[x](JAVASCRIPT:a)", "a link cannot lead to"),
        ("[x](\njavascript:a)", "this link cannot be used"),
        ("[x](<javascript:a>)", "a link cannot lead to"),
        ('[x](a "title")', "this link cannot be used"),
        ("[x](https://example.com/a)", "a link cannot lead to"),
        ("[x](file:///etc/passwd)", "a link cannot lead to"),
        ("[x](screen:../a/b)", "a link cannot lead to"),
        ("![x](https://example.com/a.png)", "'https://example.com/a.png' is no picture of this plant"),
        ("![x](../../secret.png)", "'../../secret.png' is no picture of this plant"),
        ("![x](/etc/passwd.png)", "'/etc/passwd.png' is no picture of this plant"),
        ("![x](a\\b.png)", "is no picture of this plant"),
        ("![x](.hidden.png)", "is no picture of this plant"),
        ("![x](a.exe)", "is no picture of this plant"),
        ("![x](data:image/png;base64,AAAA)", "is no picture of this plant"),
        ("![[x](a.png)](b.png)", "a link cannot lead to 'a.png'"),
        ("[a]: javascript:x", "links are not defined apart"),
        ("> [a]: http://x", "links are not defined apart"),
        ("<javascript:alert>", "an address cannot be opened from here"),
        ("<http://x.y>", "an address cannot be opened from here"),
    ],
)
def test_links_and_pictures_lead_nowhere_but_into_the_plant(text, what):
    source, mistakes = read(f"intro\n\n## A\n\nsome words\n{text}\n")
    assert [m.severity for m in mistakes] == ["error"] * len(mistakes) and mistakes
    assert what in mistakes[0].what
    assert mistakes[0].line == 6
    assert all(not picture.file.startswith(("/", ".", "h", "d")) for picture in source.steps[0].pictures)


@pytest.mark.parametrize("text", ["<b>bold</b>", "<script>alert(1)</script>", "<img src=x onerror=a>", "<!-- x -->"])
def test_html_is_shown_as_text(text):
    source, mistakes = read(f"## A\n{text}")
    assert {(m.line, m.severity, m.what) for m in mistakes} == {(2, "warning", "HTML is shown as text")}
    assert source.steps[0].text == text


@pytest.mark.parametrize("text", ["a < b and c > d", "2 <3", "press [Stop] (red)", "`<b>`", "x\\[y](screen:a)"])
def test_plain_words_are_no_markup(text):
    assert told(f"## A\n{text}") == []


def test_links_into_the_plant_are_fine():
    assert told("## A\nsee [it](screen:filler), [that](equipment:p-101) and [more](instruction:cip-start)") == []


def test_ten_megabytes_are_refused_at_once():
    source, mistakes = read("[" * 10_000_000)
    assert source is None
    assert mistakes[0].what == f"the instruction is longer than {MAX_CHARACTERS} characters"


@pytest.mark.parametrize(
    "text", ["[" * 199_000, "](" * 99_000, "<" * 199_000, "![" * 99_000, "`" * 199_000, "#" * 199_000]
)
def test_what_is_made_to_take_for_ever_does_not(text):
    """The test's own time limit is what holds here: each is read in one pass."""
    source, mistakes = read(f"## A\n{text}")
    assert source is not None
    assert len(mistakes) <= 20


def test_too_many_steps_are_refused():
    source, mistakes = read("## A\n" * (MAX_STEPS + 1))
    assert source is None
    assert (mistakes[0].line, mistakes[0].what) == (MAX_STEPS + 1, "the instruction has 301 steps, more than 300")
