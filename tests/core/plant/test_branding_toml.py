"""[branding]: what a plant's windows may wear, and what is refused because operators must see what is abnormal."""

from __future__ import annotations

import pytest

from hmi.core import toml
from hmi.core.errors import Mistake
from hmi.core.plant.branding_toml import read_branding
from hmi.core.plant.model import Branding
from hmi.core.screens.palette import GROUNDS, contrast

LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 40 20"><path fill="#123456" d="M0 0h40v20z"/></svg>'
GOOD = 'accent_day = "#1D674C"\naccent_night = "#8FD8B8"\n'


def read(text: str, **drawings: str) -> tuple[Branding, list[Mistake]]:
    mistakes: list[Mistake] = []
    table = toml.read("plant.toml", f"[branding]\n{text}", mistakes)
    assert table is not None
    texts = {f"branding/{name}.svg": body for name, body in drawings.items()}
    return read_branding(table, texts, mistakes), mistakes


def test_a_plant_without_it_wears_the_programs() -> None:
    assert read_branding(toml.read("plant.toml", "", []) or pytest.fail(), {}, []) == Branding()


def test_accents_and_logo() -> None:
    made, mistakes = read(f'{GOOD}logo = "branding/logo.svg"\n', logo=LOGO)
    assert not mistakes
    assert (made.accent_day, made.accent_night) == ("#1D674C", "#8FD8B8")
    assert "<path" in made.logo


@pytest.mark.parametrize(("key", "other"), [("accent_day", "accent_night"), ("accent_night", "accent_day")])
def test_both_or_neither(key: str, other: str) -> None:
    row = next(row for row in GOOD.splitlines() if row.startswith(key))
    (mistake,) = read(row)[1]
    assert f"`{other}` is missing" in mistake.what


@pytest.mark.parametrize(
    ("colour", "priority"), [("#7A0000", 1), ("#6B3A00", 3), ("#4A4200", 2), ("#6A006A", 4), ("#5C0022", 1)]
)
def test_no_alarms_hue(colour: str, priority: int) -> None:
    (mistake,) = read(GOOD.replace("#1D674C", colour))[1]
    assert f"`accent_day` {colour} has the hue of alarms of priority {priority}" in mistake.what
    assert mistake.line == 2


@pytest.mark.parametrize("colour", ["#1D674C", "#17406B", "#3F2A7A", "#404040", "#2B5B10"])
def test_quiet_colours_that_read_are_taken(colour: str) -> None:
    assert not read(GOOD.replace("#1D674C", colour))[1]


@pytest.mark.parametrize(
    ("theme", "was", "colour"),
    [("day", "#1D674C", "#3A9C7A"), ("night", "#8FD8B8", "#2A5C8A"), ("day", "#1D674C", "#FFFFFF")],
)
def test_what_does_not_read_on_every_ground_is_refused_with_one_that_does(theme: str, was: str, colour: str) -> None:
    (mistake,) = read(GOOD.replace(was, colour))[1]
    assert f"`accent_{theme}` {colour} has a contrast of" in mistake.what
    better = mistake.mend.partition('"')[2].rstrip('"')
    assert min(contrast(better, ground) for ground in GROUNDS[theme]) >= 4.5
    assert not read(GOOD.replace(was, better))[1]


def test_a_word_for_a_colour_is_a_mistake() -> None:
    (mistake,) = read('accent_day = "blue"\naccent_night = "#8FD8B8"\n')[1]
    assert "accent_day" in mistake.what


@pytest.mark.parametrize(
    ("logo", "what", "mend"),
    [
        ("branding/logo.png", "is no drawing", "Save it as SVG"),
        ("branding/lgo.svg", "there is no file branding/lgo.svg", 'Write logo = "branding/logo.svg"'),
    ],
)
def test_a_logo_that_is_none(logo: str, what: str, mend: str) -> None:
    made, (mistake,) = read(f'logo = "{logo}"\n', logo=LOGO)
    assert made.logo == ""
    assert what in mistake.what and mistake.mend == mend


def test_a_harmful_logo_is_refused_and_one_of_many_colours_is_told() -> None:
    made, (mistake,) = read('logo = "branding/logo.svg"\n', logo=LOGO.replace("<path", "<script/><path"))
    assert (made.logo, mistake.severity) == ("", "error")
    many = LOGO.replace("</svg>", '<path fill="none" d="M0 0"/><path fill="#FFFFFF" d="M0 0h9v9z"/></svg>')
    made, (mistake,) = read('logo = "branding/logo.svg"\n', logo=many)
    assert made.logo
    assert mistake.severity == "warning" and "2 colours (#123456, #ffffff)" in mistake.what
