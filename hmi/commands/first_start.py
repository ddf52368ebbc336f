"""`hmi setup`: a new station made ready, in a window or, with --from, out of a file and without anybody at a screen."""

from __future__ import annotations

import argparse
import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Final

from msgspec import Meta, Struct

from hmi.clock import MachineClock
from hmi.commands.ask import Caller, put_json, say
from hmi.commands.children import Child, hmi_command
from hmi.commands.places import data_folder, secret
from hmi.commands.secret import keep, notice
from hmi.commands.station import keep_plant, station_place
from hmi.core import toml
from hmi.core.errors import HmiError, LinkError, Mistake, PlantError
from hmi.core.people import name_complaint, password_complaint
from hmi.core.plant import Plant
from hmi.drivers.keystore import is_private
from hmi.engine.secret_verbs import SERVER, wanted
from hmi.link.socket import connect
from hmi.plantfiles.folder import find_plant, load_folder
from hmi.plantfiles.station import StationSettings, write_station
from hmi.store.people import read_book

_START_S: Final = 120.0
_JUDGE_S: Final = 60.0  # argon2 and a key of 3072 bits, on a small tablet
_SERVER_S: Final = 15.0
_SECTIONS: Final = ("station", "first_account", "secrets", "certificate")


class _Account(Struct, frozen=True):
    name: Annotated[str, Meta(min_length=1, examples=["ada"])]
    full_name: str = ""
    password_file: Annotated[str, Meta(examples=["ada.txt"])] = ""  # "" it is read from the input


class _Certificate(Struct, frozen=True):
    export: Annotated[str, Meta(examples=["station.der"])] = ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the file asks for, with every password read."""

    settings: StationSettings
    account: _Account
    password: str
    secrets: dict[str, str]
    export: Path | None
    to_delete: tuple[Path, ...]


def setup(options: argparse.Namespace) -> int:
    """Make a new station ready; 1 if nothing or not all of it could be done."""
    if options.file is None:
        return _in_a_window(options)
    files = find_plant(options.plant)
    plant = load_folder(files)
    folder = data_folder(options, plant.id)
    if read_book(folder).accounts:
        raise HmiError(f"The station in {folder} has its people already: nothing was changed. See hmi user")
    asked = read(options.file, plant)
    keep_plant(folder, plant.id)
    site = station_place(files)
    write_station(site, asked.settings)
    kept = [keep(folder, name, value) for name, value in asked.secrets.items()]
    with _engine(files, folder):
        told = _people_and_certificate(options, folder, asked)
        told["server"] = _server(options, folder) if plant.server.url else ""
    told |= {"site": str(site), "secrets": {one.name: one.place for one in kept}, "data": str(folder)}
    told["delete"] = [str(path) for path in asked.to_delete]
    if options.json:
        return put_json(told)
    for line in (*map(notice, kept), *_lines(told)):
        say(line)
    return 0


def read(file: Path, plant: Plant) -> Wanted:
    """What the file asks for; raises PlantError with every mistake in it, or HmiError for passwords."""
    mistakes: list[Mistake] = []
    try:
        table = toml.read(str(file), file.read_text("utf-8-sig"), mistakes)
    except (OSError, ValueError) as error:
        raise HmiError(
            f"{file} cannot be read ({getattr(error, 'strerror', None) or error}): nothing was done"
        ) from None
    if table is None:
        raise PlantError(mistakes)
    for key in table.values:
        if key not in _SECTIONS:
            what = f"`{key}` is not a section of a first start"
            mistakes.append(table.mistake(key, what, f"It has {', '.join(_SECTIONS)}; a password belongs in a file"))
    sections = {name: table.table(name) for name in _SECTIONS}
    head, person, paper = sections["station"], sections["first_account"], sections["certificate"]
    settings = toml.fill(StationSettings, head, mistakes) if head else StationSettings()
    account = toml.fill(_Account, person, mistakes) if person else None
    export = toml.fill(_Certificate, paper, mistakes) if paper else _Certificate()
    named = _secrets(sections["secrets"], plant, mistakes)
    if person is None:
        mistakes.append(Mistake(str(file), 0, "there is no [first_account]", 'Add it, with name = "…"'))
    elif account and (complaint := name_complaint(account.name)):
        mistakes.append(person.mistake("name", complaint, 'Write name = "ada"'))
    if mistakes or account is None or settings is None or export is None:
        raise PlantError(mistakes)
    here = file.resolve().parent
    paths = {name: here / path for name, path in named.items()}
    own = here / account.password_file if account.password_file else None
    password = _password(own) if own else secret(f"Password for {account.name}")
    if complaint := password_complaint(password, account.name, plant.people.password_length):
        raise HmiError(f"{complaint}. Nothing was done")
    found = {name: _password(path) for name, path in paths.items()}
    to_delete = (*([own] if own else []), *paths.values())
    return Wanted(settings, account, password, found, here / export.export if export.export else None, to_delete)


def _secrets(section: toml.Table | None, plant: Plant, mistakes: list[Mistake]) -> dict[str, str]:
    """Name of a secret -> file that holds it."""
    known = wanted(plant)
    found: dict[str, str] = {}
    for name, path in section.values.items() if section else ():
        if name not in known or not isinstance(path, str):
            assert section is not None
            what = (
                f"nothing in the plant asks for a secret {name}" if name not in known else f"`{name}` is no file name"
            )
            mistakes.append(section.mistake(name, what, f"The plant asks for {', '.join(known) or 'none'}"))
        else:
            found[name] = path
    return found


def _password(path: Path) -> str:
    try:
        if not is_private(path):
            raise HmiError(
                f"Others can read the password in {path}: chmod 600, and better take another. Nothing was done"
            )
        return path.read_text("utf-8").removesuffix("\n").removesuffix("\r")
    except (OSError, ValueError) as error:
        raise HmiError(
            f"{path} cannot be read ({getattr(error, 'strerror', None) or error}): nothing was done"
        ) from None


@contextlib.contextmanager
def _engine(files: Path, folder: Path) -> Iterator[None]:
    """The station's engine: the one that runs, else one for as long as it is needed."""
    try:
        connect(folder, program="command line", clock=MachineClock()).close()
    except LinkError:
        child = Child("engine", hmi_command("engine", str(files), "--data", str(folder)), folder / "engine.log")
        try:
            child.ready(_START_S)
            yield
        finally:
            child.stop()
    else:
        yield


