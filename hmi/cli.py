"""The command line: one program, `hmi`, and the only file that knows both the engine's side and the window's.

Each verb's work is in `hmi.commands`, imported when it is asked for, so that `hmi get` does not wait for Qt.
"""

from __future__ import annotations

import argparse
import gc
import importlib
import os
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import hmi
from hmi import cli_people
from hmi.commands import (
    about_grammar,
    beginning_grammar,
    jobs_grammar,
    protection_grammar,
    selftest_grammar,
    server_grammar,
    station_grammar,
    survival_grammar,
    update_grammar,
)
from hmi.core.errors import HmiError, PlantError

WELL, NO, WRONG_USE = 0, 1, 2
WINDOWS: Final = ("demo", "run", "screenshot")
LANGUAGES: Final = ("en", "de", "zh")
PAIRS: Final = (
    "history check",
    "history import",
    "alarms explain",
    "alarms kpi",
    "alarms document",
    "alarms diff",
    *jobs_grammar.PAIRS,
    *survival_grammar.PAIRS,
)  # verbs of two words
ENGINEERING: Final = "run plant files that no trusted key has signed; everybody sees it, and the journal records it"
CATEGORIES: Final = (
    *("alarm", "write", "note", "job", "instruction", "release"),
    *("person", "signature", "system", "connection"),
)


def main(argv: Sequence[str] | None = None) -> int:
    """Run one verb; 0 well, 1 the answer is no or mistakes were found, 2 wrong use."""
    arguments = _times_joined(sys.argv[1:] if argv is None else argv)
    try:
        options = parser("".join(arguments[:1])).parse_args(arguments)
    except SystemExit as end:  # argparse has said what is wrong
        return int(end.code or 0)
    module, _, function = options.run.partition(":")
    try:
        work = getattr(importlib.import_module(f"hmi.commands.{module}"), function)
        gc.enable()  # see __main__.py
        return int(work(options))
    except PlantError as error:
        for mistake in error.mistakes:
            print(mistake, file=sys.stderr)
        return NO
    except HmiError as error:
        print(f"hmi: {error}", file=sys.stderr)
        return NO
    except BrokenPipeError:
        sys.stderr.close()  # whoever read our listing has seen enough
        return WELL
    except KeyboardInterrupt:
        return WELL
    except Exception as fault:
        if os.environ.get("HMI_DEBUG"):
            raise
        print(
            f"hmi: a fault in the program ({type(fault).__name__}: {fault}): nothing more was done. "
            "Please report it, with what HMI_DEBUG=1 shows",
            file=sys.stderr,
        )
        return NO


def _port(text: str) -> int:
    if not text.isdigit() or not 1 <= int(text) <= 65_000:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port from 1 to 65000")
    return int(text)


def _times_joined(words: Sequence[str]) -> list[str]:
    """`--from -10m` as `--from=-10m`, as argparse would take it for an option; a verb of two words as one."""
    joined: list[str] = []
    if " ".join(words[:2]) in PAIRS:
        joined, words = [" ".join(words[:2])], words[2:]
    for word in words:
        if joined and joined[-1] in ("--from", "--to", "--at") and re.fullmatch(r"-\d[\d.]*[smhd]", word):
            joined[-1] += "=" + word
        else:
            joined.append(word)
    return joined


def parser(verb: str = "") -> argparse.ArgumentParser:
    """The grammar of the command line; with the verb of a window, only of such verbs: nobody waits for the others."""
    top = argparse.ArgumentParser(prog="hmi", description="The operator's window on a plant, and its engine.")
    top.add_argument("--version", action="version", version=f"hmi {hmi.__version__}")
    verbs = top.add_subparsers(dest="verb", required=True, metavar="VERB")
    _windows(verbs)
    if verb in WINDOWS:
        return top
    beginning_grammar.add(verbs, _verb, _data, _json)
    _services(verbs)
    _questions(verbs)
    _alarms(verbs)
    _records(verbs)
    _keeping(verbs)
    cli_people.add(verbs, _verb, _data, _json)
    jobs_grammar.add(verbs, _verb, _data, _json)
    survival_grammar.add(verbs, _verb, _data, _person, _json)
    station_grammar.add(verbs, _verb, _data, _json)
    selftest_grammar.add(verbs, _verb, _json)
    about_grammar.add(verbs, _verb, _json)
    update_grammar.add(verbs, _verb, _data, _person, _json)
    server_grammar.add(verbs, _verb, _data, _person, _json)
    protection_grammar.add(verbs, _verb, _data, _json)
    return top


