"""A small plant in memory: two tags on one controller that a test plays itself."""

from concurrent.futures import Future
from dataclasses import dataclass, field, replace

from hmi.clock import HandClock
from hmi.core import expr
from hmi.core.alarms.rules import Rule
from hmi.core.batch import FLAG_NO_SOURCE_TIME, Batch
from hmi.core.errors import StoreError
from hmi.core.plant import Connection, Plant
from hmi.core.tags import Tag
from hmi.drivers.driver import Health, WriteResult
from hmi.engine.poller import Poller
from hmi.engine.tick import Tick

TAGS = (
    Tag(0, "a.level", "plc", "ns=2;s=A", "float64", unit="%", low=0, high=100),
    Tag(1, "a.speed", "plc", "ns=2;s=B", "float32", unit="1/min", low=0, high=60, access="rw"),
    Tag(2, "a.run", "plc", "ns=2;s=C", "bool", access="rw"),
    Tag(3, "a.lot", "plc", "ns=2;s=D", "string", access="rw", length=8),
    Tag(4, "a.count", "plc", "ns=2;s=E", "uint16", low=0, high=500, access="rw"),
    Tag(5, "a.twice", "", "= a.level * 2", "float64"),
)
RULE = Rule(
    0, "a.level.h", 0, "level_h", 90.0, 2.0, 0.0, 0.0, False, "process", "minor", 10, 3, "cause", "effect", "action",
    suppress_when="a.run == 0",
)  # fmt: skip


def plant(*rules: Rule) -> Plant:
    """The toy plant with these alarm rules."""
    connections = (Connection("plc", "opcua", "opc.tcp://x:1"),)
    names = {tag.name: tag.index for tag in TAGS}
    derived = ((5, expr.compile("a.level * 2", names)),)
    return Plant("toy", "Toy plant", "UTC", connections, TAGS, rules, {}, {}, derived=derived)


@dataclass
class ToyDriver:
    """A controller whose answers the test decides."""

    health: Health = field(default_factory=lambda: Health(state="live"))
    written: list = field(default_factory=list)
    answer: WriteResult = field(default_factory=lambda: WriteResult("confirmed", "read back"))

    async def run(self) -> None:
        raise AssertionError("not run in this test")

    async def write(self, tag, value):
        self.written.append((tag.name, value))
        return self.answer


class ToyStation:
    """Table, alarms and journal of the toy plant, on a clock that the test turns."""

    def __init__(self, *rules: Rule, **more) -> None:
        """`more` are other parts of the plant, such as `policies`."""
        self.clock = HandClock()
        self.plant = replace(plant(*rules), **more)
        self.stored, self.records = [], []
        self.journal_broken = False
        self.tick = Tick(self.plant, self.clock, self.stored.append, self.record)
        self.driver = ToyDriver()
        self.troubles = []
        self.poller = Poller(
            self.tick.table, self.tick.deliver, self.clock, lambda *trouble: self.troubles.append(trouble)
        )
        self.poller.add(self.plant.connections[0], self.driver, [0, 1, 2, 3, 4])

    def record(self, record):
        promise = Future()
        if self.journal_broken:
            promise.set_exception(StoreError("the disk is full"))
        else:
            self.records.append(record)
            promise.set_result(len(self.records))
        return promise

    def values(self, tag, *values, quality=0):
        """The controller sends values of one tag."""
        self.driver.health.last_life = self.clock.monotonic()
        now = self.clock.now_ns()
        self.poller.take("plc", Batch.of([tag] * len(values), values, now, now, quality, FLAG_NO_SOURCE_TIME))
