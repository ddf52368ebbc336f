"""Verbs that talk to a running engine: status, get, watch, put, ack."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Mapping
from typing import Any

import msgspec

from hmi.clock import MachineClock
from hmi.commands.places import data_folder, secret, who
from hmi.core import plant as plant_files
from hmi.core import quality as q
from hmi.core.batch import (
    FLAG_AGAIN,
    FLAG_BACKFILLED,
    FLAG_CLAMPED,
    FLAG_NO_SOURCE_TIME,
    FLAG_TEXT,
    FLAG_TIME_SUSPECT,
    Batch,
)
from hmi.core.errors import HmiError, LinkError
from hmi.core.listing import iso
from hmi.core.plant import Plant
from hmi.core.properties import Properties, completed
from hmi.core.setting import exact_value, is_exact
from hmi.core.tags import Tag
from hmi.core.wording import visible
from hmi.link.messages import AnyMessage, PropertyRow, Reply, Values, Welcome
from hmi.link.socket import Connection, connect

NO_PROPERTIES: Mapping[str, Properties] = {}
_WRITE_TIMEOUT_S = 15.0
_FLAGS = {
    FLAG_CLAMPED: "clamped",
    FLAG_NO_SOURCE_TIME: "no source time",
    FLAG_TIME_SUSPECT: "time suspect",
    FLAG_BACKFILLED: "backfilled",
    FLAG_AGAIN: "heard again",
}


class Caller:
    """A command's connection to the engine, with the plant that the engine runs."""

    def __init__(self, options: argparse.Namespace, stream: bool = False) -> None:
        folder = data_folder(options)
        user, station = who(folder)
        self.connection: Connection = connect(
            folder,
            program="command line",
            user=user,
            station=station,
            stream=stream,
            clock=MachineClock(),
        )
        self._person: str = getattr(options, "person", "")
        self.plant: Plant | None = None
        self.early: list[AnyMessage] = []  # came before we knew the plant

    def __enter__(self) -> Caller:
        try:
            if self._person:
                self.sign_in(self._person)
        except BaseException:
            self.connection.close()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def learn(self) -> Plant:
        """Wait for the engine's welcome and load the plant it runs."""
        while self.plant is None:
            messages = self.connection.wait(10.0)
            if not messages:
                raise LinkError("The engine accepted the connection but says nothing: is it stopped or overloaded?")
            for message in messages:
                if isinstance(message, Welcome):
                    self.plant = plant_files.load(message.plant, message.library)
                else:
                    self.early.append(message)
        return self.plant

    def sign_in(self, name: str) -> None:
        """Work under an account from now on; raises HmiError in the engine's words when it is not let in.

        A person at a terminal reads the notice of the plant's owner first.
        """
        if sys.stdin.isatty() and (notice := (self.ask("whoami").body or {}).get("notice")):
            print(*map(visible, notice.splitlines()), sep="\n", file=sys.stderr)
        reply = self.ask("sign_in", timeout_s=30.0, name=name, secret=secret(f"Password of {name}"))
        if not reply.ok:
            raise HmiError(reply.text)

    def ask(self, verb: str, timeout_s: float = 10.0, **args: Any) -> Reply:
        """One question, one answer."""
        return self.connection.ask(verb, timeout_s=timeout_s, **args)


def snapshot(options: argparse.Namespace, plant: Plant) -> Batch:
    """The engine's values now; LinkError when it does not run, or runs another plant."""
    with Caller(options) as caller:
        running = caller.learn()
        if [tag.name for tag in running.tags] != [tag.name for tag in plant.tags]:
            raise LinkError(f"The engine there runs {running.name!r} with another tag list")
        return msgspec.convert(caller.ask("values", tags=[]).body, Values).batch()


def status(options: argparse.Namespace) -> int:
    """Print how the engine and its connections are."""
    with Caller(options) as caller:
        body = caller.ask("status").body
    if options.json:
        return put_json(body)
    say(f"{body['name']}: {body['live']} values live, {body['missing']} missing, {body['clients']} windows")
    for row in body["connections"]:
        for line in connection_lines(row):
            say(line)
    say(
        f"  history        {body['samples_stored']} stored, {body['samples_waiting']} waiting, "
        f"{body['samples_lost']} lost, {body['disk_free_mb']:.0f} MB free {body['store_fault']}"
    )
    if body["history_room"]:
        say(f"{'':17}{body['history_room']}")
    if body["store_note"]:
        say(f"{'':17}{body['store_note']}")
    if "mode_words" in body:  # else the engine is older than this program
        say(f"  plant          version {body['plant_version']}; {body['mode_words']}")
    for line in _remarks(body):
        say(line)
    for tag, why in body["missing_tags"].items():
        say(f"  missing        {tag}: {why}")
    for tag, how in body["differing_tags"].items():
        say(f"  differs        {tag}: {how}")
    return 0


