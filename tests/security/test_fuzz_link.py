"""Whatever a client asks of the engine: it gets an answer in words, and the engine has had no fault over it."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hmi.clock import MachineClock
from hmi.core.plant import load
from hmi.engine.engine import Engine
from hmi.link.messages import Hello, Reply, Request, decode, encode
from tests.engine.hall import Sitting
from tests.faults.station import HEAD, connection, tag
from tests.security.mutation import NASTY, fuzz, mutated_bytes

PLANT = {
    "plant.toml": '[plant]\nid = "p"\nname = "P"\ntimezone = "UTC"\n' + connection("plc", "opc.tcp://127.0.0.1:1"),
    "tags.csv": HEAD
    + tag("a.level", "plc", "ns=2;i=1", "float64", low=0, high=100)
    + tag("a.speed", "plc", "ns=2;i=2", "float32", low=0, high=60, access="rw")
    + tag("a.lot", "plc", "ns=2;i=3", "string[8]", access="rw"),
    "instructions/seal.md": '+++\ntitle = "Seal"\n+++\n\n## Put on gloves\n',
}
ODD = st.recursive(
    st.one_of(
        *(st.none(), st.booleans(), st.integers(-(2**63), 2**64 - 1), st.floats(), st.binary(max_size=20)),
        *(st.text(max_size=20), st.sampled_from(NASTY), st.sampled_from(["a.level", "a.speed", "a.lot", "seal", "1"])),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=4), st.dictionaries(st.text(max_size=8), inner, max_size=4)),
    max_leaves=8,
)
NAMES = [
    *("tag", "value", "why", "confirmed", "second", "alarms", "alarm", "comment", "hours", "permit", "one_shot", "job"),
    *(
        "tags",
        "from_ns",
        "to_ns",
        "points",
        "raw",
        "most",
        "kinds",
        "edges",
        "text",
        "file",
        "have",
        "limit",
        "category",
    ),
    *("name", "secret", "kind", "act", "roles", "skills", "password", "old", "new", "code", "expires_ns", "full_name"),
    *(
        "instruction",
        "context",
        "key",
        "id",
        "from",
        "state",
        "wanted",
        "step",
        "turn",
        "data",
        "attachment",
        "meaning",
    ),
    *("subject", "digest", "oldest", "days", "fingerprint", "decision", "number", "disabled"),
]
ARGUMENTS = st.dictionaries(st.one_of(st.sampled_from(NAMES), st.text(max_size=8)), ODD, max_size=8)


@pytest.mark.cr("3.5", "3.7")
@pytest.mark.expect_log("connection refused|not encrypted")
async def test_whatever_is_asked_is_answered(tmp_path: Path) -> None:
    engine, said = Engine(load(PLANT, {}), {}, tmp_path, MachineClock(), ready_s=0.1), asyncio.Queue[str]()
    found: list[tuple[str, Any, Any]] = []
    verbs = sorted(set(engine.requests._verbs) - {"sign_in", "sign", "person"})  # those judge passwords, slowly
    asked: list[tuple[str, dict[str, Any]]] = []

    @fuzz(len(verbs) * 6)
    @given(st.sampled_from(verbs), ARGUMENTS)
    def gather(verb: str, args: dict[str, Any]) -> None:
        asked.append((verb, args))

    gather()
    async with asyncio.TaskGroup() as group:
        task = group.create_task(engine.run(said.put_nowait))
        await said.get()
        session = Sitting(Hello("t", program="window", user="eve", station="desk"))
        for number, (verb, args) in enumerate(asked):
            reply = await engine.requests.answer(session, Request(number, verb, args))
            if not isinstance(reply, Reply) or "fault in the program" in reply.text or "\n" in reply.text:
                found.append((verb, args, reply))
            encode(reply)  # and it can be sent
        task.cancel()
    told = {verb: (args, reply.text) for verb, args, reply in found}
    assert not found, f"{len(found)} faults: {told}"


HUGE, TAGS = 2**64 - 1, ["a.level"]
AT_THE_EDGE: list[tuple[str, dict[str, Any]]] = [
    ("journal", {"from_ns": HUGE}),
    ("journal", {"limit": HUGE}),
    ("journal", {"to_ns": -HUGE // 2}),
    ("notes", {"from_ns": HUGE, "to_ns": HUGE}),
    ("note", {"text": "x", "from_ns": HUGE}),
    ("history", {"tags": TAGS, "from_ns": 0, "to_ns": HUGE}),
    ("history", {"tags": TAGS, "from_ns": 0, "to_ns": 1, "points": -HUGE // 2}),
    ("samples", {"tag": "a.level", "from_ns": -(2**63), "to_ns": HUGE, "most": HUGE}),
    ("figures", {"tags": TAGS, "edges": [], "kinds": ["Average"]}),
    ("figures", {"tags": TAGS, "edges": [0, HUGE], "kinds": ["Average"]}),
    ("figures", {"tags": TAGS * 60, "edges": list(range(20_000)), "kinds": ["Average"]}),
    ("write", {"tag": "a.speed", "value": HUGE, "why": "x"}),
    ("jobs", {"limit": HUGE}),
    ("job", {"id": "1", "from": HUGE}),
    ("outages", {"days": HUGE}),
    ("outages", {"days": 1e308}),
]


@pytest.mark.cr("3.5", "3.7")
@pytest.mark.expect_log("connection refused|not encrypted")
async def test_numbers_at_the_edge_are_refused_in_words_and_fill_no_log(tmp_path: Path) -> None:
    engine, said = Engine(load(PLANT, {}), {}, tmp_path, MachineClock(), ready_s=0.1), asyncio.Queue[str]()
    session = Sitting(Hello("t", program="window", user="eve", station="desk"))
    async with asyncio.TaskGroup() as group:
        task = group.create_task(engine.run(said.put_nowait))
        await said.get()
        told = {}
        for number, (verb, args) in enumerate(AT_THE_EDGE):
            reply = await engine.requests.answer(session, Request(number, verb, args))
            told[verb, repr(args)[:80]] = reply.text
            encode(reply)
        for _ in range(3):
            await engine.requests.answer(session, Request(1, "note", {"text": "x"}))
        few = await engine.requests.answer(session, Request(1, "journal", {"limit": -1}))
        task.cancel()
    assert not {key: text for key, text in told.items() if "fault in the program" in text or "\n" in text}
    assert len(few.body) == 1, "less than none is not all"


SAMPLES = [
    encode(Hello("token", program="window", user="anna", station="desk")),
    encode(Request(7, "write", {"tag": "a.speed", "value": 5.0, "why": "x", "confirmed": True})),
    encode(Reply(7, True, "done", {"outcome": "confirmed", "read_back": 5.0})),
]


@pytest.mark.parametrize("good", SAMPLES, ids=["hello", "request", "reply"])
def test_a_message_of_any_bytes_is_one_or_is_none(good: bytes) -> None:
    @fuzz(300)
    @given(mutated_bytes(good))
    def any_bytes(data: bytes) -> None:
        try:
            encode(decode(data))
        except (ValueError, RecursionError):
            return

    any_bytes()
