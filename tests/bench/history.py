"""What it costs to keep a plant's history and to ask for it; beside it, in the same run, what others need for the same.

2,000 tags at 1 Hz with their own jittered stamps, a commit each second; a month of eight pens and a day of 600 tags to
be asked for. Everything that a contender answers is compared with what was generated; a wrong answer ends the bench.
The files go where temporary files go (TMPDIR): a real disk, with 15 GB to spare for the long form. Peers: rows in
SQLite always; DuckDB and PostgreSQL where they are installed (`pip install duckdb "psycopg[binary]"`, and a server).
"""

from __future__ import annotations

import importlib.util
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

from tests.bench._figures import figure
from tests.bench._history_contender import Contender
from tests.bench._history_duckdb import Duck, SortedDuck
from tests.bench._history_ingest import Ingest, Maker, ingest, kept_bytes
from tests.bench._history_ours import Ours
from tests.bench._history_postgres import Postgres, server_folder
from tests.bench._history_queries import Month, Times, ask_all, store_month
from tests.bench._history_rows import Rows
from tests.bench._history_scenes import (
    asked_of_the_engine,
    day_mb,
    grown,
    open_ms,
    reader_beside_writer,
    replay_s,
    sealing_ms,
)
from tests.bench._history_workload import Workload

Figures = list[dict[str, Any]]


class Scale(NamedTuple):
    """How much of everything; the targets are those of the long form."""

    tags: int = 2000
    seconds: int = 3600  # an hour, so that blocks are whole
    peer_seconds: int = 1200  # of that hour, given to peers, which take minutes for all of it
    rounds: int = 3
    asked_tags: int = 600
    days: int = 30
    questions: int = 5  # rounds of each
    reader_s: int = 20
    size_hours: int = 8  # in the file whose size is measured
    opened_samples: int = 1_000_000_000
    unsealed: int = 3595  # seconds that are replayed
    day_tags: int = 2000
    day_seconds: int = 3600  # commits in an hour of the day whose memory is watched
    slack: float = 1.0  # times the targets of speed: a short form on somebody's busy machine shows only what is far off
    fixed: float = 1.0  # times the targets of size: what a file costs by itself weighs more on few samples
    rows_ingest: float = 15.0  # times faster than rows
    rows_month: float = 300.0
    all_peers: bool = True  # those too that have a server to start or a table to sort


LONG = Scale()
QUICK = Scale(
    tags=400,
    seconds=900,
    peer_seconds=30,
    rounds=1,
    asked_tags=20,
    days=3,
    questions=2,
    reader_s=4,
    size_hours=3,
    opened_samples=50_000_000,
    unsealed=900,
    day_tags=100,
    day_seconds=30,
    slack=6.0,
    fixed=1.2,
    rows_ingest=1.0,
    rows_month=10.0,
    all_peers=False,
)


def measure() -> Figures:
    """The long form: some twenty minutes."""
    return run(LONG)


def measure_quick() -> Figures:
    """A few MB, under a minute."""
    return run(QUICK)


def run(scale: Scale) -> Figures:
    """All figures of a scale."""
    folder = Path(tempfile.mkdtemp(prefix="hmi-bench-"))
    try:
        return [*_keeping(scale, folder), *_asking(scale, folder), *_around(scale, folder)]
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def peers(scale: Scale) -> list[Maker]:
    """Those that this machine has."""
    found: list[Maker] = [Rows]
    if importlib.util.find_spec("duckdb"):
        found.append(Duck)
    if scale.all_peers and server_folder() and importlib.util.find_spec("psycopg") and sys.platform == "linux":
        found.append(Postgres)
    return found


# ------------------------------------------------------------------------------------------------- keeping


def _keeping(scale: Scale, folder: Path) -> Figures:
    makers = [(Ours, scale.seconds), *((maker, scale.peer_seconds) for maker in peers(scale))]
    found = ingest(makers, _fresh(folder, "own"), Workload(scale.tags), scale.seconds, scale.rounds)
    ours, rate = found["ours"], found["ours"].rate
    own = kept_bytes(folder / "size", Workload(scale.tags), scale.size_hours)
    shared = kept_bytes(folder / "shared", Workload(scale.tags, shared=True), scale.size_hours)
    cpu, sizes = _beside(found, lambda cost: cost.cpu_ns), _beside(found, lambda cost: cost.size)
    rates = _beside(found, lambda cost: cost.rate)
    what = f"ingest and sealing, {scale.tags:,} tags, a commit a second"
    figures = [
        figure(what, rate, "samples/s", 1e6 / scale.slack, rates, least=True),
        figure("ingest and sealing, against rows", rate / rates[Rows.name], "x", scale.rows_ingest, least=True),
        figure("keeping, all CPU", ours.cpu_ns, "ns/sample", 600 * scale.slack, cpu),
        figure("on the disk, own stamps", own, "B/sample", 1.3 * scale.fixed, sizes),
        figure("on the disk, stamps of a scan group", shared, "B/sample", 0.65 * scale.fixed, _shared(scale, folder)),
    ]
    if ours.written:  # the system tells
        written = _beside(found, lambda cost: cost.written)
        figures.append(figure("written in all", ours.written, "B/sample", 30 * scale.slack, written))
    return figures


