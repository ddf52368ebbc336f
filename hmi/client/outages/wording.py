"""Links and outages in an operator's language: the sentences of the engine about them, and rows for the tables."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from hmi.client import words
from hmi.client.language import plant_text, tr
from hmi.client.page import Desk
from hmi.client.sentences import said
from hmi.core.links import BAD, NOTE, OFF, OK, Link

_MARKS: Final = {BAD: "✕ ", NOTE: "! ", OK: "", OFF: ""}  # shape, not colour alone
_ORDER: Final = {BAD: 0, NOTE: 1, OK: 2, OFF: 3}
_TAG: Final = "tag:"


def ordered(links: list[Link]) -> list[Link]:
    """The broken ones first, of these the engine, which a person may have to mend; else as the engine tells them."""
    return sorted(links, key=lambda link: (_ORDER.get(link.state, 0), link.state == BAD and link.id != "engine"))


def name_of(link: Link) -> str:
    """What it is called: a connection as the plant's files say, all else in the language in use."""
    return plant_text(link.name) if link.id.startswith("connection:") else tr(link.name)


def link_row(link: Link, desk: Desk) -> tuple[str, ...]:
    """One link as a row of the table; what the engine said before it fell silent is marked so."""
    word = tr(link.word)
    if desk.mirror.link_down and link.id != "window":
        word = tr("last known: {word}", word=word)
    since = words.age((desk.mirror.now_ns() - link.since_ns) / 1e9) if link.since_ns else "–"
    return (name_of(link), _MARKS.get(link.state, "") + word, since, said(link.means))


def outage_row(one: Mapping[str, Any], desk: Desk) -> tuple[str, ...]:
    """One outage as a row of the table."""
    start, stop, of = int(one["from_ns"]), int(one["to_ns"]), str(one["of"])
    what = tr("Everything") if not of else of.removeprefix(_TAG) if of.startswith(_TAG) else plant_text(of)
    return (
        words.second(start, desk.zone),
        words.age((stop - start) / 1e9),
        what,
        words.sentence(said(str(one["reason"]))),
    )


def window_link(desk: Desk) -> Link:
    """The link between this window and its engine: only the window knows of it."""
    state, silent_s = desk.wire.state, desk.mirror.silent_s()
    since = 0 if state == "linked" else desk.mirror.now_ns() - round(silent_s * 1e9)
    if state == "linked" and not desk.mirror.link_down:
        return Link("window", "This window", OK, "Linked", "", "It hears the engine.")
    word = "Silent" if state == "silent" else "Away"
    means = "Every value is the last one that came. Alarms are not known, commands are refused."
    todo = "Wait: the link comes back by itself. If it does not, tell an engineer what stands here."
    return Link("window", "This window", BAD, word, desk.wire.text, means, todo, since)
