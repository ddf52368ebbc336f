"""`hmi settings`: everything of a station that bears on its protection in one report, and what of it was changed."""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import hmi
from hmi.clock import follows_server
from hmi.commands.ask import Caller, put_json, say
from hmi.commands.places import data_folder
from hmi.commands.signed import site_of
from hmi.commands.station import PLANT, name_at
from hmi.core.errors import HmiError, LinkError, StoreError
from hmi.core.people import LONGEST_WAIT_S, STATION_TRIES, role_for
from hmi.core.plant import Connection, Plant
from hmi.core.plant.model import PeopleRules
from hmi.drivers.keystore import Secrets
from hmi.drivers.pki import KINDS, Pki
from hmi.engine.people import SESSION_S
from hmi.installed import root
from hmi.link import address
from hmi.plantfiles.folder import find_plant, id_of, load_folder
from hmi.plantfiles.signing import trusted_keys
from hmi.store.people import read_book

_PEOPLE: Final = "[people]"
_CLOCK: Final[dict[bool | None, str]] = {
    True: "follows a time server",
    False: "follows no time server: times of records can be wrong by minutes",
    None: "the operating system does not tell whether it follows a time server",
}


@dataclass(frozen=True, slots=True)
class Setting:
    """One setting as it is in force."""

    section: str
    what: str
    value: str
    where: str = "fixed"  # what to change, and where
    changed: bool = False  # not as the program is delivered


def settings(options: argparse.Namespace) -> int:
    """Print them: of the plant that runs, else of the one that is named."""
    plant, mode, folder = _plant(options)
    found = [*_of_station(plant, folder, mode), *_of_access(plant), *_of_people(plant, folder), *_of_servers(plant)]
    found += _of_trust(folder)
    if options.json:
        return put_json(_document(plant, folder, found))
    section = ""
    for one in found:
        if one.section != section:
            section = one.section
            say(section)
        where = "" if one.where == "fixed" else f"  ({one.where})"
        say(f"{'*' if one.changed else ' '} {one.what:34} {one.value}{where}")
    say("* not as delivered")
    return 0


def _plant(options: argparse.Namespace) -> tuple[Plant, str, Path]:
    if options.plant:
        files = find_plant(options.plant)
        return load_folder(files), "engine not asked", data_folder(options, id_of(files))
    try:
        with Caller(options) as caller:
            return caller.learn(), str(caller.ask("status").body["mode_words"]), data_folder(options)
    except LinkError as error:
        raise HmiError(f"{error}; or name the plant: hmi settings PLANT") from None


def _of_station(plant: Plant, folder: Path, mode: str) -> Iterator[Setting]:
    head = "Station"
    yield Setting(head, "program", f"hmi {hmi.__version__}")
    yield Setting(head, "plant", f"{plant.id} version {plant.version}, files {plant.digest[:16]}", "plant folder")
    yield Setting(head, "plant files", mode, "trusted-keys/, --engineering")
    named = name_at(folder)
    yield Setting(head, "name", named or "as the computer is called", "site.toml [station] name", bool(named))
    engineering = (folder / PLANT).exists() and site_of(plant.id).engineering
    yield Setting(head, "engineering mode", _yes(engineering), "site.toml [site] mode", engineering)
    listens = _listens(folder)
    yield Setting(head, "windows of other computers", listens or "none: no port is open", "--listen", bool(listens))
    yield Setting(head, "clock", _CLOCK[follows_server()], "operating system")
    keep = plant.history
    yield Setting(head, "history", f"{keep.keep_days} days, at most {keep.max_gb:g} GB", "plant.toml [history]")
    yield Setting(head, "journal", "always on; a chain of hashes, signed each hour; kept for good")


def _listens(folder: Path) -> str:
    try:
        return address.read(folder).listen
    except LinkError:
        return ""


