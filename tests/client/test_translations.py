"""Every word of the window is there in every language, and the demo plant's own words are too."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from hmi.client import keys, page, words
from hmi.client.language import ENGLISH, NAMES, texts_of
from hmi.core import quality as q
from hmi.core.plant.visible import visible_texts
from hmi.core.policy import ROLES
from hmi.core.screens.vocabulary import MODES, PACKML
from hmi.plantfiles.folder import find_plant, load_folder

CLIENT = Path(__file__).parents[2] / "hmi" / "client"
OTHERS = [code for code in NAMES if code != ENGLISH]
PLACE = re.compile(r"\{(\w+)[^}]*\}")
# What shows a text to somebody, and in which of its arguments: literals there must have gone through tr().
SHOWS = {
    **dict.fromkeys(("Words", "button", "say", "setText", "setWindowTitle", "tell", "addAction", "HoldButton"), (0,)),
    **dict.fromkeys(("setToolTip", "setPlaceholderText", "setAccessibleName", "QCheckBox", "QLabel"), (0,)),
    "button": (0, 2),
}
NAMES_OF_THINGS = {"HMI"}  # the same in every language


def literals(node: ast.AST) -> Iterator[str]:
    """The texts an argument can be: a literal, an f-string, one of two."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(str(part.value) if isinstance(part, ast.Constant) else "{}" for part in node.values)
    elif isinstance(node, ast.IfExp):
        yield from literals(node.body)
        yield from literals(node.orelse)
    elif isinstance(node, ast.BinOp):
        yield from literals(node.left)
        yield from literals(node.right)


def calls() -> Iterator[tuple[str, str, ast.Call]]:
    """Every call in the window's source: where it is, what is called."""
    for path in sorted(CLIENT.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call):
                name = getattr(node.func, "id", getattr(node.func, "attr", ""))
                yield f"{path.relative_to(CLIENT)}:{node.lineno}", name, node


def said() -> dict[str, str]:
    """Every text that the window gives to tr(), with where; of tables the texts that are in them."""
    found = {text: where for where, name, call in calls() if name == "tr" for text in literals(call.args[0]) if text}
    tables = (
        *words.LEVELS.values(),
        *words.STATES.values(),
        *words.SHORT_STATES.values(),
        *words.TYPES.values(),
        *(f"{word} (PackML)" for word in PACKML.values()),
        *MODES.values(),
        *ROLES,
        *(key.text for key in keys.KEYS),
        *keys.GROUPS,
        *q._REASONS.values(),
        *(q.word(code) for code in (q.GOOD, q.UNCERTAIN, q.UNCERTAIN_LAST_USABLE, q.BAD)),
        *(key.strip(":").title() for key in (page.TRENDS, page.ALARMS, page.JOURNAL, page.SYSTEM)),
    )
    return {**dict.fromkeys(tables, "a table"), **found}


@pytest.mark.parametrize("code", OTHERS)
def test_every_text_of_the_window_is_translated(code: str) -> None:
    known = texts_of(code)
    assert {text: where for text, where in said().items() if text not in known} == {}


@pytest.mark.parametrize("code", OTHERS)
def test_a_translation_has_the_places_of_its_sentence(code: str) -> None:
    odd = {
        text: translation
        for text, translation in texts_of(code).items()
        if sorted(PLACE.findall(text)) != sorted(PLACE.findall(translation)) or not translation.strip()
    }
    assert odd == {}


def test_every_language_knows_the_same_texts() -> None:
    first, *others = (texts_of(code).keys() for code in OTHERS)
    for other in others:
        assert first ^ other == set()


def test_nothing_is_shown_that_was_not_translated() -> None:
    bare = {
        f"{where} {name}": text
        for where, name, call in calls()
        for place in SHOWS.get(name, ())
        if place < len(call.args)
        for text in literals(call.args[place])
        if re.search(r"[A-Za-z]{2}", text.replace("{}", "")) and text not in NAMES_OF_THINGS
    }
    assert bare == {}


@pytest.mark.parametrize("code", OTHERS)
def test_the_demo_plant_says_everything_in_every_language(code: str) -> None:
    plant = load_folder(find_plant("bottling"))
    visible, known = visible_texts(plant), plant.languages[code]
    assert {text: where for text, where in visible.items() if text not in known} == {}
    assert known.keys() - visible.keys() == set()
