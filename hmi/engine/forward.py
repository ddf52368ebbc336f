"""Sends history and journal to the plant server while it is there; a thread of its own that nothing ever waits for."""

from __future__ import annotations

import logging
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Final, NamedTuple

from hmi.clock import Clock
from hmi.core.errors import HmiError, StoreError
from hmi.core.journal import Record
from hmi.core.outgoing import NOWHERE, Place, Shipment
from hmi.core.plant.model import Server
from hmi.drivers.keystore import Secrets
from hmi.drivers.passwords import password_of
from hmi.drivers.supervise import Refused
from hmi.engine.arrivals import Arrivals
from hmi.engine.forward_left import LeftOut
from hmi.engine.forward_told import Told, Watch, forecast, note_of, trouble_of, waits_of
from hmi.store import sent
from hmi.store.keeping import Room
from hmi.store.outbox import MOST_BYTES, Outbox
from hmi.store.unpacked import minutes_of, samples_of
from hmi.uplink.faults import Poison, ServerAway, Unwelcome
from hmi.uplink.server import PlantServer, Standing

_log = logging.getLogger("hmi.engine.forward")
LOOK_S: Final = 10.0  # between two looks for something new
RETRY_S: Final = (2.0, 60.0)  # after a failure: doubled from the first to the second
BUSY: Final = 0.5  # of the time that it works while there is much to do: live values come first
COUNT_S: Final = 30.0  # between two counts of what waits
NOTE_S: Final = 5.0  # between two notes of how far it went, while much is sent
KEY: Final = "outbox.key"


class Facts(NamedTuple):
    """What a station says of itself."""

    station: str
    plant: str  # id
    name: str  # of the plant
    program: str  # version