def _verb(verbs: argparse._SubParsersAction, name: str, run: str, text: str) -> argparse.ArgumentParser:
    made: argparse.ArgumentParser = verbs.add_parser(name, help=text, description=text)
    made.set_defaults(run=run)
    return made


def _data(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--data", type=Path, help="data folder of the engine (else HMI_DATA, else the usual place)")


def _person(verb: argparse.ArgumentParser) -> None:
    text = "sign in with this account first; the password is asked for, or read from the input"
    verb.add_argument("--as", dest="person", default="", metavar="NAME", help=text)


def _json(verb: argparse.ArgumentParser) -> None:
    verb.add_argument("--json", action="store_true", help="print one JSON document")


def _windows(verbs: argparse._SubParsersAction) -> None:
    demo = _verb(verbs, "demo", "demo:demo", "the demo plant: simulator, engine and window, nothing to configure")
    _data(demo)
    demo.add_argument("--seconds", type=float, help="end by itself after so long")
    demo.add_argument("--shots", type=Path, help="visit every page and save a picture of each in this folder")
    demo.add_argument("--fault", action="append", default=[], help="inject a fault, NAME[@SECONDS] (see hmi sim)")
    demo.add_argument("--theme", choices=("day", "night"), default="day")
    demo.add_argument("--language", choices=LANGUAGES)
    demo.add_argument("--touch", action="store_true", help="the frame of a tablet, bigger targets")
    demo.add_argument("--warm-up", type=float, default=0.0, metavar="SECONDS", help="let the plant run before pictures")
    demo.add_argument("--size", default="", help="size of the window, 1280x800")
    run = _verb(verbs, "run", "window:run", "the window; starts the plant's engine if none is running")
    run.add_argument("plant", nargs="?", help="plant folder, or the name of a plant that came with the program")
    _data(run)
    run.add_argument("--attach", metavar="HOST:PORT", help="the engine of another station (HMI_TOKEN, HMI_PIN)")
    run.add_argument("--engineering", action="store_true", help=ENGINEERING)
    run.add_argument("--touch", action="store_true", help="bigger targets, for gloves")
    run.add_argument("--full-screen", action="store_true")
    run.add_argument("--kiosk", action="store_true", help="the whole display, left with Ctrl+Alt+Q only")
    run.add_argument("--screen", default="", help="screen to open with, instead of the last one")
    run.add_argument("--theme", choices=("day", "night"), help="instead of the last one")
    run.add_argument("--language", choices=LANGUAGES, help="instead of the last one, else the system's")
    shot = _verb(verbs, "screenshot", "window:screenshot", "one screen as a picture, without a display")
    shot.add_argument("plant")
    shot.add_argument("--screen", required=True)
    shot.add_argument("--out", type=Path, required=True)
    shot.add_argument("--size", default="1920x1080")
    shot.add_argument("--at", help="values of that time, from the history in the data folder; else now's, if it runs")
    shot.add_argument("--theme", choices=("day", "night"), default="day")
    shot.add_argument("--language", choices=LANGUAGES, default="en")
    shot.add_argument("--greyscale", action="store_true", help="as somebody sees it who sees no colours")
    shot.add_argument("--frame", action="store_true", help="with the window's frame around it")
    shot.add_argument("--touch", action="store_true", help="the frame of a tablet (implies --frame)")
    _data(shot)


def _services(verbs: argparse._SubParsersAction) -> None:
    engine = _verb(verbs, "engine", "service:engine", "the engine, headless; prints one line `ready …`")
    engine.add_argument("plant")
    _data(engine)
    engine.add_argument(
        "--address",
        action="append",
        default=[],
        metavar="CONNECTION=URL",
        help="use another address for a connection",
    )
    engine.add_argument("--engineering", action="store_true", help=ENGINEERING)
    listen = "also let windows attach over TCP; from other computers by TLS"
    engine.add_argument("--listen", metavar="HOST:PORT", help=listen)
    sim = _verb(verbs, "sim", "service:sim", "the simulated servers of a plant, alone")
    sim.add_argument("plant")
    sim.add_argument("--port-base", type=_port, help="ports N, N+1, … instead of those in plant.toml")
    sim.add_argument("--fault", action="append", default=[], help="inject a fault, NAME[@SECONDS]; `list` lists them")
    check = _verb(verbs, "check", "check:check", "every mistake and lint finding in a plant's files")
    check.add_argument("plant")
    _json(check)
    bench = _verb(verbs, "bench", "bench:bench", "measure, with peers beside in the same run")
    bench.add_argument(
        "name",
        choices=("acquisition", "modbus", "history", "screens", "trends", "alarms", "instructions", "uplink", "all"),
    )
    bench.add_argument("--json", type=Path, metavar="FILE", help="write the figures to a file")
    bench.add_argument("--quick", action="store_true", help="the short form: fewer rounds, no restarts of servers")


def _questions(verbs: argparse._SubParsersAction) -> None:
    status = _verb(verbs, "status", "ask:status", "connections, rates, history, clients")
    get = _verb(verbs, "get", "ask:get", "values now; without a tag, all of them")
    get.add_argument("tags", nargs="*", metavar="TAG")
    watch = _verb(verbs, "watch", "ask:watch", "values as they change, until Ctrl-C")
    watch.add_argument("tags", nargs="*", metavar="TAG")
    watch.add_argument("--seconds", type=float, help="end by itself after so long")
    put = _verb(verbs, "put", "ask:put", "write one value, through the gate, and wait for the read-back")
    put.add_argument("tag", metavar="TAG")
    put.add_argument("value", metavar="VALUE")
    put.add_argument("--why", default="", help="the reason, for the journal")
    put.add_argument("--confirm", action="store_true", help="confirm what the tag's policy asks to be confirmed")
    ack = _verb(verbs, "ack", "ask:ack", "acknowledge alarms by id")
    ack.add_argument("ids", nargs="+", metavar="ID")
    ack.add_argument("--comment", default="")
    for verb in (put, ack):
        _person(verb)
    for verb in (status, get, watch, put, ack):
        _data(verb)
        _json(verb)


def _alarms(verbs: argparse._SubParsersAction) -> None:
    alarms = _verb(verbs, "alarms", "alarm_list:alarms", "alarms that stand, the most urgent first")
    alarms.add_argument("--all", action="store_true", help="every alarm of the plant, those that are normal, too")
    alarms.add_argument("--priority", default="", metavar="N,…", help="only these: 1,2")
    alarms.add_argument("--state", default="", metavar="STATE", help="only this: unacknowledged, shelved, …")
    alarms.add_argument(
        "--area", default="", metavar="EQUIPMENT", help="only of a machine or area, or below a tag path"
    )
    alarms.add_argument(
        "--position", default="", metavar="POSITION", help="only those that an operator position answers for"
    )
    alarms.add_argument("--class", dest="kind", default="", metavar="CLASS", help="only of this class: quality, …")
    shelve = _verb(verbs, "shelve", "alarms:shelve", "keep alarms quiet for a time; they come back by themselves")
    shelve.add_argument("--for", dest="length", default="30m", help="30m, 4h: at most what the alarm's class allows")
    shelve.add_argument("--once", action="store_true", help="until it returns, if that is sooner")
    shelve.add_argument("--second", default="", metavar="PERSON", help="who agrees and proves it: for classes of two")
    unshelve = _verb(verbs, "unshelve", "alarms:unshelve", "take alarms off the shelf")
    service = _verb(verbs, "out-of-service", "alarms:out_of_service", "take alarms out of service, under a permit")
    service.add_argument("--permit", default="", help="permit or work order")
    service.add_argument("--back", action="store_true", help="return them to service")
    suppress = _verb(verbs, "suppress", "alarms:suppress", "what suppresses alarms, for no person does: see shelve")
    suppress.add_argument("ids", nargs="+", metavar="ID")
    reset = _verb(verbs, "reset", "alarms:reset", "release latched alarms that were acknowledged")
    confirm = _verb(verbs, "confirm", "alarms:confirm", "say to their servers that causes of alarms were dealt with")
    comment = _verb(verbs, "comment", "alarms:comment", "put a comment (--why) on alarms that servers keep")
    explain = _verb(verbs, "alarms explain", "alarms:explain", "why an alarm is as it is, with the values behind it")
    explain.add_argument("id", metavar="ID")
    for verb in (shelve, unshelve, service, reset, confirm, comment):
        _person(verb)
        verb.add_argument("ids", nargs="+", metavar="ID")
        verb.add_argument("--why", default="", help="the reason, for the journal")
    for verb in (alarms, shelve, unshelve, service, suppress, reset, confirm, comment, explain):
        _data(verb)
        _json(verb)
    _alarm_books(verbs)


def _alarm_books(verbs: argparse._SubParsersAction) -> None:
    kpi = _verb(verbs, "alarms kpi", "alarm_kpi:kpi", "how well the alarms serve, from the journal; 1 if too many")
    times = "ISO 8601 (UTC unless it says otherwise), or back from now: -8h, -30d"
    kpi.add_argument("--from", dest="start", default="-30d", help=times)
    kpi.add_argument("--to", dest="stop", help=f"{times}; now if left out")
    kpi.add_argument("--position", default="", metavar="POSITION", help="only what was told at an operator position")
    kpi.add_argument("--plant", default="", metavar="PLANT", help="with --position, where no engine runs: the plant")
    document = _verb(verbs, "alarms document", "alarm_document:document", "the master alarm database of a plant")
    document.add_argument("--out", type=Path, required=True, metavar="FILE", help="FILE.pdf, FILE.html or FILE.csv")
    diff = _verb(verbs, "alarms diff", "alarm_diff:diff", "what of the alarms differs from the files; 1 if anything")
    for verb in (document, diff):
        verb.add_argument("plant", metavar="PLANT")
    for verb in (kpi, diff):
        _data(verb)
        _json(verb)


def _records(verbs: argparse._SubParsersAction) -> None:
    history = _verb(verbs, "history", "records:history", "stored values; works with the engine stopped, too")
    history.add_argument("tags", nargs="+", metavar="TAG")
    history.add_argument("--points", type=int, default=1000, help="so many intervals with min and max (1000)")
    history.add_argument("--raw", action="store_true", help="every stored sample instead")
    history.add_argument(
        "--aggregate", metavar="KIND,…", help="figures instead, by their OPC UA names: TimeAverage,Maximum,Count,…"
    )
    history.add_argument("--step", help="one row of figures each 15m, 1h, 8h, 1d, 1w, 1mo; one in all if left out")
    history.add_argument(
        "--zone", default="UTC", help="time zone of steps and of times that do not name one: Europe/Berlin (UTC)"
    )
    history.add_argument("--rolls-over", type=float, metavar="N", help="after how much a counter begins anew: 65536")
    history.add_argument("--format", choices=("csv", "json", "parquet"), default="csv")
    history.add_argument("--out", type=Path)
    journal = _verb(verbs, "journal", "records:journal", "alarm events, writes, starts and stops")
    journal.add_argument("action", nargs="?", choices=("verify",), help="check the chain of records")
    journal.add_argument("--limit", type=int, default=200)
    journal.add_argument("--category", choices=CATEGORIES)
    journal.add_argument("--find", metavar="TEXT", help="only what says this: subject, reason, result or person")
    _json(journal)
    note = _verb(verbs, "note", "notes:note", "write a note into the shift log; without a text, list the notes")
    note.add_argument("text", nargs="*", metavar="TEXT")
    note.add_argument("--tag", default="", help="what it is about; the whole plant if left out")
    note.add_argument("--from", dest="start", help="when it is about, or the first moment; now if left out")
    note.add_argument("--to", dest="stop", help="the last moment, where it is about a stretch of time")
    note.add_argument("--limit", type=int, default=200)
    _data(note)
    _json(note)
    for verb in (history, journal):
        _data(verb)
        times = "ISO 8601 (UTC unless it says otherwise), or back from now: -10m, -8h, -2d"
        verb.add_argument("--from", dest="start", default="-1h" if verb is history else None, help=times)
        verb.add_argument("--to", dest="stop", help=f"{times}; now if left out")


def _keeping(verbs: argparse._SubParsersAction) -> None:
    check = _verb(
        verbs, "history check", "keeping:check", "look at every file and block of history; 1 if one is damaged"
    )
    check.add_argument("--set-aside", action="store_true", help="move what is damaged away and declare the gap")
    bring = _verb(verbs, "history import", "history_import:bring", "put values of a CSV or Parquet file into history")
    bring.add_argument("file", metavar="FILE", help="with columns tag, time, value and, if you like, quality")
    bring.add_argument("--add", action="store_true", help="make tags that the data folder does not know")
    bring.add_argument("--zone", default="UTC", help="time zone of times that do not name one: Europe/Berlin (UTC)")
    backup = _verb(verbs, "backup", "keeping:backup", "the data folder as one file; the engine may run")
    backup.add_argument("file", metavar="FILE")
    backup.add_argument("--secrets", action="store_true", help="with the station's own keys and passwords")
    restore = _verb(
        verbs, "restore", "keeping:restore", "make a data folder out of a backup, every byte verified first"
    )
    restore.add_argument("file", metavar="FILE")
    restore.add_argument("--replace", action="store_true", help="put it in the place of a folder, which is kept beside")
    for verb in (check, bring, backup, restore):
        _data(verb)
        _json(verb)
