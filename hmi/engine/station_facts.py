"""What the station knows of itself: whether the condition of each of its own alarms holds, and that in words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final, Protocol

from hmi.clock import Clock
from hmi.core.alarms import station
from hmi.core.links import LOST
from hmi.core.plant import Connection
from hmi.drivers.driver import Driver, Health
from hmi.engine.alarms import AlarmRoom
from hmi.engine.checkpoints import Checkpoints
from hmi.engine.forward_told import SHOWN
from hmi.engine.station_alarms import Reading, StationAlarms
from hmi.store.keeping import Room

_DAY_NS: Final = 86_400 * 10**9
_IN_MEMORY: Final = "kept in memory"  # what the store says where the disk takes nothing
_NOT_KNOWN: Final = Reading(None)
_NO: Final = Reading(False)


class Keeps(Protocol):
    """What is asked of the store of values and records."""

    lost: int

    @property
    def fault(self) -> str:
        """What is wrong with the disk, in words."""

    @property
    def room(self) -> Room:
        """How long history has room."""


class Facts:
    """Lives on the engine's loop, asks nothing that has to wait."""

    def __init__(
        self,
        store: Keeps,
        server: Callable[[], Mapping[str, Any]],
        connections: Callable[[], Iterable[tuple[str, Health]]],
        journal: Callable[[], str | None],
        clock: Clock,
    ) -> None:
        """`server`: how the plant server stands; `journal`: what is wrong with its chain, None not known yet."""
        self._store = store
        self._server = server
        self._connections = connections
        self._journal = journal
        self._clock = clock
        self._lost = store.lost

    def readings(self) -> dict[str, Reading]:
        """Every condition as it is now, by the id of its alarm."""
        finding = self._journal()
        return {
            **self._of_store(),
            station.JOURNAL: _NOT_KNOWN if finding is None else Reading(bool(finding), finding),
            **of_server(self._server()),
            **of_certificates(self._connections(), self._clock.now_ns()),
        }

    def _of_store(self) -> dict[str, Reading]:
        """Losses last as long as they go on: what was lost once is in the journal and in the gaps of history."""
        store, before = self._store, self._lost
        self._lost = store.lost
        parts = store.fault.split("; ") if store.fault else []
        stuck = "; ".join(part for part in parts if _IN_MEMORY in part)
        strained = "; ".join(part for part in (*parts, store.room.warning) if part and _IN_MEMORY not in part)
        return {
            station.STORE: Reading(bool(stuck), stuck),
            station.ROOM: Reading(bool(strained), strained),
            station.LOST: Reading(store.lost > before, LOST.format(count=store.lost)),
        }


def watched(
    room: AlarmRoom,
    clock: Clock,
    store: Keeps,
    server: Callable[[], Mapping[str, Any]],
    lines: Callable[[], Sequence[tuple[Connection, Driver, Any]]],
    checkpoints: Checkpoints,
) -> StationAlarms:
    """The station's own alarms of one engine, by what its parts say of themselves."""
    facts = Facts(
        store,
        server,
        lambda: ((one.id, driver.health) for one, driver, _ in lines()),
        lambda: checkpoints.finding,
        clock,
    )
    return StationAlarms(room, clock, facts.readings)


def of_server(told: Mapping[str, Any]) -> dict[str, Reading]:
    """What there is to say of the plant server; until it was asked, what was known before holds."""
    state, trouble, rows = str(told["state"]), told.get("trouble", ""), tuple(told.get("refused", ()))
    known = state in ("off", "sending", "current")
    counted = known or bool(told.get("counted"))
    asked = known or bool(told.get("asked"))
    waits = {id_: trouble == word for id_, word in ((station.SERVER_LOSS, "loss"), (station.SERVER_BACKLOG, "late"))}
    through = state in ("off", "current")  # all was sent: what is not taken has shown itself
    most = "at least " if len(rows) >= SHOWN else ""
    more = f" ({most}{len(rows)} in all)" if len(rows) > 1 else ""
    return {
        station.SERVER_REFUSED: Reading(state == "refused", str(told.get("text", ""))) if asked else _NOT_KNOWN,
        **{id_: Reading(holds, str(told.get("waits", ""))) if counted else _NOT_KNOWN for id_, holds in waits.items()},
        station.SERVER_ROWS: Reading(True, f"{rows[-1]}{more}") if rows else _NO if through else _NOT_KNOWN,
    }


def of_certificates(connections: Iterable[tuple[str, Health]], now_ns: int) -> dict[str, Reading]:
    """Of all certificates in use the one that ends first decides, and of the three alarms one at most stands."""
    rows = [(name, health.certificates) for name, health in connections if health.certificates is not None]
    ends = sorted(_ends(rows))
    if not ends:
        return dict.fromkeys(station.CERTIFICATES.values(), _NOT_KNOWN if rows else _NO)
    end_ns, name, whose = ends[0]
    days = (end_ns - now_ns) // _DAY_NS
    stage = min((one for one in station.CERTIFICATES if days <= one), default=0)
    words = f"{station.ends_in(whose, days)} (connection {name})"
    sooner = any(not known for _, known in rows)  # one that is not connected yet may end before it
    return {
        id_: _NOT_KNOWN if sooner and (not stage or one < stage) else Reading(one == stage, words)
        for one, id_ in station.CERTIFICATES.items()
    }


def _ends(rows: Iterable[tuple[str, Mapping[str, int]]]) -> Iterator[tuple[int, str, str]]:
    for name, known in rows:
        for whose, end_ns in known.items():
            yield end_ns, name, whose
