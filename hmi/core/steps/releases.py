"""Releasing an instruction at the station: reviewed by one person, released by another, withdrawn by anybody who may.

Each of these is a signature under one text: whatever is changed in it afterwards makes it a draft again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final, Literal

import msgspec

from hmi.core.journal import Record
from hmi.core.policy import ROLES
from hmi.core.steps.answers import Refused
from hmi.core.steps.events import Person, Signature
from hmi.core.steps.model import Instruction, Release

RELEASE: Final = "release"  # category of the records
ACTS: Final[Mapping[str, str]] = {"review": "reviewed", "release": "released", "withdraw": "withdrawn"}
MEANINGS: Final[Mapping[str, str]] = {"review": "reviewed", "release": "approved", "withdraw": "withdrawn"}
ROLE_FOR: Final[Mapping[str, str]] = {"review": "maintain", "release": "engineer", "withdraw": "maintain"}
LONGEST: Final = 300  # characters of a reason
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

State = Literal["reviewed", "released", "withdrawn"]


class Deed(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One signature under the text of an instruction."""

    state: State
    instruction: str
    title: str
    revision: str
    digest: str  # of the text that was signed
    time_ns: int
    user: str  # name of the account
    signature: Signature
    why: str = ""


def done(
    act: str, instruction: Instruction, deeds: Sequence[Deed], who: Person, signature: Signature, why: str
) -> Deed:
    """The signature, if it may be given; raises Refused. `deeds` are those of this instruction, the oldest first."""
    if act not in ACTS:
        raise Refused("act", "An instruction is reviewed, released or withdrawn, and nothing else")
    stand = standing(instruction, deeds)
    if ROLES.index(who.role) < ROLES.index(ROLE_FOR[act]):
        raise Refused("role", f"To {act} an instruction takes the role {ROLE_FOR[act]}, and {who.name} may {who.role}")
    if act == "withdraw":
        _may_withdraw(stand, why)
    elif act == "review":
        _may_review(stand, instruction, who, signature)
    else:
        _may_release(stand, _current(instruction, deeds), who, signature)
    return Deed(
        state=ACTS[act],  # type: ignore[arg-type]
        instruction=instruction.id,
        title=instruction.title,
        revision=instruction.revision,
        digest=instruction.digest,
        time_ns=signature.time_ns,
        user=who.name,
        signature=signature,
        why=why.strip(),
    )


def standing(instruction: Instruction, deeds: Iterable[Deed]) -> Release:
    """How far the text has come: what was signed here counts before the file, but for a withdrawal, which is final.

    `instruction.release` is what the plant's file says.
    """
    filed, current = instruction.release, _current(instruction, deeds)
    if not current or filed.state == "withdrawn":
        return filed
    last = current[-1]
    reviewed = next((one for one in reversed(current) if one.state == "reviewed"), None)
    return Release(
        last.state,
        written_by=filed.written_by,
        reviewed_by=reviewed.signature.name if reviewed is not None else filed.reviewed_by,
        released_by=last.signature.name if last.state == "released" else "",
        on=(_EPOCH + timedelta(microseconds=last.time_ns // 1000)).date().isoformat(),
        why=last.why,
    )


def to_be_signed(instruction: Instruction, deeds: Sequence[Deed]) -> str:
    """The hash that a signature is bound to: of the text, and of the signature before it."""
    before = deeds[-1].signature.digest if deeds else ""
    whole = hashlib.blake2b(digest_size=32)
    for part in (instruction.id, instruction.revision, instruction.digest, before):
        whole.update(len(part.encode()).to_bytes(8, "little"))
        whole.update(part.encode())
    return whole.hexdigest()


def record_of(deed: Deed, station: str, way: str) -> Record:
    """A signature as a record of the journal."""
    because = f": {deed.why}" if deed.why else ""
    return Record(
        time_ns=deed.time_ns,
        category=RELEASE,
        event=deed.state,
        subject=deed.instruction,
        value=msgspec.json.encode(deed).decode(),
        user=deed.user,
        station=station,
        way=way,
        why=deed.why,
        result=f"{deed.title}, revision {deed.revision}, {deed.state} by {deed.signature.name}{because}",
    )


def deed_of(record: Record) -> Deed:
    """The signature that a record keeps; raises ValueError for one that keeps none."""
    return msgspec.json.decode(str(record.value), type=Deed)


def _current(instruction: Instruction, deeds: Iterable[Deed]) -> list[Deed]:
    """What was signed of the text as it is now."""
    return [one for one in deeds if one.digest == instruction.digest]


def _may_withdraw(stand: Release, why: str) -> None:
    if stand.state == "withdrawn":
        raise Refused("state", "The instruction is withdrawn already")
    if not why.strip():
        raise Refused("why", "Withdrawing an instruction needs a reason: the jobs that it stops say it", ("why",))
    if len(why) > LONGEST:
        raise Refused("why", f"At most {LONGEST} characters can be kept: shorten the text", ("why",))


def _may_review(stand: Release, instruction: Instruction, who: Person, signature: Signature) -> None:
    if instruction.release.state == "withdrawn":
        raise Refused("state", "The plant's files withdraw the instruction: change releases.toml first")
    if stand.state in ("reviewed", "released"):
        raise Refused("state", f"The text is {stand.state} already")
    if stand.written_by and _is(stand.written_by, who, signature):
        raise Refused("second", f"{signature.name} has written it: somebody else has to review it")


def _may_release(stand: Release, current: Sequence[Deed], who: Person, signature: Signature) -> None:
    if stand.state != "reviewed":
        raise Refused("state", f"The text is {stand.state}: only a reviewed one can be released")
    reviewers = {one.user for one in current if one.state == "reviewed"}
    if who.name in reviewers or _is(stand.reviewed_by, who, signature):
        raise Refused("second", f"{signature.name} has reviewed it: somebody else has to release it")
    if stand.written_by and _is(stand.written_by, who, signature):
        raise Refused("second", f"{signature.name} has written it: somebody else has to release it")


def _is(name: str, who: Person, signature: Signature) -> bool:
    """Whether a name in a file is this person's: files may say more beside it, such as a trade after a comma."""
    plain = name.partition(",")[0].strip().casefold()
    return plain in (who.name.casefold(), signature.name.casefold())