def _shared(scale: Scale, folder: Path) -> dict[str, float]:
    """What that peer takes on the disk which gains by shared stamps; rows of fixed width do not."""
    makers: list[tuple[Maker, int]] = [(Duck, scale.peer_seconds)] if Duck in peers(scale) else []
    workload = Workload(scale.tags, shared=True)
    return _beside(ingest(makers, _fresh(folder, "peers"), workload, scale.peer_seconds, 1), lambda cost: cost.size)


def _beside(found: dict[str, Ingest], column: Callable[[Ingest], float]) -> dict[str, float]:
    return {peer: column(cost) for peer, cost in found.items() if peer != "ours"}


# -------------------------------------------------------------------------------------------------- asking


def _asking(scale: Scale, folder: Path) -> Figures:
    place = _fresh(folder, "asked")
    workload = Workload(scale.asked_tags)
    makers: list[Maker] = [Ours, *peers(scale)]
    if scale.all_peers and Duck in makers:
        makers.append(SortedDuck)
    contenders: list[Contender] = []
    try:
        for maker in makers:
            contenders.append(maker(place / maker.__name__, workload))  # noqa: PERF401 - those made are to be closed
        month = store_month(contenders, workload, scale.days, scale.questions)
        times = ask_all(contenders, month, scale.questions)
        return [*_answers(scale, times), *_together(scale, place, contenders, month)]
    finally:
        for contender in contenders:
            contender.close()
        shutil.rmtree(place, ignore_errors=True)


def _answers(scale: Scale, times: Times) -> Figures:
    many = min(200, scale.asked_tags)
    ratio = times["month"][Rows.name] / times["month"]["ours"]
    return [
        _answer("1 h of a tag, every sample", times["raw"], 1.5 * scale.slack),
        _answer("8 pens x 24 h to 2,000 px", times["day"], 25 * scale.slack),
        _answer(f"8 pens x {scale.days} d to 2,000 px", times["month"], 35 * scale.slack),
        figure(f"8 pens x {scale.days} d to 2,000 px, against rows", ratio, "x", scale.rows_month, least=True),
        _answer(f"hourly mean, min, max, time-weighted of a tag, {scale.days} d", times["hourly"], 2.5 * scale.slack),
        _answer(f"value of {many} tags at a past moment", times["at"], 20 * scale.slack),
        _answer(f"value of {many} tags a second later", times["next"], 0.4 * scale.slack),
    ]


def _answer(name: str, times: dict[str, float], target: float) -> dict[str, Any]:
    return figure(name, times["ours"], "ms", target, {peer: took for peer, took in times.items() if peer != "ours"})


def _together(scale: Scale, place: Path, contenders: list[Contender], month: Month) -> Figures:
    """Questions while somebody writes, of those two that allow it in one folder; then opening that folder."""
    found = {}
    for contender in contenders:
        folder = place / type(contender).__name__
        if isinstance(contender, Ours):
            contender.read_only()
        if isinstance(contender, Ours | Rows):
            found[contender.name] = reader_beside_writer(contender, month, folder, scale.tags, scale.reader_s)
        contender.close()
    ours, rows = found["ours"], found[Rows.name]
    inside = asked_of_the_engine(month, place / Ours.__name__, scale.tags, scale.reader_s)
    what = f"1 h of a tag while {10 * scale.tags:,}/s are written, p99"
    beside = {
        "ours, nobody writing": ours["idle"],
        Rows.name: rows["p99"],
        f"{Rows.name}, nobody writing": rows["idle"],
    }
    samples = grown(place / Ours.__name__, month, scale.opened_samples)
    opened, answered = open_ms(place / Ours.__name__, month, 5)
    return [
        figure(what, inside, "ms", 2 * scale.slack, beside),
        figure(f"{what}, from another process", ours["p99"], "ms", 2 * scale.slack, beside),
        figure(f"opening a folder of {samples:,} samples", opened, "ms", 50 * scale.slack, {"first answer": answered}),
    ]


# ------------------------------------------------------------------------------------------ what goes on around


def _around(scale: Scale, folder: Path) -> Figures:
    unsealed = scale.unsealed
    sealing = sealing_ms(folder / "sealing", scale.tags, scale.seconds, scale.reader_s // 2 + 2)
    replayed = [replay_s(folder / f"killed-{number}", scale.tags, unsealed) for number in range(scale.rounds)]
    memory = day_mb(folder / "day", scale.day_tags, scale.day_seconds)
    early, late = min(memory[2:6]), min(memory[-4:])  # what it comes back to: a shard in hand is seen now and then
    commits = {"p50": sealing["p50"], "p99": sealing["p99"]}
    return [
        figure("longest commit while an hour is sealed", sealing["longest"], "ms", 50 * scale.slack, commits),
        figure(f"replay of {unsealed * scale.tags:,} unsealed samples", median(replayed), "s", 0.8 * scale.slack),
        figure("memory's growth over a day", 100 * (late / early - 1), "%", 5, {"MB": late}),
    ]


def _fresh(folder: Path, name: str) -> Path:
    place = folder / name
    place.mkdir()
    return place