def _remarks(body: dict[str, Any]) -> Iterator[str]:
    """Of plant files and plant server, and what is broken beside connections; `hmi links` tells of everything."""
    yield from (f"  plant files    {line}" for line in _plant_files(body["plant_files"]))
    if body["server"]["words"]:
        yield f"  plant server   {body['server']['words']}"
    for row in body["links"]:
        if row["state"] == "bad" and not row["id"].startswith("connection:"):
            yield f"  {row['name'].lower():14} {row['word']}: {row['reason']}. {row['means']} {row['do']}"


def _plant_files(told: dict[str, Any]) -> Iterator[str]:
    """How the plant's files stand to what runs; nothing while they are the same."""
    if told["state"] == "mistakes":
        count = told["mistakes_in_all"]
        yield f"{count} mistake{'s' if count > 1 else ''}, so nothing of them is shown: {told['mistakes'][0]}"
    elif told["state"] == "restart":
        yield f"changed in what the engine itself runs ({', '.join(told['waits_for_restart'])}): restart it to use them"


def _properties(caller: Caller) -> dict[str, Properties]:
    """What the devices say of their tags, by name."""
    rows = msgspec.convert(caller.ask("properties").body, list[PropertyRow])
    return {row.tag: Properties(row.low, row.high, row.unit, row.names) for row in rows}


def connection_lines(row: dict[str, Any]) -> Iterator[str]:
    """One connection as `hmi status` prints it: how it is, how it is asked, and what is to be said of it."""
    age = "never heard" if row["age_s"] < 0 else f"heard {row['age_s']:.1f} s ago"
    yield (
        f"  {row['id']:14} {row['driver']:7} {row['state']:11} {row['live']:5} live  {row['missing']} missing  "
        f"{row['bad']} bad  {row['values_per_s']:7.1f}/s  {age}  {row['reconnects']} reconnects  "
        f"{row['gaps']} gaps"
    )
    asked = f"{row['requests_per_s']:.1f} requests/s  "
    asked += (
        f"median {row['request_p50_ms']:.1f} ms  p99 {row['request_p99_ms']:.1f} ms" if row["request_p99_ms"] else ""
    )
    revised = "".join(f"  other {what} than asked: {count}" for what, count in row["revised"].items())
    backup = f"  backup {', '.join(row['backup'])}" if row["backup"] else ""
    yield f"{'':17}{_server(row)}{backup}  {asked.rstrip()}{revised}"
    yield from (f"{'':17}{text}" for text in (row["reason"], row["note"]) if text)


def _server(row: dict[str, Any]) -> str:
    """The address in use, the service level that is told there, and whether others may listen in."""
    level = "" if row["service_level"] is None else f"  level {row['service_level']}"
    return f"{row['address']}{level}  {'not secured' if row['security'] == 'none' else row['security']}"


def get(options: argparse.Namespace) -> int:
    """Print values now."""
    with Caller(options) as caller:
        plant = caller.learn()
        reply = caller.ask("values", tags=options.tags)
        properties = _properties(caller)
    if not reply.ok:
        return no(reply.text)
    values = msgspec.convert(reply.body, Values)
    shown = list(told(plant, values.batch(), values.now_ns, properties))
    if options.json:
        return put_json({"tags": shown})
    for row in shown:
        say(line_of(row))
    return 0


def watch(options: argparse.Namespace) -> int:
    """Print values as they change."""
    clock = MachineClock()
    until = clock.monotonic() + options.seconds if options.seconds else float("inf")
    with Caller(options, stream=True) as caller:
        plant = caller.learn()
        if unknown := [name for name in options.tags if plant.tag(name) is None]:
            return no(f"There is no tag {unknown[0]!r}: hmi get without a name lists all")
        wanted = {plant.tag_index[name] for name in options.tags} or set(range(len(plant.tags)))
        messages = caller.early
        while clock.monotonic() < until:
            for message in messages:
                if isinstance(message, Values):
                    _print_changes(plant, message, wanted, options.json)
            messages = caller.connection.wait(min(1.0, until - clock.monotonic()))
    return 0