def _caller(options: argparse.Namespace, folder: Path) -> Caller:
    return Caller(argparse.Namespace(**{**vars(options), "data": folder, "person": ""}))


def _people_and_certificate(options: argparse.Namespace, folder: Path, asked: Wanted) -> dict[str, Any]:
    with _caller(options, folder) as caller:
        one = {"name": asked.account.name, "full_name": asked.account.full_name, "password": asked.password}
        reply = caller.ask("person", timeout_s=_JUDGE_S, act="add", roles={"": "administer"}, **one)
        if not reply.ok:
            raise HmiError(reply.text)
        body = caller.ask("certificates", timeout_s=_JUDGE_S).body
    own = body.get("own")
    if own is None:
        raise HmiError(f"The account is made, but the station has no certificate: {body.get('fault')}")
    if asked.export is not None:
        try:
            asked.export.write_bytes(own["der"])
        except OSError as error:
            raise HmiError(f"{asked.export} cannot be written: {error.strerror}. All else is done") from None
    return {
        "account": asked.account.name,
        "station": asked.settings.name,
        "fingerprint": own["fingerprint"],
        "until": own["until"],
        "certificate": str(asked.export or ""),
    }


def _server(options: argparse.Namespace, folder: Path) -> str:
    """How the plant server stands, once it was asked, or after a while."""
    clock = MachineClock()
    until = clock.monotonic() + _SERVER_S
    with _caller(options, folder) as caller:
        while True:
            told = caller.ask("status").body["server"]
            if (told["state"], told["text"]) != ("away", "not asked yet") or clock.monotonic() >= until:
                return str(told["words"])
            caller.connection.wait(0.5)


def _lines(told: dict[str, Any]) -> Iterator[str]:
    yield f"{told['account']} may administer"
    yield f"station      {told['station'] or 'called as its computer'}: {told['site']}"
    yield f"certificate  {told['fingerprint']} until {told['until'][:10]} {told['certificate']}".rstrip()
    yield f"data         {told['data']}"
    if told["server"]:
        yield f"{SERVER:12} {told['server']}"
    if told["delete"]:
        yield f"Delete what holds passwords: {', '.join(told['delete'])}"


def _in_a_window(options: argparse.Namespace) -> int:
    from hmi.commands.window import run

    usual = dict(attach=None, touch=False, full_screen=False, kiosk=False, screen="", theme=None, language=None)
    return run(argparse.Namespace(**{**usual, "engineering": False, "setup": True, **vars(options)}))