class Forward:
    """One station's way to its plant server. `told` may be read from any thread."""

    def __init__(
        self,
        folder: Path,
        server: Server,
        facts: Facts,
        clock: Clock,
        record: Callable[[Record], Any] = lambda _: None,
        room: Callable[[], Room] = Room,
        arrivals: Arrivals | None = None,
    ) -> None:
        """`record` journals what must be said aloud; `room` is what history takes; `arrivals` looks for what is new."""
        self.told = Told("away", "not asked yet", clock.now_ns()) if server.url else Told()
        self._server, self._clock, self._facts = server, clock, facts
        self._outbox = Outbox(folder)
        self._folder, self._room = folder, room
        self._watch, self._arrivals = Watch(record, clock), arrivals
        self._end = threading.Event()
        known = sent.read(folder) or sent.Sent()
        self._sent: dict[int, Place] = dict(known.days)
        self._record, self._gap = known.record, known.gap
        self._counted = self._noted = -COUNT_S
        self._cannot_keep = ""
        self._last_note: sent.Sent | None = None
        self._going = (0.0, 0)  # since when something is sent, and how many bytes it was
        self._skipped: dict[int, Place] = {}  # batches that are poison: gone past, and listed
        self._left = LeftOut(known.left)
        self.told = replace(self.told, refused=self._left.words)
        self._thread = threading.Thread(target=self._run, name="hmi-uplink", daemon=True)

    def start(self) -> None:
        """Begin, if there is a plant server; from now on what it has not got is kept as long as there is room."""
        if self._server.url:
            self._note()
            self._thread.start()
        else:
            sent.forget(self._folder)

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
        ca = self._folder / self._server.ca if self._server.ca else None
        server = PlantServer(self._server.url, secret_of(self._folder), ca)
        try:
            facts = self._facts
            self._take_up(server.introduce(key_of(self._folder), facts.station, facts.name, facts.program), server)
            self.told = replace(self.told, secured=server.secured)
            while not self._end.is_set():
                self._send_all(server)
                self._note()
                self._fetch(server)
                self._say("current", f"everything is at {server.where}")
                self._count()
                self._end.wait(LOOK_S)
                server.alive()
        finally:
            server.close()

    def waiting(self, count: int) -> None:
        """A person has decided on something that had arrived: so many wait now. Any thread."""
        self.told = replace(self.told, inbox=count)

    def _fetch(self, server: PlantServer) -> None:
        """What the server has for this station; that it cannot be kept here must not end the sending."""
        if self._arrivals is None:
            return
        try:
            self.told = replace(self.told, inbox=self._arrivals.look(server.down))
            self._cannot_keep = ""
        except StoreError as error:
            if str(error) != self._cannot_keep:
                _log.warning("what came from the plant server cannot be kept: %s", error)
            self._cannot_keep = str(error)

    def _take_up(self, standing: Standing, server: PlantServer) -> None:
        """Go on from where the server is; what was restored here from a backup is sent anew."""
        own = {one.number: one.hash for one in self._outbox.records(standing.record - 1, 1)}
        if standing.record and own.get(standing.record) != standing.hash:
            raise Poison(
                "the journal here is not the one whose beginning the plant server has (was a backup restored?): "
                "history is kept here, and nothing is sent until somebody decides. See the manual"
            )
        self._sent = dict(standing.sent)
        for day, place in standing.sent.items():
            if self._is_otherwise(day, place, standing.marks[day]):
                _log.warning(
                    "day %d of history is otherwise here than on the plant server, as after a restore: it is sent anew",
                    day,
                )
                server.forget_day(day)
                del self._sent[day]
        self._record, self._gap = standing.record, standing.gap
        self._left.anew(self._outbox, self._sent, lambda one: self._send(server, one, late=True))
        self._count_left()
        self._note()

    def _is_otherwise(self, day: int, place: Place, there: int) -> bool:
        """Whether a day's file here is not the one that was sent; a block that is just no more here proves nothing."""
        mark = self._outbox.mark(day, place)
        if mark is not None:
            return mark != there
        newest = self._outbox.newest(day)
        return newest is not None and newest < place

    def _send_all(self, server: PlantServer) -> None:
        for step in self._steps(server):
            begun = self._clock.monotonic()
            step()
            if self._end.is_set():
                return
            if self.told.state != "sending":
                self._going = (begun, 0)
                self._say("sending", f"sending to {server.where}")
            self._count()
            if self._clock.monotonic() - self._noted > NOTE_S:
                self._note()
            self._end.wait((self._clock.monotonic() - begun) * (1 / BUSY - 1))

    def _steps(self, server: PlantServer) -> Iterator[Callable[[], None]]:
        """The journal first: it is small, and what people did matters most."""
        while records := self._outbox.records(self._record):
            yield lambda records=records: self._put_records(server, records)  # type: ignore[misc]
        while gaps := self._outbox.gaps(self._gap):
            yield lambda gaps=gaps: self._put_gaps(server, gaps)  # type: ignore[misc]
        passed = {day: max(self._sent.get(day, NOWHERE), place) for day, place in self._skipped.items()}
        for shipment in self._outbox.shipments(self._sent | passed, MOST_BYTES, self._server.wants_rows_of):
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
            rows = self._send(server, shipment)
        except Poison as error:
            self._halve(server, shipment, error)
            return
        self._sent[shipment.day] = shipment.place
        self._left.taken(shipment)
        self._count_left()
        told = self.told
        since, size = self._going
        self._going = (since, size + shipment.size)
        rate = (size + shipment.size) / max(0.1, self._clock.monotonic() - since)
        blocks = told.sent_blocks + len(shipment.blocks)
        self.told = replace(told, sent_blocks=blocks, sent_rows=told.sent_rows + rows, rate=rate)

    def _send(self, server: PlantServer, shipment: Shipment, late: bool = False) -> int:
        wanted = self._server.wants_rows_of
        return server.put_blocks(shipment, minutes_of, samples_of(shipment, wanted, self._cannot_unpack), late)

    def _count_left(self) -> None:
        """What the server does not take, for people."""
        if self.told.refused != self._left.words:
            self.told = replace(self.told, refused=self._left.words)

    def _cannot_unpack(self, tag: str, why: str) -> None:
        """The block is sent as it is, and its samples as rows are not."""
        _log.warning("a block of %s is not sent as rows, for it cannot be read: %s", tag, why)

    def _halve(self, server: PlantServer, shipment: Shipment, error: Poison) -> None:
        """Find the block that the server does not take, list it, and go on with the others."""
        if len(shipment.blocks) > 1:
            middle = len(shipment.blocks) // 2
            for blocks in (shipment.blocks[:middle], shipment.blocks[middle:]):
                self._put_blocks(server, shipment._replace(blocks=blocks))
            return
        self._left.add(shipment, error)
        self._skipped[shipment.day] = shipment.place
        self._count_left()

    def _say(self, state: str, text: str) -> None:
        if state != self.told.state:
            _log.info("plant server %s: %s", state, text)
            self.told = replace(self.told, state=state, text=text, since_ns=self._clock.now_ns(), asked=True)
            self._judge(self.told)
        elif text != self.told.text:
            self.told = replace(self.told, text=text, asked=True)

    def _count(self) -> None:
        """How much waits; seldom, since it looks into every day's file."""
        now = self._clock.monotonic()
        if now - self._counted < COUNT_S and self.told.state != "current":
            return
        self._counted = now
        try:
            told = replace(self.told, backlog=self._outbox.backlog(self._sent, self._record))
            told = replace(told, dropped=self._outbox.dropped(), counted=True)
        except StoreError as error:
            _log.warning("what waits for the plant server cannot be counted: %s", error)
            return
        self._judge(told)

    def _judge(self, told: Told) -> None:
        """What must be said aloud of it, and what is to be expected."""
        room, now_ns = self._room(), self._clock.now_ns()
        trouble = trouble_of(told, room, self._server.late_h, now_ns)
        note = note_of(told, room, self._server.late_h, now_ns)
        waits = waits_of(told, room, trouble, now_ns)
        self.told = replace(told, forecast=forecast(told, room, now_ns), note=note, trouble=trouble, waits=waits)
        self._watch.look(note)

    def _note(self) -> None:
        """Where retention and the next run find how far it went."""
        self._noted = self._clock.monotonic()
        now = sent.Sent(dict(self._sent), self._record, self._gap, self._left.known)
        if now == self._last_note:
            return
        try:
            sent.write(self._folder, now)
            self._last_note = now
        except StoreError as error:
            _log.warning("%s", error)


def secret_of(folder: Path) -> str:
    """The password for the plant server, as for any other server; "" where libpq has its own ways. Raises Unwelcome."""
    try:
        return password_of("server", "hmi", folder)
    except Refused as error:
        if (folder / "secrets" / "server").exists() or Secrets(folder).is_stored("server"):
            raise Unwelcome(str(error)) from None
        return ""


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
