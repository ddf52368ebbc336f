"""What clients ask about what came from the plant server: list it, agree to it, do not use it. A verb each."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from concurrent.futures import Executor
from pathlib import Path
from typing import Any, Final

import msgspec

from hmi.clock import Clock
from hmi.core.errors import HmiError
from hmi.core.incoming import WAITING, Item
from hmi.core.policy import LONGEST_REASON, ROLES
from hmi.engine.arrivals import plant_pack, signer_of
from hmi.engine.orders import Orders
from hmi.engine.people import People
from hmi.engine.people_verbs import Verb
from hmi.link.messages import Reply
from hmi.link.street import Session
from hmi.plantfiles.bundle import FILE, differences, read
from hmi.plantfiles.bundle_install import install
from hmi.store.inbox import Inbox

_ROLE: Final = {"plant": "engineer", "orders": "operate"}  # who may decide on it
_BY_HAND: Final = "plant files are put into force here by hmi server accept on this computer, or hmi plant install"


class InboxVerbs:
    """The verbs about the inbox; lives on the engine's loop, files are read and written in the pool."""

    def __init__(
        self,
        folder: Path,
        inbox: Inbox,
        files: Path | None,
        people: People,
        clock: Clock,
        pool: Executor,
        told: Callable[[int], None],
    ) -> None:
        """`files`: the plant's folder; `told` is given how many things wait for a person after a decision."""
        self._inbox, self._folder, self._files = inbox, folder, files
        self._people, self._clock, self._pool, self._told = people, clock, pool, told
        self._accepted = Orders(folder, inbox)
        self.verbs: Mapping[str, Verb] = {
            "inbox": self._list,
            "inbox_decide": self._decide,
            "orders": self._orders,
        }

    async def _list(self, session: Session, args: dict[str, Any]) -> Reply:
        items = await self._in_pool(self._inbox.items)
        rows = [msgspec.to_builtins(item) | {"words": item.words.strip()} for item in items]
        return Reply(0, True, "", rows)

    async def _decide(self, session: Session, args: dict[str, Any]) -> Reply:
        number, accepted, why = int(args["id"]), bool(args["accept"]), str(args.get("why", ""))[:LONGEST_REASON]
        item = next((one for one in await self._in_pool(self._inbox.items) if one.id == number), None)
        if item is None:
            return Reply(0, False, f"Nothing of the number {number} came to this station: hmi server inbox lists all")
        if item.state != WAITING:
            return Reply(0, False, f"{number} is {item.state}: there is nothing to decide. {item.said}")
        needed = _ROLE[item.kind]
        if ROLES.index(self._people.role(session)) < ROLES.index(needed):
            return Reply(0, False, f"That needs the role {needed}: sign in as somebody who has it")
        if not accepted and not why:
            return Reply(0, False, "Say why it is not used: whoever published it wants to know")
        if args.get("only_ask"):
            return Reply(0, True, "", {"path": str(self._inbox.path(item)), "kind": item.kind})
        said = await self._in_pool(self._put_into_force, item, bool(args.get("by_hand"))) if accepted else why
        after = msgspec.structs.replace(
            item,
            state="accepted" if accepted else "rejected",
            said=said,
            decided_by=self._people.name(session),
            decided_ns=self._clock.now_ns(),
        )
        if not await self._in_pool(self._inbox.change, item.id, WAITING, after):
            return Reply(0, False, f"{number} was decided on, or taken back, at the same moment: look again")
        await self._write_down(session, after, why)
        self._told(sum(one.state == WAITING for one in await self._in_pool(self._inbox.items)))
        return Reply(0, True, after.words.strip(), {"path": str(self._inbox.path(item))})

    async def _write_down(self, session: Session, item: Item, why: str) -> None:
        made = self._people.record_of("system", item.state, "plant server", session, item.words.strip())
        await self._people.write_down(msgspec.structs.replace(made, why=why, value=item.sha256))

    def _put_into_force(self, item: Item, by_hand: bool) -> str:
        """What followed, in words; raises HmiError, and then nothing was changed. Its signature is judged again."""
        path = self._inbox.path(item)
        if item.kind == "orders":
            signer_of(path, self._folder)
            return item.said
        found = plant_pack(path, self._folder)
        if by_hand:
            return "it is put into force by hand on the station's computer"
        if self._files is None or not self._files.is_symlink():
            raise HmiError(f"The engine does not change the folder that it runs ({self._files}): {_BY_HAND}")
        if (self._files / FILE).exists() and (wrong := differences(self._files, read(self._files)[0])):
            raise HmiError(
                f"The plant's files were changed here by hand ({wrong[0]}): take that into the published version, or "
                "put them back, and then accept this one"
            )
        made = install(found, self._files)
        return f"{made.name} is in force; what the engine itself runs of it takes effect when it is restarted"

    async def _orders(self, session: Session, args: dict[str, Any]) -> Reply:
        return Reply(0, True, "", await self._in_pool(self._accepted.rows, bool(args.get("to_do"))))

    async def _in_pool(self, what: Callable[..., Any], *args: Any) -> Any:
        return await asyncio.wrap_future(self._pool.submit(what, *args))
