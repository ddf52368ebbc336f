"""`hmi update`: an installed station brought up to date from a stick or share, with a way back."""

from __future__ import annotations

import argparse
import os
import sys
import threading
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from hmi.clock import MachineClock
from hmi.commands.places import named_folder, who
from hmi.core.errors import HmiError
from hmi.installed import root as own_root
from hmi.plantfiles.bundle_pack import opened
from hmi.plantfiles.signing import FOLDER, Keys, Use, trusted_keys
from hmi.plantfiles.site import Site, read_site, site_file
from hmi.plantfiles.standing import standing
from hmi.update import agreement, apt, packs, renewal
from hmi.update.agreement import Terms
from hmi.update.find import Found, find
from hmi.update.renewal import Station, put_into_use, recover, try_on_copy
from hmi.update.steps import Steps
from hmi.update.unpack import refuse_older, unpacked
from hmi.update.versions import Installation


def update(options: argparse.Namespace) -> int:
    """Bring the station up to date, or back; 1 if the answer is no, and then what ran before runs."""
    if sum((bool(options.path), options.roll_back, options.agree)) != 1:
        print("hmi: say from where: hmi update PATH, or hmi update --roll-back, or --agree", file=sys.stderr)
        return 2
    if options.agree:
        return _from_here(options)
    station = _station(options)
    with station.installation.held():
        recover(station)
        agreement.forget(station)
        return _roll_back(station, options) if options.roll_back else _forward(station, options, options.path)


def install_pack(options: argparse.Namespace) -> int:
    """`hmi plant install FILE` at an installed station: the same, as a person has asked for it."""
    options.root, options.yes, options.wait, options.force = None, True, False, False
    station = _station(options)
    with station.installation.held():
        recover(station)
        agreement.forget(station)
        return _forward(station, options, options.file)


def _station(options: argparse.Namespace) -> Station:
    if sys.platform == "win32":
        raise HmiError("On Windows the new installer brings the program up to date: run it, and nothing is lost")
    if os.geteuid() == 0:
        os.umask(0o022)  # the engine's own account runs what is unpacked here
    root = options.root or own_root()
    if root is None:
        raise HmiError("This program runs from its source, not from an installation: say which with --root DIR")
    installation = Installation(root)
    place = installation.place()
    data = named_folder(options) or (Path(place.data) if place else None)
    if data is None:
        raise HmiError(f"{installation.root} does not say where its records are: name the data folder with --data")
    site = read_site(site_file(installation.manifest.plant.id, place.site if place else ""))
    data = data.absolute()  # the programs that we start work in another folder than we do
    usual = Path(f"{data}.backups") if place is None or not place.backups else Path(place.backups)
    clock = MachineClock()
    return Station(
        installation=installation,
        data=data,
        backups=Path(site.backups) if site.backups else usual,
        site=_served(site, place.service if place else ""),
        clock=clock,
        steps=Steps(installation.root, data, clock, who(data), _say),
        pause=_pause,
    )


def _served(site: Site, service: str) -> Site:
    """How the engine is stopped and started: by whoever supervises it."""
    if site.start or not service or not Path("/run/systemd/system").is_dir():
        return site
    systemctl = ("systemctl",) if os.geteuid() == 0 else ("systemctl", "--user")
    return replace(site, stop=(*systemctl, "stop", service), start=(*systemctl, "start", service))


def _pause(seconds: float) -> None:
    threading.Event().wait(seconds)


def _forward(station: Station, options: argparse.Namespace, path: Path) -> int:
    installation = station.installation
    plants = _keys(station, "plant")
    own = installation.manifest
    found = find(path, own.plant.id, own.platform, installation.version, plants)
    if found.is_pack:
        return _plant_pack(station, options, found, plants)
    programs, rings = _keys(station, "program"), apt.rings((installation.root, station.data))
    if not rings:
        _must_trust(programs, "program", station)
    station.steps.tell("update begun", f"{found.path.name} for {installation.version}")
    try:
        folder = _proven(station, found, programs, rings, options.downgrade)
    except HmiError as error:
        installation.forget()
        station.steps.tell("update refused", str(error))
        raise
    return _agreed_use(station, options, folder, station.clock.now_ns())


