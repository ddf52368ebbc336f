"""Every screen of the demo plant against a stored list of what stands where.

Not its pixels: which kinds of elements, at which places, with which texts and tags. When a screen was changed on
purpose, `make structure` writes the lists anew, and the change of the list is reviewed with that of the screen.
"""

import os
from pathlib import Path

import pytest

from hmi.client.mimic.compile import compile_screen
from hmi.plantfiles.folder import find_plant, load_folder

FOLDER = Path(__file__).parent / "structure"
PLANT = load_folder(find_plant("bottling"))
WRITE = os.environ.get("HMI_STRUCTURE") == "write"


def lines_of(screen):
    """What stands on a screen: one line an element, in the order of drawing."""
    width, height = screen.size
    yield f"{screen.title} · level {screen.level} · {width:g} x {height:g} · below {screen.parent or '-'}"
    for drawn in compile_screen(screen, PLANT).drawn:
        element = drawn.element
        place = f"{element.x:g},{element.y:g} {element.width:g}x{element.height:g}"
        binds = " ".join(f"{name}={bind.text}" for name, bind in sorted(element.binds.items()))
        leads = [("go", element.go), ("write", element.write), ("faceplate", element.equipment)]
        ways = " ".join(f"{what}:{where}" for what, where in leads if where)
        text = element.label or element.options.get("text", "")
        yield " | ".join(part for part in (element.symbol, place, str(text), binds, ways) if part)


@pytest.mark.parametrize("name", PLANT.screens)
def test_the_screen_is_as_it_was(name):
    file = FOLDER / f"{name}.txt"
    told = "\n".join(lines_of(PLANT.screens[name])) + "\n"
    if WRITE:
        FOLDER.mkdir(exist_ok=True)
        file.write_text(told, encoding="utf-8")
    assert file.exists(), "a new screen: make structure"
    assert told == file.read_text(encoding="utf-8"), "changed on purpose? make structure, and review the difference"


def test_no_list_is_left_of_a_screen_that_is_gone():
    stored = {file.stem for file in FOLDER.glob("*.txt")}
    for gone in stored - set(PLANT.screens) if WRITE else ():
        (FOLDER / f"{gone}.txt").unlink()
    assert WRITE or stored == set(PLANT.screens), "make structure"
