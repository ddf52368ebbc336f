"""`hmi service`: the engine as a service of the user, kept by systemd, which starts it again when it dies or hangs."""

from __future__ import annotations

import argparse
import os
from pathlib import Path
from typing import Final

from hmi.commands.ask import no, say
from hmi.commands.children import hmi_command
from hmi.commands.places import data_folder
from hmi.core.errors import HmiError
from hmi.core.plant import Plant
from hmi.plantfiles.folder import find_plant, load_folder

_UNIT: Final = """# Written by `hmi service install`; put changes into a drop-in: systemctl --user edit {name}
[Unit]
Description=HMI engine of {title}
StartLimitIntervalSec=0

[Service]
Type=notify
NotifyAccess=main
ExecStart={command}
Restart=on-failure
RestartSec=2
WatchdogSec=15
TimeoutStartSec=180
TimeoutStopSec=30
UMask=0077
NoNewPrivileges=yes

[Install]
WantedBy=default.target
"""


def unit(plant: Plant, files: Path, data: Path) -> str:
    """The text of the unit: the engine tells systemd when it is ready, and ever again that it lives."""
    command = " ".join(_quoted(word) for word in hmi_command("engine", str(files), "--data", str(data)))
    title = plant.name.replace("%", "%%").replace("\n", " ")
    return _UNIT.format(name=unit_name(plant.id), title=title, command=command)


def unit_name(plant_id: str) -> str:
    """The name of a plant's unit."""
    return f"hmi-{plant_id}.service"


def show(options: argparse.Namespace) -> int:
    """Print the unit."""
    say_all(_wanted(options)[1])
    return 0


def install(options: argparse.Namespace) -> int:
    """Write the unit, and say how to switch it on."""
    name, text, data = _wanted(options)
    file = units_folder() / name
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    except OSError as error:
        return no(f"{error.filename} cannot be written ({error.strerror}): nothing was installed. Is it your folder?")
    say(f"{file} is written. Stop an engine that runs on {data}, then switch it on:")
    say("  systemctl --user daemon-reload")
    say(f"  systemctl --user enable --now {name}")
    say("  loginctl enable-linger      (so that it runs when nobody is signed in at this computer)")
    return 0


def remove(options: argparse.Namespace) -> int:
    """Take the unit away."""
    name = unit_name(load_folder(find_plant(options.plant)).id)
    file = units_folder() / name
    if not file.exists():
        return no(f"there is no {file}: nothing was changed")
    try:
        file.unlink()
    except OSError as error:
        return no(f"{file} cannot be taken away ({error.strerror}): nothing was changed")
    say(f"{file} is taken away. If it runs: systemctl --user disable --now {name}")
    return 0


def units_folder() -> Path:
    """Where systemd looks for the units of this user."""
    return Path(os.environ.get("XDG_CONFIG_HOME") or Path.home() / ".config") / "systemd" / "user"


def say_all(text: str) -> None:
    """Several lines."""
    for line in text.splitlines():
        say(line)


def _wanted(options: argparse.Namespace) -> tuple[str, str, Path]:
    files = find_plant(options.plant).resolve()
    plant = load_folder(files)
    data = data_folder(options, plant.id).resolve()
    return unit_name(plant.id), unit(plant, files, data), data


def _quoted(word: str) -> str:
    return '"' + _escaped(word).replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$") + '"'


def _escaped(word: str) -> str:
    """As systemd reads a text: percent signs mean something to it."""
    if "\n" in word or "\x00" in word:
        raise HmiError(f"{word!r} cannot stand in a unit of systemd: name the folder otherwise")
    return word.replace("%", "%%")
