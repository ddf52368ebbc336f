"""Parts of the program broken on purpose: in the process of a check and in all that it starts."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from hmi.clock import MachineClock
from hmi.selftest.checks import Result, check_of
from hmi.selftest.run import alone

# Python runs a module of this name at its start: each part is broken as soon as it has been imported.
SITE = """
import importlib.abc, importlib.machinery, sys

BROKEN = {broken!r}

class Saboteur(importlib.abc.MetaPathFinder):
    def find_spec(self, name, path=None, target=None):
        if name not in BROKEN:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path)
        load = spec.loader.exec_module
        def load_and_break(module):
            load(module)
            exec(BROKEN[name], module.__dict__)
        spec.loader.exec_module = load_and_break
        return spec

sys.meta_path.insert(0, Saboteur())
"""
# What a broken part keeps from coming is waited for less long; everything else as long as a busy machine needs.
IMPATIENT = """
_as_ever = Station.until

def until(self, wanted, otherwise):
    global PATIENCE_S
    PATIENCE_S = 2.0 if {never!r} in otherwise else 30.0
    return _as_ever(self, wanted, otherwise)

Station.until = until
"""


class Sabotage:
    """Runs checks as `hmi selftest` does, with parts of the program broken."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self._folder, self._patch = folder, monkeypatch

    def result(self, name: str, broken: Mapping[str, str], group: str = "program", data: Path | None = None) -> Result:
        """How a check ends when modules are broken."""
        self.breaks(broken)
        return alone(group, check_of(group, name), data, MachineClock())

    def breaks(self, broken: Mapping[str, str]) -> None:
        """Have modules (name -> what is put into them) broken in every program that is started from now on."""
        site = SITE.format(broken=dict(broken))
        (self._folder / "sitecustomize.py").write_text(site, encoding="utf-8")
        self._patch.setenv("PYTHONPATH", str(self._folder))

    def passes(self, name: str) -> str:
        """What a check says that passes."""
        result = self.result(name, {})
        assert result.outcome == "passed", result.text
        return result.text

    def fails(self, name: str, broken: Mapping[str, str], never: str = "") -> str:
        """What a check says that fails, by its own name; `never`: what it says of a wait that will be in vain."""
        impatient = {"hmi.selftest.station": IMPATIENT.format(never=never)} if never else {}
        result = self.result(name, {**impatient, **broken})
        assert (result.name, result.outcome) == (name, "failed"), result.text
        return result.text
