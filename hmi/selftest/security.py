"""How a station is protected, looked at on site: what listens, who may read what, who may sign in, what is refused.

The data folder is only read. What gate and door refuse is tried on an engine of the check's own, with a plant whose
controller does not exist; the engine that runs on the folder is asked for nothing but the plant that it runs.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import timedelta
from pathlib import Path
from typing import Final

from argon2 import extract_parameters
from argon2.exceptions import InvalidHashError
from argon2.low_level import Type
from cryptography.hazmat.primitives.asymmetric import rsa

from hmi import installed
from hmi.core.errors import LinkError
from hmi.core.plant import Plant, load
from hmi.core.plant.security import protection
from hmi.core.policy import ROLES
from hmi.drivers.certificates import SMALLEST_KEY, at
from hmi.drivers.pki import Pki
from hmi.link import address as addresses
from hmi.link.messages import Refused, Welcome
from hmi.link.socket import Connection, connect
from hmi.plantfiles.standing import ENGINEERING, SIGNED
from hmi.selftest import refusals
from hmi.selftest.checks import Check, Failed, Ground, NotChecked
from hmi.selftest.sockets import listening
from hmi.store.chain import verdict
from hmi.store.checkpoints import public_of
from hmi.store.people import read_book

_SOON: Final = timedelta(days=30)
_MEMORY_KIB, _TIME_COST = 19 * 1024, 2  # the least that OWASP asks of argon2id
_WAIT_S: Final = 10.0
_PRIVATE: Final = ("people.json", "link.json", "pki/journal.key", "secrets", "pki/own")  # and all below
_FIRST: Final = 3  # findings that are named in one line


def engine_of(ground: Ground) -> addresses.Address:
    """The engine that runs on the data folder; NotChecked when none does."""
    try:
        found = addresses.read(ground.named_data())
        os.kill(found.pid, 0)
    except (LinkError, ProcessLookupError):
        raise NotChecked(f"no engine runs on {ground.data}: start it and look again") from None
    except PermissionError:
        pass  # it is there, and another user's
    return found


def plant_of(ground: Ground) -> Plant:
    """The plant that the engine of the data folder runs."""
    engine_of(ground)
    link = connect(ground.named_data(), program="selftest", stream=False, clock=ground.clock)
    with closing(link):
        return _welcomed(link)


def _welcomed(link: Connection) -> Plant:
    for message in link.wait(_WAIT_S):
        if isinstance(message, Welcome):
            return load(message.plant, message.library)
        if isinstance(message, Refused):
            raise NotChecked(f"the engine does not let this program in: {message.why}")
    raise Failed("The engine accepts the connection but says nothing: is it stopped or overloaded? See hmi status")


def _listed(found: list[str]) -> str:
    more = f" and {len(found) - _FIRST} more" if len(found) > _FIRST else ""
    return "; ".join(found[:_FIRST]) + more


# ------------------------------------------------------------------------------------------------ the outside


def _sockets(ground: Ground) -> str:
    sockets = listening(engine_of(ground).pid)
    open_ = [str(one) for one in sockets if not one.is_inside]
    if open_:
        raise Failed(
            f"The engine can be reached from other machines: {_listed(open_)}. Whoever is on that network may talk to "
            "it: start it without --listen, or on 127.0.0.1"
        )
    return f"{len(sockets)} network sockets, none beyond this machine" if sockets else "no network socket at all"


def _stranger(ground: Ground) -> str:
    return refusals.strangers_at_the_door(ground)


# --------------------------------------------------------------------------------------------------- files


def _folder(ground: Ground) -> str:
    _needs_posix()
    folder, count, wrong = ground.named_data(), 0, []
    for path in (folder, *folder.rglob("*")):
        with suppress(FileNotFoundError):
            mode = path.lstat().st_mode
            count += 1
            if not stat.S_ISLNK(mode) and mode & stat.S_IWOTH:
                wrong.append(f"everybody may write {path.name}")
    if wrong:
        raise Failed(f"{_listed(wrong)}: anybody at this computer can change what was recorded. chmod -R o-w {folder}")
    return f"{count} files, none that everybody may write"


def _secrets(ground: Ground) -> str:
    _needs_posix()
    folder, found = ground.named_data(), list(_private(ground.named_data()))
    shared = addresses.rights(folder) & 0o040  # the group that the installer gave the folder to may attach
    wrong = []
    for path in found:
        allowed = 0o700 | (shared if path.name == addresses.FILE else 0)
        if path.stat().st_mode & 0o777 & ~allowed:
            wrong.append(str(path.relative_to(folder)))
    if wrong:
        raise Failed(f"Others may read {_listed(wrong)}: take that away with chmod go-rwx, and renew what was readable")
    return f"{len(found)} files with secrets, each for the engine's account only"


def _private(folder: Path) -> Iterator[Path]:
    for name in _PRIVATE:
        place = folder / name
        yield from (one for one in place.rglob("*") if one.is_file() and one.suffix != ".der")
        if place.is_file():
            yield place


def _no_secret_told(ground: Ground) -> str:
    """The secrets themselves are looked for where they must not be; none is ever printed."""
    folder = ground.named_data()
    known = {text for path in (folder / "secrets").glob("*") for text in _lines(path)}
    told = [path for path in (*folder.glob("*.log"), *folder.glob("crash*")) if path.is_file()]
    leaks = [path.name for path in told if known & _spoken(path, known)]
    if leaks:
        raise Failed(f"A password stands in {_listed(leaks)}: change that password, then delete the file")
    return f"none of {len(known)} secrets stands in {len(told)} logs"


def _lines(path: Path) -> list[str]:
    with suppress(OSError, UnicodeDecodeError):
        text = path.read_text("utf-8")
        return [] if "PRIVATE KEY" in text else [line for line in text.splitlines() if len(line) >= 4]
    return []


def _spoken(path: Path, known: set[str]) -> set[str]:
    text = path.read_text("utf-8", errors="replace")
    return {one for one in known if one in text}


def _program(ground: Ground) -> str:
    if not installed.frozen():
        raise NotChecked("the program runs from its source: an installed one is compared with its manifest")
    if wrong := installed.verify():
        raise Failed(f"The installation is not as it was made: {_listed(wrong)}. Install it again")
    folder = installed.version_folder()
    if folder is not None and os.access(folder, os.W_OK) and os.name == "posix" and os.geteuid() != 0:
        return f"as its manifest says; but this user may change {folder}: the .deb keeps it for root"
    return "as its manifest says, and not to be changed by this user"


def _plant_files(ground: Ground) -> str:
    engine_of(ground)
    link = connect(ground.named_data(), program="selftest", stream=False, clock=ground.clock)
    with closing(link):
        body = link.ask("status", timeout_s=_WAIT_S).body
    if body["mode"] == SIGNED:
        return str(body["mode_words"])
    if body["mode"] == ENGINEERING:
        raise Failed(f"{body['mode_words']}: end that before the station makes something")
    raise Failed(
        "No plant key is trusted here, so whatever plant files there are run. Sign the plant (hmi plant sign) and put "
        "the public key into trusted-keys/; or say in the acceptance record who may write to its folder"
    )


# -------------------------------------------------------------------------------------------------- people


def _accounts(ground: Ground) -> str:
    book = read_book(ground.named_data())
    now_ns = ground.clock.now_ns()
    standing = [one for one in book.accounts if not one.bar(now_ns)]
    if not any(one.roles.get("") == "administer" and one.password and not one.must_change for one in standing):
        raise Failed(
            "No account administers this station: nobody can be let in, or kept out. "
            "Make one with hmi user add NAME --role administer"
        )
    return (
        f"{len(standing)} accounts that may work, of {len(book.accounts)} ever made; each of one person by its number"
    )


def _everybody(ground: Ground) -> str:
    plant = plant_of(ground)
    places = {"everywhere": plant.everyone} | {one.id: plant.role_at(one.id) for one in plant.stations}
    bold = [f"{name}: {role}" for name, role in places.items() if ROLES.index(role) > ROLES.index("acknowledge")]
    if bold:
        raise Failed(
            f"Whoever stands at the station may do this without signing in: {_listed(bold)}. Write everyone = "
            '"view" in plant.toml; where the room itself is locked instead, say so in the acceptance record'
        )
    return f"without signing in, everybody may {plant.everyone} and no more"


def _hashes(ground: Ground) -> str:
    accounts = [one for one in read_book(ground.named_data()).accounts if not one.removed_ns]
    stored = [(one.name, text) for one in accounts for text in (one.password, one.pin) if text]
    if not stored:
        raise NotChecked("nobody has a password here yet")
    weak = sorted({name for name, text in stored if not _is_strong(text)})
    if weak:
        raise Failed(f"Passwords are stored too weakly: {_listed(weak)}. Give them new ones: hmi user password NAME")
    return f"{len(stored)} passwords and PINs as argon2id with at least {_MEMORY_KIB // 1024} MB each"


def _is_strong(stored: str) -> bool:
    try:
        found = extract_parameters(stored)
    except InvalidHashError:
        return False
    return found.type is Type.ID and found.memory_cost >= _MEMORY_KIB and found.time_cost >= _TIME_COST


# ------------------------------------------------------------------------------------------- connections, keys


def _connections(ground: Ground) -> str:
    plant = plant_of(ground)
    clear = [one.id for one in plant.connections if one.allow_plain_password]
    if clear:
        raise Failed(
            f"A password goes over the network in clear: {_listed(clear)}. Use a security policy, "
            "or take allow_plain_password out of plant.toml"
        )
    told = {one.id: protection(one) for one in plant.connections}
    bare = [name for name, how in told.items() if how == "none"]
    safe = [f"{name} {how}" for name, how in told.items() if how != "none"]
    if plant.server.url and not plant.server.ca:
        bare.append("the plant server (without `ca` it need not prove who it is)")
    parts = [", ".join(safe)] if safe else []
    if bare:
        parts.append(f"NOT secured, so keep them on a network of their own: {', '.join(bare)}")
    return "; ".join(parts) or "there are no connections"


def _certificates(ground: Ground) -> str:
    pki = Pki(ground.named_data())
    if not (pki.folder / "own" / "cert.der").exists():
        raise NotChecked("this station has no certificate: no connection has asked for one")
    now = at(ground.clock.now_ns())
    entries = pki.entries("trusted")
    seen = [("the station's own", pki.own(ground.clock.now_ns()).certificate)]
    seen += [(one.path.name, one.certificate) for one in entries]
    wrong = [f"{path.name} holds no certificate" for path in pki.unreadable()]
    for name, certificate in seen:
        key = certificate.public_key()
        if certificate.not_valid_after_utc < now + _SOON:
            wrong.append(f"{name} ends on {certificate.not_valid_after_utc:%Y-%m-%d}")
        if not isinstance(key, rsa.RSAPublicKey) or key.key_size < SMALLEST_KEY:
            wrong.append(f"{name} has a key that is too weak")
    if wrong:
        raise Failed(f"{_listed(wrong)}: the connection would be refused. See hmi trust list and hmi trust renew")
    return f"the station's own and {len(entries)} that are trusted hold for more than {_SOON.days} days"


# ------------------------------------------------------------------------------------------------- records


def _journal(ground: Ground) -> str:
    found = verdict(ground.named_data())
    if not found.is_whole:
        raise Failed(f"{found.text[:1].upper()}{found.text[1:]}")
    return found.text


def _marks(ground: Ground) -> str:
    if public_of(ground.named_data()) is None:
        raise NotChecked("the journal was never signed yet: the engine does so a few seconds after its start")
    return (
        f"copy {ground.named_data() / 'pki' / 'journal.pub'} to another machine: what is signed can be proven with it"
    )


def _gate(ground: Ground) -> str:
    return refusals.wishes_at_the_gate(ground)


def _needs_posix() -> None:
    if os.name != "posix":
        raise NotChecked("rights are looked at on Linux only: on Windows see the folder's security page")


CHECKS: Final = (
    Check("listening sockets", "nobody on another machine can reach the engine", _sockets),
    Check("strangers at the door", "who does not have the token of this start is sent away", _stranger),
    Check("the gate", "what must not be written is refused and stands in the journal", _gate),
    Check("data folder", "not everybody at this computer can change what was recorded", _folder),
    Check("secrets", "keys, passwords and accounts can be read by the engine's account only", _secrets),
    Check("secrets in logs", "no password stands in a log or crash report", _no_secret_told),
    Check("installation", "the program is as it was made", _program),
    Check("plant files", "only plant files that somebody has signed run here", _plant_files),
    Check("accounts", "somebody administers this station", _accounts),
    Check("what everybody may", "nobody writes to the plant without signing in", _everybody),
    Check("stored passwords", "a stolen list of accounts does not give passwords away", _hashes),
    Check("connections", "what protects each connection is known, and no password goes in clear", _connections),
    Check("certificates", "the certificates hold and are strong enough", _certificates),
    Check("journal", "no record was changed, taken away or put elsewhere", _journal, 600.0),
    Check("signed marks", "the journal vouches for itself with a key", _marks),
)