def _proven(station: Station, found: Found, keys: Keys, rings: Sequence[Path], downgrade: bool) -> Path:
    """A new version beside the one in use, signed, whole, fitting, and tried on a copy of the records."""
    installation = station.installation
    if found.version == installation.version:
        raise HmiError(f"{found.version} is in use already: nothing was changed")
    if found.version is not None:
        refuse_older(found.version, installation.version, downgrade)
    folder = unpacked(found.path, installation, keys, rings)
    new = installation.version_in(folder)
    refuse_older(new, installation.version, downgrade)  # what was signed counts, not how the file is called
    # as its engine will judge it, which would only say so once the one that runs was stopped
    standing(folder / "plant", (installation.root, station.data), "site.toml" if station.site.engineering else "")
    station.steps.tell("update verified", f"{new} is signed, whole and for this plant")
    try_on_copy(station, folder)
    return folder


def _plant_pack(station: Station, options: argparse.Namespace, found: Found, keys: Keys) -> int:
    is_open = not keys and hasattr(options, "into")  # where no key is trusted a person may vouch for what he installs
    judged = opened(found.path, None if is_open else _must_trust(keys, "plant", station))
    folder = packs.prepared(judged, station.installation, downgrade=options.downgrade)
    station.steps.tell(
        "plant pack verified",
        f"{folder.name} is {f'signed with the key {judged.key}' if judged.key else 'vouched for by nobody'}",
    )
    if packs.can_be_live(station, folder):
        done = packs.put_live(station, folder)
        station.installation.forget()
        return 0 if done else 1
    print(f"{folder.name} changes what the engine itself runs: it is put into use with a restart of the engine")
    return _agreed_use(station, options, folder)


def _roll_back(station: Station, options: argparse.Namespace) -> int:
    before = station.installation.previous
    if before is None:
        raise HmiError("There is no version before to go back to: nothing was changed")
    station.steps.tell("roll-back begun", f"from {station.installation.current.name} to {before.name}")
    if packs.can_be_live(station, before):
        return 0 if packs.put_live(station, before) else 1
    if renewal.has_records(station):
        renewal.back_up(station, f"going-back-to-{before.name}")
    return _agreed_use(station, options, before)


def _agreed_use(station: Station, options: argparse.Namespace, folder: Path, tested_ns: int = 0) -> int:
    """Put a prepared version into use once somebody agrees; it stays prepared while nobody does."""
    terms = Terms(who()[0], options.yes, options.wait, options.force, _person_agrees, _say)
    try:
        waited = agreement.agreed(station, folder, terms, tested_ns)
    except HmiError as error:
        station.steps.tell("update waits", f"{folder.name} is prepared and not in use: {error}")
        raise
    if waited and renewal.has_records(station):
        renewal.back_up(station, folder.name)  # the one from before the wait is old
    if not put_into_use(station, folder):
        print(
            f"hmi: {station.installation.current.name} is in use as before; see {station.installation.root}/update.log"
        )
        return 1
    station.installation.forget()
    print(f"{folder.name} is in use; hmi update --roll-back goes back")
    return 0


def _say(text: str) -> None:
    print(text, flush=True)


def _person_agrees(version: str) -> bool:
    if not sys.stdin.isatty():
        return False
    print(f"{version} is ready. The engine stops for some seconds: no alarms and no values meanwhile.")
    return input("Put it into use now? (yes/no) ").strip().lower() in ("yes", "y")


def _from_here(options: argparse.Namespace) -> int:
    """Agree to what is prepared, as a person does at the System page."""
    from hmi.commands.ask import Caller  # an update has no other question to an engine

    with Caller(options) as caller:
        ready = caller.ask("update").body
        if not ready:
            raise HmiError("No update is prepared at this station: hmi update PATH --wait prepares one")
        reply = caller.ask("update_agree", to=ready["to"])
    if not reply.ok:
        raise HmiError(reply.text)
    print(reply.text)
    return 0


def _keys(station: Station, use: Use) -> Keys:
    return trusted_keys((station.installation.root, station.data), use)


def _must_trust(keys: Keys, use: Use, station: Station) -> Keys:
    if not keys:
        folder = station.installation.root / FOLDER
        file = "NAME.pub, or NAME.asc of an apt folder," if use == "program" else "NAME.pub"
        raise HmiError(f"This station trusts no key for a {use}: put the {file} of whoever makes them into {folder}")
    return keys
