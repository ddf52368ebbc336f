"""What a window reads in until it is painted, so that the frozen program has it at hand. At run time: start_early.py.

Used by hmi.spec. The modules of the start lie first in the archive and not compressed; so does the code that
dataclasses would make out of text at each start; and PySide's own support, which it would compile from its source.
"""

from __future__ import annotations

import json
import marshal
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from PyInstaller.archive.writers import ZlibArchiveWriter
from start_later import LATER

ROOT = Path(__file__).resolve().parent.parent
TEXTS = "start_texts"  # beside the libraries: text -> code
# PySide takes its support from the files in this folder when it is there, and else from a string that it unpacks.
SUPPORT_FILES = Path("shiboken6", "files.dir")

_LOOK = """
import dataclasses, json, sys, typing
texts, annotations = {}, {}
def executed(text, *names):
    texts[text] = None
    exec(text, *names)
def compiled(text, *how):
    annotations[text] = None
    return compile(text, *how)
dataclasses.exec, typing.compile = executed, compiled
import hmi.__main__, hmi.commands.window, hmi.client.app, hmi.client.layout, hmi.client.mimic.canvas
import msgspec, hmi.core.plant.model, hmi.core.tags
for read in (hmi.core.plant.model.Plant, hmi.core.tags.Tag):
    msgspec.msgpack.Decoder(read)
support = sys.modules["shibokensupport.signature.loader"].__loader__.zfile
sources = {name: support.read(name).decode() for name in support.namelist() if name.startswith("shibokensupport/")}
sources = {name: text for name, text in sources.items() if text}
print(json.dumps([sorted(sys.modules), list(texts), list(annotations), sources]))
"""


class Start:
    """What was seen when the source of the program was read in as for a window."""

    def __init__(self, root: Path = ROOT) -> None:
        env = dict(os.environ, PYTHONPATH=str(root), PYTHONHASHSEED="1", PYTHONDONTWRITEBYTECODE="1")
        env.pop("SBK_EMBED", None)
        done = subprocess.run(
            [sys.executable, "-P", "-c", _LOOK], env=env, cwd=root, stdout=subprocess.PIPE, text=True, check=True
        )
        modules, texts, annotations, sources = json.loads(done.stdout)
        self.modules = frozenset(modules)
        self.first = self.modules - LATER
        self.texts: dict[str, list[str]] = {"exec": sorted(texts), "eval": sorted(annotations)}
        self.sources: dict[str, str] = sources
        self._refuse_blind()

    def _refuse_blind(self) -> None:
        """A new Python, PySide or PyInstaller that does these things in another way ends the build, and aloud."""
        seen = {
            "the functions that dataclasses make": self.texts["exec"],
            "annotations that typing compiles": self.texts["eval"],
            "PySide's support": self.sources,
            "how PyInstaller writes an entry": "_write_entry" in vars(ZlibArchiveWriter),
        }
        if missing := [what for what, found in seen.items() if not found]:
            raise SystemExit(f"start_modules: not found where it was: {', '.join(missing)}. See packaging/start_*.py")

    def write_texts(self, folder: Path) -> tuple[str, str]:
        """The code of the texts as a file; gives it as PyInstaller takes data: the file, and where to."""
        file = folder / TEXTS
        known = {  # as they compile it, where the annotations of this file's own __future__ do not hold
            how: {text: compile(text, "<string>", how, dont_inherit=True) for text in texts}
            for how, texts in self.texts.items()
        }
        file.write_bytes(marshal.dumps(known))
        return str(file), "."

    def write_support(self, folder: Path) -> tuple[list[tuple[str, str]], list[tuple[str, str, str]]]:
        """The source of PySide's support as data, for it looks for the files; and as modules for the archive."""
        data, modules = [], []
        for name, text in sorted(self.sources.items()):
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
            data.append((str(file), str((SUPPORT_FILES / name).parent)))
            parts = Path(name).with_suffix("").parts
            modules.append((".".join(parts[:-1] if parts[-1] == "__init__" else parts), str(file), "PYMODULE"))
        return data, modules


def writer(first: frozenset[str]) -> type[ZlibArchiveWriter]:
    """Writes the archive of all modules: `first` before the others, and as they are."""
    packed = ZlibArchiveWriter._COMPRESSION_LEVEL

    class StartFirst(ZlibArchiveWriter):
        def __init__(self, filename: str, entries: list[Any], code_dict: dict[str, Any] | None = None) -> None:
            super().__init__(filename, sorted(entries, key=lambda entry: entry[0] not in first), code_dict)

        @classmethod
        def _write_entry(cls, fp: Any, entry: Any, code_dict: dict[str, Any]) -> Any:
            cls._COMPRESSION_LEVEL = 0 if entry[0] in first else packed
            return super()._write_entry(fp, entry, code_dict)

    return StartFirst