def _print_changes(plant: Plant, message: Values, wanted: set[int], as_json: bool) -> None:
    for row in told(plant, message.batch(), message.now_ns):
        if plant.tag_index[row["tag"]] in wanted:
            print(msgspec.json.encode(row).decode() if as_json else visible(line_of(row)), flush=True)


def put(options: argparse.Namespace) -> int:
    """Write one value and say how it ended."""
    args = {"tag": options.tag, "value": options.value, "why": options.why, "confirmed": options.confirm}
    with Caller(options) as caller:
        try:
            reply = caller.ask("write", _WRITE_TIMEOUT_S, **args)
        except LinkError as error:  # it may have been done: nobody must take this for a refusal, and repeat it
            lost = f"the engine's answer never came ({error}): check the plant before you write again"
            reply = Reply(0, False, lost, {"outcome": "unknown"})
    body = reply.body or {}
    outcome = body.get("outcome", "refused")
    if options.json:
        put_json({"tag": options.tag, "outcome": outcome, "text": reply.text, **body})
    elif reply.ok:
        say(f"{outcome}: {reply.text}")
    else:
        rule = f" ({body['code']})" if body.get("code") else ""
        how = ". Repeat it with --confirm if that is meant" if "confirmation" in body.get("needs", ()) else ""
        no(f"{outcome}{rule}: {reply.text}{how}")
    return 0 if reply.ok else 1


def ack(options: argparse.Namespace) -> int:
    """Acknowledge alarms by their ids."""
    with Caller(options) as caller:
        reply = caller.ask("ack", alarms=options.ids, comment=options.comment)
    if options.json:
        put_json(reply.body)
    elif reply.ok:
        say(reply.text)
    else:
        return no(reply.text)
    return 0 if reply.ok else 1


def told(
    plant: Plant, batch: Batch, now_ns: int, properties: Mapping[str, Properties] = NO_PROPERTIES
) -> Iterator[dict[str, Any]]:
    """Rows as the command line prints them; keys are stable."""
    for row in batch.rows:
        tag, quality = plant.tags[int(row["tag"])], int(row["quality"])
        said = properties.get(tag.name)
        tag = completed(tag, said)
        received = int(row["received"])
        yield {
            "tag": tag.name,
            "value": _value(row, batch, tag),
            "state": said.names.get(int(row["raw"]), "") if said and not tag.is_text else "",
            "unit": tag.unit,
            "quality": quality,
            "quality_word": q.word(quality),
            "reason": q.reason(quality),
            "time": iso(int(row["time"])),
            "age_s": round((now_ns - received) / 1e9, 3) if received else None,
            "flags": [word for flag, word in _FLAGS.items() if int(row["flags"]) & flag],
        }


def _value(row: Any, batch: Batch, tag: Tag) -> float | int | bool | str | None:
    if int(row["flags"]) & FLAG_TEXT:
        return batch.texts[int(row["raw"])]
    number = float(row["value"])
    if number != number:
        return None
    if is_exact(tag):
        return exact_value(tag, int(row["raw"]))
    return bool(number) if tag.type == "bool" else number


def line_of(row: dict[str, Any]) -> str:
    """One value on one line."""
    nothing = "-" if row["quality"] == q.GOOD_NO_DATA else "????"  # a method has no value to be missed
    value = nothing if row["quality_word"] == "bad" or row["value"] is None else row["value"]
    text = f"{value:g}" if isinstance(value, float) else str(value).lower() if isinstance(value, bool) else str(value)
    text += f" {row['state']}" if row["state"] and value != nothing else ""
    why = "" if row["quality_word"] == "good" else f"  {row['quality_word']}: {row['reason']}"
    why += ", clamped" if why and "clamped" in row["flags"] else ""
    return f"{row['tag']:44} {text:>14} {row['unit']:8}{row['time'][:23]}{why}"


def say(text: str) -> None:
    """One line on stdout; what of it a device has said must not steer a terminal."""
    print(visible(text))


def put_json(body: Any) -> int:
    """One JSON document on stdout (numbers that JSON does not know become null)."""
    print(msgspec.json.format(msgspec.json.encode(body), indent=2).decode())
    return 0


def no(text: str) -> int:
    """The answer is no: why, in one line on stderr."""
    print(f"hmi: {visible(text)}", file=sys.stderr)
    return 1
