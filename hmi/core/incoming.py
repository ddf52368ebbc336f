"""What comes from the plant server to a station: plant files and orders, judged here and decided on by a person."""

from __future__ import annotations

from typing import Final, NamedTuple

import msgspec

WAITING: Final = "waiting"  # it was found good, and a person has to agree
OPEN: Final = (WAITING,)
ENDS: Final = ("refused", "superseded", "withdrawn", "accepted", "rejected")


class Published(NamedTuple):
    """One thing as the plant server has it."""

    id: int
    kind: str  # plant | orders
    plant: str  # id of the plant that it is for
    name: str  # of its file
    version: str
    by: str  # who published it, as the server knows him
    at_ns: int
    why: str
    sha256: bytes
    file: bytes
    signature: str  # text of its .minisig; "" none, or within the file


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One thing in a station's inbox, and what became of it."""

    id: int
    kind: str
    name: str
    version: int = 0  # of plant files
    by: str = ""
    at_ns: int = 0  # when it was published
    came_ns: int = 0
    why: str = ""  # of whoever published it
    sha256: str = ""
    signed_by: str = ""  # number of the key; "" the station trusts no key, so nobody vouches for it
    state: str = WAITING
    said: str = ""  # for a person: what it is, why it was refused, or what followed
    decided_by: str = ""
    decided_ns: int = 0
    reported: str = ""  # the state that the plant server was told

    @property
    def words(self) -> str:
        """One line of a listing."""
        what = f"plant files, version {self.version}" if self.kind == "plant" else "orders"
        vouched = f", signed by {self.signed_by}" if self.signed_by else ", signed by nobody whom this station trusts"
        for_what = f" ({self.why})" if self.why else ""
        decided = f" by {self.decided_by}" if self.decided_by else ""
        return f"{self.id:4} {self.state}{decided}: {what}, {self.name}{for_what}{vouched}. {self.said}".rstrip(" .")
