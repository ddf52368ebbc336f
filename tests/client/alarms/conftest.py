"""Plants and alarms for the tests of the alarm page."""

from __future__ import annotations

from typing import Any

import pytest

from hmi.client.alarms.belongings import Belongings
from hmi.client.alarms.model import AlarmModel
from hmi.link.messages import AlarmRow, Alarms, Reply

EQUIPMENT = """
[[equipment]]
id = "cellar"
name = "Cellar"
kind = "area"

[[equipment]]
id = "tank"
name = "Tank 1"
parent = "cellar"
path = "tank"
screen = "tank"
"""


@pytest.fixture
def engine(engine: Any) -> Any:
    """The small engine with a machine that has the tank's alarms, answering every verb about alarms."""
    engine.start({**engine.files, "equipment.toml": EQUIPMENT})
    for verb, word in (("ack", "acknowledged"), ("reset", "reset"), ("shelve", "shelved"), ("unshelve", "unshelved")):
        engine.answers[verb] = answering(word)
    return engine


def answering(word: str) -> Any:
    """An engine that does what it is asked."""

    def answer(request: Any) -> Reply:
        ids = request.args["alarms"]
        return Reply(request.number, True, f"{len(ids)} {word}", {"done": ids, "refused": []})

    return answer


@pytest.fixture
def belongings(desk: Any) -> Belongings:
    """Where the alarms of the small plant belong."""
    return Belongings(desk.plant)


@pytest.fixture
def model(desk: Any, belongings: Belongings) -> AlarmModel:
    """The lines of a list at a desk."""
    return AlarmModel(desk, belongings)


@pytest.fixture
def tell(desk: Any) -> Any:
    """Give the mirror of a desk these alarms, each a rule and a state, the first of them raised first."""

    def put(*alarms: Any, **more: Any) -> None:
        now = desk.mirror.now_ns()
        rows = [AlarmRow(rule, state, raised_ns=now + n, **more) for n, (rule, state) in enumerate(alarms)]
        desk.mirror.take(Alarms(tuple(rows)))

    return put


POSITIONS = """
[[position]]
id = "brewing"
name = "Brewing"
areas = ["cellar"]
stations = ["desk"]

[[position]]
id = "gate"
name = "Gate"
areas = ["gatehouse"]
"""
GATEHOUSE = """
[[equipment]]
id = "gatehouse"
name = "Gatehouse"
path = "door"
"""


@pytest.fixture
def positioned(engine: Any) -> Any:
    """The small plant with two operator positions: the desk's answers for the cellar, another for the door."""
    files = {**engine.files, "equipment.toml": EQUIPMENT + GATEHOUSE}
    files["plant.toml"] += '\n[[station]]\nid = "desk"\n' + POSITIONS
    engine.start(files)
    return engine
