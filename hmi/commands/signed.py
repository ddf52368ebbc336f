"""Whether the plant that is to be started may run at this station: signed by whom it trusts, or in engineering mode."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from hmi.commands.places import data_folder
from hmi.installed import place, root
from hmi.plantfiles.folder import id_of, load_folder
from hmi.plantfiles.site import Site, read_site, site_file
from hmi.plantfiles.standing import Standing, standing

if TYPE_CHECKING:
    from hmi.core.plant import Plant


def site_of(plant: str) -> Site:
    """The settings of the station that runs a plant; raises PlantError with every mistake in them."""
    own = place()
    return read_site(site_file(plant, own.site if own else ""))


def signed_plant(files: Path, options: argparse.Namespace) -> tuple[Plant, Path, Standing]:
    """The plant, its data folder, and how its files stand to the keys that the station trusts; raises HmiError."""
    named = id_of(files)
    data = data_folder(options, named)
    by = "--engineering" if options.engineering else "site.toml" if site_of(named).engineering else ""
    judged = standing(files, (root(), data), by)
    return load_folder(files, judged.seal), data, judged
