"""Fetches what the plant server has for this station, and judges it: nothing is used before a person agrees."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import msgspec

from hmi.clock import Clock
from hmi.core import minisign
from hmi.core.errors import HmiError
from hmi.core.incoming import WAITING, Item, Published
from hmi.core.journal import Record
from hmi.core.orders import read_orders
from hmi.core.plant import Plant
from hmi.installed import root
from hmi.plantfiles.bundle_pack import Pack, opened
from hmi.plantfiles.signing import SUFFIX, Keys, proven, trusted_keys
from hmi.store.inbox import Inbox

if TYPE_CHECKING:
    from hmi.uplink.down import Down  # its library is loaded where there is a plant server

_log = logging.getLogger("hmi.engine.arrivals")
_SUBJECT: Final = "plant server"
_AT_ONCE: Final = 5  # in one look: the sending goes on between two


class Arrivals:
    """Lives on the thread that talks to the plant server; the inbox is shared with the engine's loop."""

    def __init__(
        self, folder: Path, plant: Callable[[], Plant], clock: Clock, record: Callable[[Record], Any], station: str
    ) -> None:
        """`plant` gives the one that is shown now; `station` is how this one is called on the server."""
        self.inbox = Inbox(folder)
        self._folder, self._plant, self._clock = folder, plant, clock
        self._record, self._station = record, station

    def look(self, down: Down) -> int:
        """Fetch what is new, and tell what became of what came before; gives how many wait for a person."""
        self._settle()
        items = {item.id: item for item in self.inbox.items()}
        waiting = [number for number, item in items.items() if item.state == WAITING]
        for number in down.withdrawn(waiting):
            self._withdraw(items[number])
        known = set(items)
        while len(known) < len(items) + _AT_ONCE and (one := self._next(down, known)) is not None:
            known.add(one.id)
            self._take(one)
        for item in self.inbox.items():
            if item.reported != item.state:
                down.tell(item.id, item.state, item.said)
                self.inbox.change(item.id, item.state, msgspec.structs.replace(item, reported=item.state))
        return sum(item.state == WAITING for item in self.inbox.items())

    def _next(self, down: Down, known: set[int]) -> Published | None:
        return down.new(self._plant().id, self._station, known)

    def _settle(self) -> None:
        """Versions that were put into force without asking here, as from a stick, wait for nobody any more."""
        running = self._plant().version
        for item in self.inbox.items():
            if item.kind == "plant" and item.state == WAITING and item.version <= running:
                self._supersede(item, f"version {running} is in force")

    def _take(self, one: Published) -> None:
        item = Item(
            id=one.id,
            kind=one.kind,
            name=one.name,
            by=one.by,
            at_ns=one.at_ns,
            came_ns=self._clock.now_ns(),
            why=one.why,
            sha256=one.sha256.hex(),
        )
        if hashlib.sha256(one.file).digest() != one.sha256:
            _log.warning("%s from the plant server came damaged: it is fetched again", one.name)
            return
        judged = self._judged(item, self.inbox.bring(item, one.file, one.signature))
        self.inbox.keep(judged)
        self.inbox.forget_old()
        self._tell("arrived" if judged.state == WAITING else judged.state, judged)

    def _judged(self, item: Item, path: Path) -> Item:
        """Good enough to be shown to a person, or refused with the reason."""
        try:
            if item.kind == "plant":
                found = plant_pack(path, self._folder)
                return self._newer(msgspec.structs.replace(item, version=found.bundle.plant.version), found)
            return self._orders(item, path)
        except HmiError as error:
            return msgspec.structs.replace(item, state="refused", said=str(error))

    def _newer(self, item: Item, found: Pack) -> Item:
        plant, offered = self._plant(), found.bundle.plant
        item = msgspec.structs.replace(item, signed_by=found.key)
        if offered.id != plant.id:
            return _refused(item, f"it is of the plant {offered.id!r}, and here runs {plant.id!r}")
        if offered.version == plant.version:
            return _refused(item, f"version {plant.version} is in force here already")
        if offered.version < plant.version:
            return _refused(
                item, f"it is older than version {plant.version}, which is in force: who wants it back installs it here"
            )
        rivals = [one for one in self.inbox.items() if one.kind == "plant" and one.state == WAITING]
        for one in rivals:
            if one.id != item.id and one.version <= offered.version:
                self._supersede(one, f"by {item.id}, version {offered.version}")
        return msgspec.structs.replace(item, said=f"version {plant.version} is in force")

    def _orders(self, item: Item, path: Path) -> Item:
        signed_by = signer_of(path, self._folder)
        try:
            plant, orders = read_orders(path.read_text("utf-8"))
        except ValueError as error:
            return _refused(item, str(error))
        own = self._plant()
        missing = sorted({one.instruction for one in orders if one.instruction} - own.instructions.keys())
        unknown = sorted({one.equipment for one in orders if one.equipment} - own.equipment.keys())
        if plant != own.id:
            return _refused(item, f"it is for the plant {plant!r}, and here runs {own.id!r}")
        for kind, names in (("instruction", missing), ("equipment", unknown)):
            if names:
                return _refused(item, f"there is no {kind} {names[0]} in this station's plant files: send these first")
        first = ", ".join(one.id for one in orders[:5]) + ("…" if len(orders) > 5 else "")
        return msgspec.structs.replace(item, signed_by=signed_by, said=f"{len(orders)} orders: {first}")

    def _withdraw(self, item: Item) -> None:
        gone = msgspec.structs.replace(item, state="withdrawn", said="it was taken back before anybody agreed to it")
        if self.inbox.change(item.id, WAITING, gone):
            self._tell("withdrawn", gone)

    def _supersede(self, item: Item, by: str) -> None:
        gone = msgspec.structs.replace(item, state="superseded", said=by)
        if self.inbox.change(item.id, WAITING, gone):
            self._tell("superseded", gone)

    def _tell(self, event: str, item: Item) -> None:
        self._record(
            Record(
                time_ns=self._clock.now_ns(),
                category="system",
                event=event,
                subject=_SUBJECT,
                value=item.sha256,
                way="plant server",
                result=item.words.strip(),
            )
        )


def plant_pack(path: Path, folder: Path) -> Pack:
    """A plant pack, judged by the keys that this station trusts, if it trusts any. Raises SignatureError."""
    return opened(path, trusted_keys((root(), folder), "plant") or None)


def signer_of(path: Path, folder: Path) -> str:
    """The key that signed a file; "" where the station trusts none. Raises SignatureError."""
    keys: Keys = trusted_keys((root(), folder), "plant")
    if not keys:
        return ""
    beside = path.with_name(path.name + SUFFIX)
    text = beside.read_text("utf-8", "replace") if beside.exists() else ""
    return proven(minisign.digest(path.read_bytes()), text, keys, path.name).key_name


def _refused(item: Item, why: str) -> Item:
    return msgspec.structs.replace(item, state="refused", said=why)
