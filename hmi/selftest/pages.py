"""Checks of what people look at: letters, the window's pages, paper, and the library that draws them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from hmi.plantfiles.folder import load_folder
from hmi.selftest.checks import Failed, Ground
from hmi.selftest.station import BARE, TEXT_AT, WRITTEN, Station, write_plant

if TYPE_CHECKING:
    from numpy.typing import NDArray

_UPDATES: Final = 20_000
_TOUR_S: Final = 90.0
_PAGES: Final = ("trial", "system", "journal", "trends", "alarms", "alarms-figures")
_NIGHT: Final = "night-"  # begins the name of a picture in night colours
_COLOURS: Final = 16  # a page has many more
_COMMONEST: Final = 0.995  # of its pixels at most
_INK: Final = 300  # pixels that a line of text takes at least
_HTML: Final = "<html><style></style><h1>Self-test</h1><p>{}</p></html>"
_WORDS: Final = "Every value, alarm and signature of this plant. "


def letters(ground: Ground) -> str:
    """A text is drawn where it belongs, and another text looks different: neither nothing nor empty boxes."""
    from hmi.client.trial import drawn

    plant = load_folder(write_plant(ground.folder, "modbus", "tcp://127.0.0.1:5020"))
    bare = drawn(plant, BARE, ground.folder)
    pictures = {name: drawn(plant, name, ground.folder) for name in WRITTEN}
    inks = {name: _ink(bare, picture, WRITTEN[name]) for name, picture in pictures.items()}
    for one, other in (("one", "other"), ("pump", "valve")):
        if np.array_equal(pictures[one], pictures[other]):
            raise Failed(
                f"{WRITTEN[one]!r} and {WRITTEN[other]!r} look the same: there is no font with these letters here, and "
                "people would read boxes. Install the program again, or fonts (fonts-dejavu-core, fonts-wqy-microhei)"
            )
    return f"{len(WRITTEN)} texts drawn, each looks different; {inks['one']} pixels of ink for {WRITTEN['one']!r}"


def _ink(bare: NDArray[np.uint32], picture: NDArray[np.uint32], text: str) -> int:
    """How many pixels a text has changed, which all have to be where it stands."""
    rows, columns = np.nonzero(bare != picture)
    if len(rows) < _INK // 3:
        raise Failed(f"the text {text!r} is not drawn ({len(rows)} pixels changed): screens cannot be read")
    x, y, width, height = TEXT_AT
    inside = (columns >= x) & (columns < x + width) & (rows >= y - height) & (rows < y + 2 * height)
    if not inside.all():
        raise Failed(f"the text {text!r} is drawn where it does not belong: screens cannot be relied on")
    return len(rows)


def window(ground: Ground) -> str:
    """The whole window on a live engine: every page is opened and photographed, and has something on it."""
    from hmi.client.trial import looked_at, toured

    with Station(ground, "modbus") as station:
        pictures = toured(station.data, ground.folder / "pictures", _TOUR_S)
    names = {file.stem for file in pictures}
    kinds = names | {_NIGHT for name in names if name.startswith(_NIGHT)}
    if lacking := sorted({*_PAGES, _NIGHT} - kinds):
        raise Failed(f"the window showed no live values in {_TOUR_S:g} s, or not these pages: {', '.join(lacking)}")
    for file in pictures:
        seen = looked_at(file)
        if seen.colours < _COLOURS or seen.commonest > _COMMONEST:
            share = f"{seen.colours} colours, {seen.commonest:.1%} of it one"
            raise Failed(f"the page {file.stem} is all but empty ({share}): people would see nothing")
    return f"{len(pictures)} pages with live values"


def paper(ground: Ground) -> str:
    """Two sheets, with letters that are in the file itself."""
    from hmi.client.trial import printed

    data, seen = printed(_HTML.format(_WORDS * 400))
    (ground.folder / "paper.pdf").write_bytes(data)
    if not data.startswith(b"%PDF-") or b"%%EOF" not in data[-64:]:
        raise Failed("what was printed is no PDF: reports cannot be opened")
    if seen.sheets < 2 or not seen.fonts or seen.words < 20:
        raise Failed(
            f"the PDF has {seen.sheets} sheets, {seen.fonts} fonts and {seen.words} lines of text: it cannot be read"
        )
    return f"{seen.sheets} sheets, {seen.words} pieces of text, {seen.fonts} fonts, {len(data)} bytes"


def updates(ground: Ground) -> str:
    """Texts, timers and signals 20,000 times: a faulty release of the library crashes on the way."""
    from hmi.client.trial import updated

    if (seen := updated(_UPDATES)) != _UPDATES:
        raise Failed(f"{_UPDATES - seen} of {_UPDATES} changes got lost: screens would show old values")
    return f"{seen} changes came through"
