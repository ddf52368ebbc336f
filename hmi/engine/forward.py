"""Sends history and journal to the plant server while it is there; a thread of its own that nothing ever waits for."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

import numpy as np

from hmi.clock import Clock
from hmi.core.errors import HmiError, StoreError
from hmi.core.outgoing import NOWHERE, Backlog, Place, Shipment
from hmi.drivers.passwords import password_of
from hmi.drivers.supervise import Refused
from hmi.store import minutes
from hmi.store.outbox import Outbox
from hmi.uplink.server import PlantServer, Poison, ServerAway, Standing

_log = logging.getLogger("hmi.engine.forward")
LOOK_S: Final = 10.0  # between two looks for something new
RETRY_S: Final = (2.0, 60.0)  # after a failure: doubled from the first to the second
BUSY: Final = 0.5  # of the time that it works while there is much to do: live values come first
COUNT_S: Final = 30.0  # between two counts of what waits
KEY: Final = "outbox.key"


@dataclass(frozen=True, slots=True)
class Told:
    """How the plant server stands, for people and for whoever drops old history."""

    state: str = "off"  # off | away | sending | current | refused
    text: str = ""
    since_ns: int = 0
    backlog: Backlog = field(default_factory=lambda: Backlog(0, 0, 0, 0))
    sent_blocks: int = 0  # since the engine started
    sent_records: int = 0
    refused: tuple[str, ...] = ()  # batches that the server does not take, in words
    secured: bool = True


class Forward:
    """One station's way to its plant server. `told` may be read from any thread."""

    def __init__(
        self, folder: Path, url: str, station: str, plant: str, program: str, clock: Clock, password: str = ""
    ) -> None:
        self.told = Told("away", "not asked yet", clock.now_ns()) if url else Told()
        self._url, self._password, self._clock = url, password, clock
        self._facts = (station, plant, program)
        self._outbox = Outbox(folder)
        self._folder = folder
        self._end = threading.Event()
        self._sent: dict[int, Place] = {}
        self._record = self._gap = 0
        self._counted = -COUNT_S
        self._skipped: dict[int, Place] = {}  # batches that are poison: gone past, and listed
        self._thread = threading.Thread(target=self._run, name="hmi-uplink", daemon=True)

    def start(self) -> None:
        """Begin, if there is a plant server."""
        if self._url:
            self._thread.start()

    def stop(self) -> None:
        """End within a moment; what was under way is sent again next time."""
        self._end.set()
        if self._thread.is_alive():
            self._thread.join(1.0)  # it is a daemon: what it still waits for ends with the process

    def _run(self) -> None:
        wait_s = RETRY_S[0]
        while not self._end.is_set():
            try:
                self._session()
                wait_s = RETRY_S[0]
            except (ServerAway, StoreError) as error:
                self._say("away", str(error))
            except HmiError as error:
                self._say("refused", str(error))
            except Exception:  # noqa: BLE001 - top of a thread: our own bug must not end the sending for good
                _log.exception("our fault in the sending to the plant server: it starts again")
                self._say("away", "a fault in the program: see the engine's log")
            self._count()
            self._end.wait(wait_s)
            wait_s = min(RETRY_S[1], wait_s * 2)

    def _session(self) -> None:
        """As long as the server is there."""
        server = PlantServer(self._url, self._password)
        try:
            self._take_up(server.introduce(key_of(self._folder), *self._facts), server)
            self.told = replace(self.told, secured=server.secured)
            while not self._end.is_set():
                self._send_all(server)
                self._say("current", f"everything is at {server.where}")
                self._count()
                self._end.wait(LOOK_S)
                server.alive()
        finally:
            server.close()

    def _take_up(self, standing: Standing, server: PlantServer) -> None:
        """Go on from where the server is; what was restored here from a backup is sent anew."""
        own = {one.number: one.hash for one in self._outbox.records(standing.record - 1, 1)}
        if standing.record and own.get(standing.record) != standing.hash:
            raise Poison(
                "the journal here is not the one whose beginning the plant server has (was a backup restored?): "
                "history is kept here, and nothing is sent until somebody decides. See the manual"
            )
        newest = self._outbox.newest()
        self._sent = dict(standing.sent)
        for day, place in standing.sent.items():
            mark = self._outbox.mark(day, place)
            if day in newest and (newest[day] < place or mark not in (None, standing.marks[day])):
                _log.warning(
                    "day %d of history is otherwise here than on the plant server, as after a restore: it is sent anew",
                    day,
                )
                server.forget_day(day)
                del self._sent[day]
        self._record, self._gap = standing.record, standing.gap

    def _send_all(self, server: PlantServer) -> None:
        for step in self._steps(server):
            begun = self._clock.monotonic()
            step()
            if self._end.is_set():
                return
            if self.told.state != "sending":
                self._say("sending", f"sending to {server.where}")
            self._count()
            self._end.wait((self._clock.monotonic() - begun) * (1 / BUSY - 1))

    def _steps(self, server: PlantServer) -> Iterator[Callable[[], None]]:
        """The journal first: it is small, and what people did matters most."""
        while records := self._outbox.records(self._record):
            yield lambda records=records: self._put_records(server, records)  # type: ignore[misc]
        while gaps := self._outbox.gaps(self._gap):
            yield lambda gaps=gaps: self._put_gaps(server, gaps)  # type: ignore[misc]
        passed = {day: max(self._sent.get(day, NOWHERE), place) for day, place in self._skipped.items()}
        for shipment in self._outbox.shipments(self._sent | passed):
            yield lambda shipment=shipment: self._put_blocks(server, shipment)  # type: ignore[misc]

    def _put_records(self, server: PlantServer, records: list[Any]) -> None:
        server.put_records(records)
        self._record = records[-1].number
        self.told = replace(self.told, sent_records=self.told.sent_records + len(records))

    def _put_gaps(self, server: PlantServer, gaps: list[Any]) -> None:
        server.put_gaps(gaps)
        self._gap = gaps[-1].number

    def _put_blocks(self, server: PlantServer, shipment: Shipment) -> None:
        try:
            server.put_blocks(shipment, minutes_of)
        except Poison as error:
            self._halve(server, shipment, error)
            return
        self._sent[shipment.day] = shipment.place
        self.told = replace(self.told, sent_blocks=self.told.sent_blocks + len(shipment.blocks))

    def _halve(self, server: PlantServer, shipment: Shipment, error: Poison) -> None:
        """Find the block that the server does not take, list it, and go on with the others."""
        if len(shipment.blocks) > 1:
            middle = len(shipment.blocks) // 2
            for blocks in (shipment.blocks[:middle], shipment.blocks[middle:]):
                self._put_blocks(server, shipment._replace(blocks=blocks))
            return
        name = shipment.tags[shipment.blocks[0].tag].name
        _log.warning("the plant server does not take a block of %s: %s", name, error)
        self._skipped[shipment.day] = shipment.place
        self.told = replace(self.told, refused=(*self.told.refused, f"{name}: {error}")[-20:])

    def _say(self, state: str, text: str) -> None:
        if state != self.told.state:
            _log.info("plant server %s: %s", state, text)
            self.told = replace(self.told, state=state, text=text, since_ns=self._clock.now_ns())
        elif text != self.told.text:
            self.told = replace(self.told, text=text)

    def _count(self) -> None:
        """How much waits; seldom, since it looks into every day's file."""
        now = self._clock.monotonic()
        if now - self._counted < COUNT_S and self.told.state != "current":
            return
        self._counted = now
        try:
            self.told = replace(self.told, backlog=self._outbox.backlog(self._sent, self._record))
        except StoreError as error:
            _log.warning("what waits for the plant server cannot be counted: %s", error)


