"""An engine that tells how its links stand."""

from __future__ import annotations

import msgspec
import pytest

from hmi.core import links
from hmi.core.links import Link
from hmi.link.messages import Reply

NS = 10**9


class Told:
    """What the engine says of its links and outages; a test changes it."""

    def __init__(self, now_ns: int) -> None:
        self.now_ns = now_ns
        self.links = [
            links.connection("line", "live"),
            links.connection(
                "packer", "down", "connection refused by 10.0.0.7:502: is the device on, and is the port right?"
            ),
            links.engine("", ""),
            links.history("", 0, ""),
            links.journal(""),
            links.plant_server("away", "no answer from plant-server"),
            links.certificates([]),
            links.clock(""),
            links.windows(1),
        ]
        self.outages = [
            {
                "of": "packer",
                "from_ns": now_ns - 3600 * NS,
                "to_ns": now_ns - 3500 * NS,
                "reason": "the connection was silent",
            },
            {
                "of": "",
                "from_ns": now_ns - 9000 * NS,
                "to_ns": now_ns - 8990 * NS,
                "reason": "the engine was not running (it was stopped)",
            },
        ]
        self.left: list[str] = []
        self.refusal = ""

    def stands(self) -> list[Link]:
        return [msgspec.structs.replace(link, since_ns=self.now_ns - 120 * NS) for link in self.links]


@pytest.fixture
def told(engine, clock):
    made = Told(clock.now_ns())
    engine.answers["links"] = lambda asked: Reply(asked.number, True, "", msgspec.to_builtins(made.stands()))
    engine.answers["outages"] = lambda asked: Reply(asked.number, True, "", made.outages)

    def leave(asked):
        made.left.append(asked.args["why"])
        return Reply(asked.number, not made.refusal, made.refusal or "Safe mode is left")

    engine.answers["leave_safe_mode"] = leave
    return made
