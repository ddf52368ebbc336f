"""A new station: its plant wants accounts, and nobody has one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from hmi.client.page import Desk
from hmi.client.people.present import Present
from hmi.client.setup.steps import Answers
from hmi.client.wire import Wire
from hmi.clock import HandClock
from hmi.link.messages import Reply, Request
from hmi.plantfiles.station import StationSettings
from tests.client.conftest import SmallEngine, texts

ADA = {"name": "ada", "full_name": "Ada Lund", "roles": {"": "administer"}, "must_change": False}
NEW = """
[people]
accounts = true
[server]
url = "postgresql://desk1@plant-server/plant"
[[station]]
id = "panel"
name = "Panel at the pump"
"""


@pytest.fixture
def engine(clock: HandClock) -> SmallEngine:
    """The engine of a station at which nobody has an account yet."""
    files = texts()
    made = SmallEngine(clock, files | {"plant.toml": files["plant.toml"] + NEW})
    own = {"name": "HMI on desk", "fingerprint": "AB" * 32, "until": "2046-01-01T00:00:00", "der": b"0"}
    accounts: list[str] = []

    def person(request: Request) -> Reply:
        accounts.append(str(request.args["name"]))
        return Reply(request.number, True, "Account made")

    def whoami(request: Request) -> Reply:
        body = {"person": ADA if accounts else None, "accounts": len(accounts), "fault": "", "locked": False}
        return Reply(request.number, True, "", body)

    made.answers |= {
        "person": person,
        "whoami": whoami,
        "sign_in": lambda request: Reply(request.number, True, "", {"person": ADA}),
        "certificates": lambda request: Reply(request.number, True, "", {"own": own}),
        "secrets": lambda request: Reply(
            request.number, True, "", {"folder": "/data", "wanted": ["line", "server"], "kept": {"server": "file"}}
        ),
        "secret": lambda request: Reply(request.number, True, "server is kept in the file"),
    }
    return made


@pytest.fixture
def answers(tmp_path: Path) -> Answers:
    """Nothing is answered yet."""
    return Answers(StationSettings(), tmp_path / "site.toml")


@pytest.fixture
def present(desk: Desk) -> Present:
    """Nobody."""
    return Present(desk.wire, desk.clock, "desk", "anna")


def asked(engine: SmallEngine, verb: str) -> list[dict[str, Any]]:
    """What the engine was asked for."""
    return [request.args for request in engine.requests if request.verb == verb]


def hear(wire: Wire, times: int = 4) -> None:
    """Let what is under way come to its end."""
    for _ in range(times):
        wire.tick()