def words_of(told: Told) -> str:
    """How it stands, for people in one line; "" where there is no plant server."""
    if told.state == "off":
        return ""
    waits = told.backlog
    text = f"{told.state}: {told.text}"
    if waits.blocks or waits.records:
        text += f"; {waits.size / 1e6:.1f} MB and {waits.records} records wait"
    if not told.secured:
        text += "; not encrypted"
    return text + (f"; {len(told.refused)} blocks are not taken" if told.refused else "")


def secret_of(folder: Path) -> str:
    """The password for the plant server, as for any other server; "" where libpq has its own ways."""
    try:
        return password_of("server", "hmi", folder)
    except Refused as error:
        if (folder / "secrets" / "server").exists():
            _log.warning("plant server: %s", error)
        return ""


def minutes_of(blobs: Any, hours_ns: Any) -> tuple[Any, ...]:
    """The minutes of some blocks as columns: place of the block, start, count, low, high, first, last."""
    thin = minutes.unpack(blobs, hours_ns)
    place = np.repeat(np.arange(len(blobs)), minutes.counts(blobs))
    return place, thin.t, thin.count, thin.vmin, thin.vmax, thin.first, thin.last


def key_of(folder: Path) -> str:
    """What the server knows this data folder by, made once."""
    path = folder / KEY
    try:
        return path.read_text("ascii").strip()
    except FileNotFoundError:
        path.write_text(secrets.token_hex(16) + "\n", "ascii")
        return path.read_text("ascii").strip()
    except (OSError, UnicodeDecodeError) as error:
        raise StoreError(f"{path} cannot be read ({error}): nothing can be sent to the plant server") from None
