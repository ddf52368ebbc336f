"""One conversation over both links: what holds in one process holds over a socket."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from hmi.clock import MachineClock
from hmi.core.batch import Batch
from hmi.core.errors import LinkError
from hmi.link.local import pair
from hmi.link.messages import AnyMessage, Health, Hello, Refused, Reply, Request, Values, Welcome
from hmi.link.server import Server
from hmi.link.socket import connect
from hmi.link.street import Link, Session, Street

CLOCK = MachineClock()


class SmallEngine:
    """Welcomes, sends a snapshot, answers, and ends a session on demand."""

    def __init__(self) -> None:
        self.log: list[str] = []

    def opened(self, session: Session) -> None:
        self.log.append(f"opened {session.hello.program} {session.hello.user} {session.hello.stream}")
        session.send(Welcome(1, {"plant.toml": ""}, {}, "d", 5))
        session.send(Values.of(Batch.of([0, 1], [1.5, float("inf")], 1, 2), 5, snapshot=True))

    def received(self, session: Session, message: AnyMessage) -> None:
        assert isinstance(message, Request)
        self.log.append(f"received {message.verb} {message.args}")
        if message.verb == "end":
            session.close("enough")
            session.send(Health(0))  # too late: nobody hears it
            return
        session.send(Health(0, clients=1))
        session.send(Reply(message.number, True, "done", {"args": message.args}))

    def closed(self, session: Session) -> None:
        self.log.append(f"closed {session.hello.program}")


async def heard(link: Link, count: int) -> list[AnyMessage]:
    """Poll until so many messages have come."""
    found: list[AnyMessage] = []
    async with asyncio.timeout(20):
        while len(found) < count:
            await asyncio.sleep(0.002)
            found += link.receive()
    return found


@pytest.fixture
def engine() -> SmallEngine:
    return SmallEngine()


@pytest.fixture(params=["local", "socket"])
async def link(request: pytest.FixtureRequest, tmp_path: Path, engine: SmallEngine) -> AsyncIterator[Link]:
    street: Street = engine
    if request.param == "local":
        yield pair(street, Hello("", program="test", user="anna", stream=False))
        return
    server = Server(street, CLOCK, tmp_path)
    await server.start()
    link = connect(tmp_path, program="test", user="anna", stream=False, clock=CLOCK)
    yield link
    link.close()
    await server.stop()


async def test_a_conversation(link: Link, engine: SmallEngine) -> None:
    welcome, snapshot = await heard(link, 2)
    assert isinstance(welcome, Welcome)
    assert welcome.plant == {"plant.toml": ""}
    assert isinstance(snapshot, Values)
    assert snapshot.batch().rows["value"].tolist() == [1.5, float("inf")]
    number = link.request("status", tags=["a", "b"], nested={"deep": [1, 2.5, None]})
    health, reply = await heard(link, 2)
    assert isinstance(health, Health)
    assert reply == Reply(number, True, "done", {"args": {"tags": ["a", "b"], "nested": {"deep": [1, 2.5, None]}}})
    assert link.receive() == []
    link.request("end")
    assert await heard(link, 1) == [Refused("enough")]
    with pytest.raises(LinkError, match="enough"):
        await heard(link, 1)
    with pytest.raises(LinkError, match="enough"):
        link.request("status")
    assert engine.log[0] == "opened test anna False"
    assert engine.log[-1] == "closed test"
    assert len(engine.log) == 4


async def test_hanging_up(link: Link, engine: SmallEngine) -> None:
    await heard(link, 2)
    link.close()
    async with asyncio.timeout(20):
        while engine.log[-1] != "closed test":
            await asyncio.sleep(0.002)
    with pytest.raises(LinkError):
        link.request("status")


async def test_a_client_that_does_not_only_ask_is_sent_away(link: Link, engine: SmallEngine) -> None:
    await heard(link, 2)
    link.send(Reply(1, True))
    [refused] = await heard(link, 1)
    assert isinstance(refused, Refused)
    assert "only send requests" in refused.why
    assert engine.log[-1] == "closed test"