def _of_access(plant: Plant) -> Iterator[Setting]:
    head, where = "What may be done without signing in, and what writes ask for", "plant.toml [access] everyone"
    yield Setting(head, "everybody", plant.everyone, where, plant.everyone != "operate")
    for one in plant.stations:
        own = f"{one.kind}, {plant.role_at(one.id)}, {'locks itself' if plant.locks(one.id) else 'no lock'}"
        yield Setting(head, f"at {one.id}", own, "[[station]]", bool(one.everyone or one.lock is not None))
    writable = [tag for tag in plant.tags if tag.access == "rw"]
    held = [tag for tag in writable if plant.policies.get(tag.index)]
    second = [tag for tag in held if any(one.second_person for one in plant.policies[tag.index])]
    yield Setting(head, "tags that can be written", f"{len(writable)} of {len(plant.tags)}", "tags.csv access")
    text = f"{len(held)}, {len(second)} of them with a second person"
    yield Setting(head, "of these with a policy", text, "policies.toml", bool(held))
    yield Setting(head, "all others ask for", "role operate, a reason, a desk or panel")


def _of_people(plant: Plant, folder: Path) -> Iterator[Setting]:
    head, rules, usual = "People", plant.people, PeopleRules()
    yield Setting(head, "accounts", _people(folder), "hmi user")
    for key, what, value in (
        ("accounts", "people sign in", _yes(rules.accounts)),
        ("lock", "stations lock themselves", _yes(rules.lock)),
        ("idle_min", "left alone for", f"{rules.idle_min:g} min"),
        ("notice", "notice before signing in", f"{len(rules.notice)} characters" if rules.notice else "none"),
        ("password_length", "length of a password", f"{rules.password_length} characters at least"),
        ("passwords_before", "passwords of before barred", str(rules.passwords_before + 1)),
        ("sessions", "windows at once for a person", str(rules.sessions or "any number")),
    ):
        yield Setting(head, what, value, f"plant.toml {_PEOPLE} {key}", getattr(rules, key) != getattr(usual, key))
    yield Setting(head, "end of a session", f"{SESSION_S / 3600:.0f} h")
    waiting = f"from the third wrong try on, doubling to {LONGEST_WAIT_S / 60:.0f} min; {STATION_TRIES} at a station"
    yield Setting(head, "waiting after wrong passwords", waiting)


def _people(folder: Path) -> str:
    try:
        accounts = [one for one in read_book(folder).accounts if not one.removed_ns]
    except (StoreError, OSError):
        return "people.json cannot be read here: use the engine's own account"
    of = Counter(role_for(one.roles, "") or "of areas only" for one in accounts)
    return ", ".join(f"{count} {role}" for role, count in sorted(of.items())) or "nobody has one"


def _of_servers(plant: Plant) -> Iterator[Setting]:
    head = "Connections"
    for one in plant.connections:
        yield Setting(head, one.id, _protection(one), "plant.toml [[connection]]", one.security != "None")
    if plant.server.url:
        proven = "it proves who it is (ca)" if plant.server.ca else "it need not prove who it is: no ca"
        yield Setting(head, "plant server", proven, "plant.toml [server] ca", bool(plant.server.ca))


def _protection(one: Connection) -> str:
    tls = one.address.startswith("tls://")
    kind = "TLS" if tls else one.security if one.security != "None" else "not secured"
    who = f", user {one.user}" if one.user else f", certificate {one.user_certificate}" if one.user_certificate else ""
    return f"{one.driver}, {kind}{who}{', PASSWORD IN CLEAR ALLOWED' if one.allow_plain_password else ''}"


def _of_trust(folder: Path) -> Iterator[Setting]:
    head, pki = "Trust", Pki(folder)
    try:
        counts = ", ".join(f"{len(pki.entries(kind))} {kind}" for kind in KINDS)
        kept = ", ".join(f"{one.name} ({one.place})" for one in Secrets(folder).kept())
        keys = trusted_keys((root(), folder), "plant")
    except OSError as error:
        yield Setting(head, "keys and certificates", f"cannot be read here ({error.strerror})", "the engine's account")
        return
    yield Setting(head, "certificates of servers", counts, "hmi trust")
    yield Setting(head, "secrets", kept or "none", "hmi secret", bool(kept))
    yield Setting(
        head, "keys that sign plants", keys.names if keys else "none: any plant runs", "hmi plant trust", bool(keys)
    )


def _yes(said: bool) -> str:
    return "yes" if said else "no"


def _document(plant: Plant, folder: Path, found: list[Setting]) -> dict[str, Any]:
    rows = [
        {"section": one.section, "what": one.what, "value": one.value, "where": one.where, "changed": one.changed}
        for one in found
    ]
    return {"plant": plant.id, "digest": plant.digest, "data": str(folder), "settings": rows}
