"""`hmi bench`: the measurements in tests/bench, run from a source checkout, as one table or one JSON file."""

from __future__ import annotations

import argparse
import importlib.util
import platform
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec

from hmi.core.errors import HmiError
from hmi.plantfiles.folder import resources_folder


def bench(options: argparse.Namespace) -> int:
    """Run one bench or all; exit 1 when a figure misses its target."""
    folder = resources_folder().parent / "tests" / "bench"
    if not folder.is_dir():
        raise HmiError("Benchmarks are measured from a source checkout: tests/bench is not in an installed program")
    names = sorted(path.stem for path in folder.glob("[a-z]*.py")) if options.name == "all" else [options.name]
    chosen = [folder / f"{name}.py" for name in names]
    reports = [_run(path, path.stem, options.quick) for path in chosen if path.exists()]
    if not reports:
        print(f"hmi bench {options.name} is not built yet; there are: {_available(folder)}", file=sys.stderr)
        return 2
    for report in reports:
        _show(report)
    if options.json:
        body = reports[0] if len(reports) == 1 else {"benches": reports}
        options.json.write_bytes(msgspec.json.format(msgspec.json.encode(body), indent=1))
    return 0 if all(figure["ok"] for report in reports for figure in report["figures"]) else 1


def _available(folder: Path) -> str:
    return ", ".join(sorted(path.stem for path in folder.glob("[a-z]*.py"))) or "none"


def _run(path: Path, name: str, quick: bool) -> dict[str, Any]:
    """One bench; `quick` takes its short form, `measure_quick`, where it has one."""
    module = _load(path)
    take = getattr(module, "measure_quick", module.measure) if quick else module.measure
    figures = take()
    return {"bench": name, "machine": f"{platform.machine()} {platform.python_version()}", "figures": figures}


def _load(path: Path) -> ModuleType:
    """A bench, which imports its parts from the checkout that it lies in."""
    checkout = str(path.parents[2])
    if checkout not in sys.path:
        sys.path.insert(0, checkout)
    spec = importlib.util.spec_from_file_location(f"hmi_bench_{path.stem}", path)
    if spec is None or spec.loader is None:
        raise HmiError(f"{path} cannot be loaded")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _show(report: dict[str, Any]) -> None:
    for figure in report["figures"]:
        beside = "  ".join(f"{peer} {value:.4g}" for peer, value in figure.get("beside", {}).items())
        mark = "ok  " if figure["ok"] else "MISS"
        target = figure["target"]
        print(f"{mark} {figure['name']:56} {figure['value']:10.4g} {figure['unit']:12} target {target}  {beside}")
