"""Stores that are going to be killed: told a JSON object a line, this process forks one that records until it dies.

What a store has acknowledged goes, a line each, into a file outside its folder, as soon as it was acknowledged.
"""

from __future__ import annotations

import json
import logging
import os
import random
import sys
import threading
import time
import traceback
from pathlib import Path
from typing import Any

from hmi.clock import HandClock
from hmi.core.errors import StoreError
from hmi.core.journal import Record
from hmi.core.plant.model import History
from hmi.store import hot
from hmi.store.store import Store
from tests.store.truth import STEP, batch, now_of, tags


def record(number: int) -> Record:
    """The record that goes with a batch."""
    return Record(time_ns=now_of(number), category="alarm", event="raised", subject="a", value=float(number))


def live(order: dict[str, Any]) -> None:
    """Record batch after batch, as fast as the disk takes them, with all that a store does beside that."""
    acks = os.open(order["acks"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    seed, number, chance = order["seed"], order["first"], random.Random(f"{order['seed']} {order['first']}")

    def say(*words: object) -> None:
        os.write(acks, (" ".join(map(str, words)) + "\n").encode())

    if held := order.get("log_held"):
        hot.LOG_HELD, hot._LOG_LIMIT, hot._LOG_FULL = held, held // 2, held // 4
    clock = HandClock(now_of(number))
    began = time.perf_counter()
    history = History(keep_days=order.get("keep_days", 4000), max_gb=order.get("max_gb", 100.0))
    store = Store(
        Path(order["folder"]),
        tags(order["tags"]),
        clock,
        history,
        reserve_mb=0,
        seal_rows=order.get("seal_rows", 2000),
    )
    say("open", time.perf_counter() - began)
    waiting: list[int] = []
    while True:
        say("sent", number)
        store.append(batch(seed, number, order["tags"]))
        waiting.append(number)
        noted = store.record(record(number))
        if chance.random() < 0.8:
            _acknowledge(store, waiting, say)
        try:
            say("record", noted.result(), number)
        except StoreError as error:
            say("trouble", error)
        if chance.random() < 0.15:
            store.seal()  # done some time later
        elif chance.random() < 0.3:
            store.retain(clock.now_ns())
        number += 1
        clock.advance(STEP / 1e9)


def _acknowledge(store: Store, waiting: list[int], say: Any) -> None:
    try:
        store.flush().result()
    except StoreError as error:
        say("trouble", error)
        return
    if store.lost == 0 and store.waiting == 0:
        say("stored", *waiting)
        waiting.clear()


def _told_to_live(order: dict[str, Any]) -> None:
    output = os.open(order["log"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.dup2(output, 2)
    os.dup2(output, 1)
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    threading.excepthook = lambda given: (traceback.print_exception(given.exc_value), os._exit(3))
    try:
        live(order)
    except BaseException:  # noqa: BLE001 - whoever reads the log is told
        traceback.print_exc()
    os._exit(4)


def _say(number: int) -> None:
    sys.stdout.write(f"{number}\n")
    sys.stdout.flush()


def main() -> None:
    """Fork as told; a line `{"reap": true}` waits for the last one's end."""
    child = 0
    for line in sys.stdin:
        order = json.loads(line)
        if "reap" in order:
            _say(os.waitpid(child, 0)[1])
            continue
        child = os.fork()
        if not child:
            _told_to_live(order)
        _say(child)


if __name__ == "__main__":
    main()
