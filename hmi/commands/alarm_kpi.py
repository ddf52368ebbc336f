"""`hmi alarms kpi`: how well a plant's alarms serve its operators, from the journal; the engine may run or not."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from hmi.clock import MachineClock
from hmi.commands.alarm_list import one_of
from hmi.commands.ask import Caller, put_json, say
from hmi.commands.places import data_folder, moment
from hmi.core.alarms.figures import TOO_MUCH, Figure, advice, figures
from hmi.core.alarms.kpi import DAY, Kpi, measure, suggest
from hmi.core.alarms.telling import Telling, tell
from hmi.core.errors import HmiError
from hmi.core.journal import Record
from hmi.core.listing import iso
from hmi.core.plant.positions import Responsibility
from hmi.plantfiles.folder import find_plant, load_folder
from hmi.store.query import Reader

_AT_ONCE_NS: Final = 7 * DAY  # of the journal in memory at a time
_OFTEN: Final = 3  # so many annunciations let something be said about the next
_ALL: Final = -1  # SQLite's word for no limit


def kpi(options: argparse.Namespace) -> int:
    """Print each figure beside what it ought to be; 1 if one is too much."""
    now = MachineClock().now_ns()
    start, stop = moment(options.start, now), min(moment(options.stop, now), now)
    if start >= stop:
        raise HmiError("--from is not before --to")
    folder = data_folder(options)
    reader = Reader(folder)
    first = reader.journal(limit=1, newest_first=False)
    if not first or first[0][1].time_ns >= stop:
        raise HmiError(f"the journal in {folder} says nothing of that time: is it the right data folder?")
    begins = first[0][1].time_ns
    start = max(start, begins)  # no figure is made better by days on which nobody kept a journal
    telling = tell(_records(reader, begins, stop), stop)
    if options.position:
        telling = telling.narrowed(_told_at(options, telling.ids))
    found = measure(telling.told, start, stop)
    made = figures(found, telling.told)
    if options.json:
        put_json(_body(found, made, telling, begins))
    else:
        for line in _lines(found, made, telling):
            say(line)
    return 1 if any(figure.verdict == TOO_MUCH for figure in made) else 0


def _told_at(options: argparse.Namespace, ids: tuple[str, ...]) -> NDArray[np.bool_]:
    """Which alarms are told at the position that was asked for; those that the plant has no longer are everybody's."""
    if options.plant:
        plant = load_folder(find_plant(options.plant))
    else:
        with Caller(options) as caller:
            plant = caller.learn()
    position = one_of(options.position, [one.id for one in plant.positions], "operator position")
    tags, answers = {rule.id: rule.tag for rule in plant.rules}, Responsibility(plant)
    return np.array([answers.concerns(position, tags.get(one, -1)) for one in ids], bool)


def _records(reader: Reader, begin_ns: int, end_ns: int) -> Iterator[tuple[int, Record]]:
    """The journal's alarm records from its beginning: what was kept quiet long ago is quiet still."""
    while begin_ns <= end_ns:
        last = min(begin_ns + _AT_ONCE_NS - 1, end_ns)
        yield from reader.journal(begin_ns, last, _ALL, "alarm", newest_first=False)
        begin_ns = last + 1


def _lines(found: Kpi, made: tuple[Figure, ...], telling: Telling) -> Iterator[str]:
    hours = (found.to_ns - found.from_ns) / (DAY / 24)
    begin, end = iso(found.from_ns)[:19], iso(found.to_ns)[:19]
    yield f"{found.count} alarms told to operators from {begin} to {end} UTC ({hours:.1f} h)"
    if hours < 24:
        yield "Less than a day of journal: figures per day are scaled up from it, and say little"
    yield f"{'':38}{'value':>10}  {'target':>8}  {'at most':>8}"
    for one in made:
        most = "" if one.maximum is None else f"{one.maximum:g}"
        target = f"{'>=' if one.least else '<='} {one.target:g}"
        yield f"{one.name:38}{one.value:>9.4g}{one.unit or ' '}  {target:>8}  {most:>8}  {one.verdict}"
    for flood in found.floods:
        first = telling.ids[telling.told.rule[flood.places[0]]]
        ends = iso(flood.end_ns)[11:19]
        yield f"flood {iso(flood.begin_ns)[:19]} to {ends}: {len(flood.places)} alarms, the first {first}"
    for actor in _actors(found, telling):
        yield f"{actor['count']:6}  {actor['alarm']}  {actor['suggestion']}".rstrip()


def _actors(found: Kpi, telling: Telling) -> list[dict[str, Any]]:
    """The most frequent alarms with what would have spared operators most of them."""
    told, actors = telling.told, []
    for number, places in found.top:
        often = len(places) >= _OFTEN
        advised = suggest(told.time[places], told.gone[places], end_ns=found.to_ns) if often else None
        actors.append(
            {
                "alarm": telling.ids[number],
                "count": len(places),
                "share": len(places) / found.count,
                "suggestion": advice(advised),
                "kind": advised.kind if advised else "",
                "seconds": advised.seconds if advised else None,
                "removed": advised.removed if advised else None,
                "events": [telling.records[place] for place in places],
            }
        )
    return actors


def _body(found: Kpi, made: tuple[Figure, ...], telling: Telling, begins: int) -> dict[str, Any]:
    told = telling.told
    named = np.unique(np.concatenate([one.places for one in made]))
    return {
        "from": iso(found.from_ns),
        "to": iso(found.to_ns),
        "journal_begins": iso(begins),
        "annunciations": [
            {
                "record": telling.records[place],
                "alarm": telling.ids[told.rule[place]],
                "occurrence": telling.occurrences[place],
                "priority": int(told.priority[place]),
                "time": iso(int(told.time[place])),
                "gone": iso(int(told.gone[place])),
            }
            for place in named.tolist()
        ],
        "figures": [
            {
                "key": one.key,
                "name": one.name,
                "value": one.value,
                "unit": one.unit,
                "target": one.target,
                "maximum": one.maximum,
                "least": one.least,
                "verdict": one.verdict,
                "events": [telling.records[place] for place in one.places],
            }
            for one in made
        ],
        "floods": [
            {
                "begin": iso(flood.begin_ns),
                "end": iso(flood.end_ns),
                "events": [telling.records[place] for place in flood.places],
            }
            for flood in found.floods
        ],
        "bad_actors": _actors(found, telling),
    }
