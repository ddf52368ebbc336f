"""Verbs that talk to a running engine: status, get, watch, put, alarms, ack."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from hmi.clock import MachineClock
from hmi.commands.places import data_folder, iso, who
from hmi.core import plant as plant_files
from hmi.core import quality as q
from hmi.core.batch import FLAG_TEXT, Batch
from hmi.core.errors import LinkError
from hmi.core.plant import Plant
from hmi.link.messages import AlarmRow, Alarms, AnyMessage, Reply, Values, Welcome
from hmi.link.socket import Connection, connect

_WRITE_TIMEOUT_S = 15.0


class Caller:
    """A command's connection to the engine, with the plant that the engine runs."""

    def __init__(self, options: argparse.Namespace, stream: bool = False) -> None:
        user, station = who()
        self.connection: Connection = connect(
            data_folder(options),
            program="command line",
            user=user,
            station=station,
            stream=stream,
            clock=MachineClock(),
        )
        self.plant: Plant | None = None
        self.early: list[AnyMessage] = []  # came before we knew the plant

    def __enter__(self) -> Caller:
        return self

    def __exit__(self, *_: object) -> None:
        self.connection.close()

    def learn(self) -> Plant:
        """Wait for the engine's welcome and load the plant it runs."""
        while self.plant is None:
            messages = self.connection.wait(5.0)
            if not messages:
                raise LinkError("The engine accepted the connection but says nothing: is it stopped or overloaded?")
            for message in messages:
                if isinstance(message, Welcome):
                    self.plant = plant_files.load(message.plant, message.library)
                else:
                    self.early.append(message)
        return self.plant

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
    print(f"{body['name']}: {body['live']} values live, {body['missing']} missing, {body['clients']} windows")
    for row in body["connections"]:
        age = "never heard" if row["age_s"] < 0 else f"heard {row['age_s']:.1f} s ago"
        print(
            f"  {row['id']:14} {row['driver']:7} {row['state']:11} {row['live']:5} live  {row['missing']} missing  "
            f"{row['values_per_s']:7.1f}/s  {age}  {row['reconnects']} reconnects  {row['address']}  "
            f"{row['reason'] or row['note']}"
        )
    print(
        f"  history        {body['samples_stored']} stored, {body['samples_waiting']} waiting, "
        f"{body['samples_lost']} lost, {body['disk_free_mb']:.0f} MB free {body['store_fault']}"
    )
    for tag, why in body["missing_tags"].items():
        print(f"  missing        {tag}: {why}")
    return 0


def get(options: argparse.Namespace) -> int:
    """Print values now."""
    with Caller(options) as caller:
        plant = caller.learn()
        reply = caller.ask("values", tags=options.tags)
    if not reply.ok:
        return no(reply.text)
    values = msgspec.convert(reply.body, Values)
    shown = list(told(plant, values.batch(), values.now_ns))
    if options.json:
        return put_json({"tags": shown})
    for row in shown:
        print(line_of(row))
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
            print(msgspec.json.encode(row).decode() if as_json else line_of(row), flush=True)


def put(options: argparse.Namespace) -> int:
    """Write one value and say how it ended."""
    with Caller(options) as caller:
        reply = caller.ask("write", _WRITE_TIMEOUT_S, tag=options.tag, value=options.value, why=options.why)
    outcome = (reply.body or {}).get("outcome", "refused")
    if options.json:
        put_json({"tag": options.tag, "outcome": outcome, "text": reply.text, **(reply.body or {})})
    elif reply.ok:
        print(f"{outcome}: {reply.text}")
    else:
        print(f"hmi: {outcome}: {reply.text}", file=sys.stderr)
    return 0 if reply.ok else 1


def alarms(options: argparse.Namespace) -> int:
    """Print the alarms that stand, the most urgent unacknowledged first."""
    with Caller(options, stream=True) as caller:
        plant = caller.learn()
        rows = _snapshot(caller)
    listed = [_alarm(plant, row) for row in sorted(rows, key=lambda row: _urgency(plant, row))]
    if options.json:
        return put_json({"alarms": listed})
    for row in listed:
        acked = f"  acknowledged by {row['acked_by']}" if row["acked_by"] else ""
        print(f"{row['priority']}  {row['state']:24} {row['raised'][:19]}  {row['id']}  {row['title']}{acked}")
    if not listed:
        print("No alarms.")
    return 0


def _snapshot(caller: Caller) -> tuple[AlarmRow, ...]:
    messages: Iterable[AnyMessage] = caller.early
    for _ in range(100):
        for message in messages:
            if isinstance(message, Alarms) and message.snapshot:
                return message.rows
        messages = caller.connection.wait(1.0)
    raise LinkError("The engine does not say which alarms stand: is it stopped or overloaded?")


def _urgency(plant: Plant, row: AlarmRow) -> tuple[bool, int, int]:
    return ("unack" not in row.state, plant.rules[row.rule].priority, -row.raised_ns)


def _alarm(plant: Plant, row: AlarmRow) -> dict[str, Any]:
    rule = plant.rules[row.rule]
    return {
        "id": rule.id,
        "priority": rule.priority,
        "state": row.state,
        "title": rule.title,
        "tag": plant.tags[rule.tag].name,
        "raised": iso(row.raised_ns),
        "changed": iso(row.changed_ns),
        "value": row.value,
        "limit": rule.limit,
        "acked_by": row.acked_by,
        "cannot_evaluate": row.cannot_evaluate,
        "action": rule.action,
    }


def ack(options: argparse.Namespace) -> int:
    """Acknowledge alarms by their ids."""
    with Caller(options) as caller:
        reply = caller.ask("ack", alarms=options.ids, comment=options.comment)
    if options.json:
        put_json(reply.body)
    elif reply.ok:
        print(reply.text)
    else:
        return no(reply.text)
    return 0 if reply.ok else 1


def told(plant: Plant, batch: Batch, now_ns: int) -> Iterator[dict[str, Any]]:
    """Rows as the command line prints them; keys are stable."""
    for row in batch.rows:
        tag, quality = plant.tags[int(row["tag"])], int(row["quality"])
        received = int(row["received"])
        yield {
            "tag": tag.name,
            "value": _value(row, batch, tag.type),
            "unit": tag.unit,
            "quality": quality,
            "quality_word": q.word(quality),
            "reason": q.reason(quality),
            "time": iso(int(row["time"])),
            "age_s": round((now_ns - received) / 1e9, 3) if received else None,
        }


def _value(row: Any, batch: Batch, type_: str) -> float | int | bool | str | None:
    if int(row["flags"]) & FLAG_TEXT:
        return batch.texts[int(row["raw"])]
    number = float(row["value"])
    if number != number:
        return None
    if type_ == "bool":
        return bool(number)
    return number


def line_of(row: dict[str, Any]) -> str:
    """One value on one line."""
    value = "????" if row["quality_word"] == "bad" or row["value"] is None else row["value"]
    text = f"{value:g}" if isinstance(value, float) else str(value).lower() if isinstance(value, bool) else str(value)
    why = "" if row["quality_word"] == "good" else f"  {row['quality_word']}: {row['reason']}"
    return f"{row['tag']:44} {text:>14} {row['unit']:8}{row['time'][:23]}{why}"


def put_json(body: Any) -> int:
    """One JSON document on stdout (numbers that JSON does not know become null)."""
    print(msgspec.json.format(msgspec.json.encode(body), indent=2).decode())
    return 0


def no(text: str) -> int:
    """The answer is no: why, in one line on stderr."""
    print(f"hmi: {text}", file=sys.stderr)
    return 1
