"""[branding] of plant.toml: a plant's own accent and logo, in the quiet way that screens for operators allow.

Colour is for what is abnormal (ISA-101): an accent is never of an alarm's hue, and reads on every ground of its theme.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Final

from msgspec import Meta, Struct

from hmi.core import toml
from hmi.core.errors import Mistake
from hmi.core.nearest import nearest
from hmi.core.plant.model import Branding
from hmi.core.screens.palette import GROUNDS, LEAST_CONTRAST, RGB, colour_of, contrast, hue_of_alarm
from hmi.core.screens.svg import read_drawing

SECTION: Final = "branding"
_STEPS: Final = 50
_OPEN: Final = ("none", "transparent")
_COLOUR: Final = Meta(pattern=r"\A#[0-9A-Fa-f]{6}\Z", description="a colour", examples=["#1F5C99"])


class _Branding(Struct, frozen=True):
    accent_day: Annotated[str, _COLOUR] | None = None
    accent_night: Annotated[str, _COLOUR] | None = None
    logo: Annotated[str, Meta(min_length=1, max_length=200, examples=["branding/logo.svg"])] | None = None


def read_branding(table: toml.Table, texts: Mapping[str, str], mistakes: list[Mistake]) -> Branding:
    """The section, with the logo's drawing; every mistake goes on the list."""
    section = table.table(SECTION)
    made = toml.fill(_Branding, section, mistakes) if section else None
    if made is None or section is None:
        return Branding()
    accents = {"day": made.accent_day, "night": made.accent_night}
    for theme, colour in accents.items():
        other = "night" if theme == "day" else "day"
        if colour is None and accents[other] is not None:
            what = f"`accent_{theme}` is missing: no colour reads on the grounds of day and of night"
            mistakes.append(section.mistake(f"accent_{other}", what, "Give both, or neither"))
        elif colour is not None:
            _check(section, theme, colour, mistakes)
    logo = _logo(section, made.logo, texts, mistakes) if made.logo else ""
    return Branding(made.accent_day or "", made.accent_night or "", logo)


def _check(section: toml.Table, theme: str, text: str, mistakes: list[Mistake]) -> None:
    key, colour = f"accent_{theme}", colour_of(text)
    assert colour is not None
    if priority := hue_of_alarm(colour):
        what = f"`{key}` {text} has the hue of alarms of priority {priority}: colour is for what is abnormal (ISA-101)"
        mistakes.append(section.mistake(key, what, "Take a blue, a green, a violet or a grey"))
        return
    worst, ground = min((contrast(text, ground), ground) for ground in GROUNDS[theme])
    if worst < LEAST_CONTRAST:
        what = f"`{key}` {text} has a contrast of {worst:.2f} on {ground} of the {theme}, less than {LEAST_CONTRAST}"
        mistakes.append(section.mistake(key, what, f'Write {key} = "{_readable(theme, colour)}"'))


def _readable(theme: str, colour: RGB) -> str:
    """The nearest colour of the same hue that reads: darker by day, lighter by night."""
    end, found = 0 if theme == "day" else 255, ""
    for step in range(1, _STEPS + 1):
        found = "#" + "".join(f"{round(part + (end - part) * step / _STEPS):02X}" for part in colour)
        if min(contrast(found, ground) for ground in GROUNDS[theme]) >= LEAST_CONTRAST:
            break
    return found


def _logo(section: toml.Table, name: str, texts: Mapping[str, str], mistakes: list[Mistake]) -> str:
    """The logo's drawing, found harmless; "" with the reasons on the list where it is refused."""
    drawings = [file for file in texts if file.lower().endswith(".svg")]
    if not name.lower().endswith(".svg"):
        what = f"the logo {name!r} is no drawing: it has to be sharp in every size"
        mistakes.append(section.mistake("logo", what, "Save it as SVG"))
        return ""
    if name not in texts:
        found = nearest(name, drawings)
        mend = f'Write logo = "{found[0]}"' if found else f"Add {name} to the plant's folder"
        mistakes.append(section.mistake("logo", f"there is no file {name}", mend))
        return ""
    drawing = read_drawing(name, texts[name], mistakes)
    if drawing is None:
        return ""
    colours = [(colour, line) for colour, line in drawing.colours if colour not in _OPEN]
    if len(colours) > 1:
        told = ", ".join(colour for colour, _ in colours[:4])
        what = (
            f"the logo has {len(colours)} colours ({told}), and its shape is shown in one: what they tell apart is lost"
        )
        mistakes.append(Mistake(name, colours[1][1], what, "Draw it as one shape on nothing", "warning"))
    return drawing.text
