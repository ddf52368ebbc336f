"""In the frozen program, called by frozen.py before anything is read in: has at hand what start_modules.py made so.

Everything works without it too, only later: PyInstaller looks for each module in four places, opens the archive anew
and unpacks it; dataclasses write their functions as text and have that compiled; and whatever is imported is read in.
"""

import _thread
import io
import marshal
import os
import sys
import zlib
from importlib.machinery import ModuleSpec

import pyimod02_importers
from start_later import LATER

MODULE, PACKAGE = 0, 1  # kinds of what lies in the archive


def _array():
    from typing import Any, TypeVar

    from numpy._core.multiarray import dtype, ndarray
    from numpy._core.numerictypes import generic

    return ndarray[tuple[Any, ...], dtype[TypeVar("_ScalarT", bound=generic)]]


def _typing(name):
    def found():
        import typing

        return getattr(typing, name)

    return found


# The few names of those that are asked for all the same, made as the module makes them.
GIVEN = {
    "numpy._typing": {"NDArray": _array},
    "numpy.typing": {"NDArray": _array},
    "typing_extensions": {name: _typing(name) for name in ("get_type_hints", "NotRequired", "Required")},
}


class AtHand(pyimod02_importers.PyiFrozenLoader):
    """Loads one module."""

    def get_code(self, fullname):
        """The module's code, as the archive has it."""
        if fullname != self.name:
            raise ImportError(f"loader for {self.name} cannot handle {fullname}", name=fullname)
        return self._pyz_archive.code(fullname)


class Later(type(sys)):
    """A module that is read in when something of it is asked for that is not yet there."""

    def __getattr__(self, name):
        return self.__spec__.loader.found(self, name)

    def __dir__(self):
        self.__spec__.loader.found(self, "__name__")
        return type(sys).__dir__(self)


class AtHandLater(AtHand):
    """Loads one module of LATER, in whichever thread asks first."""

    def __init__(self, *what):
        super().__init__(*what)
        self._lock = _thread.RLock()
        self._waits = False  # to be read in

    def create_module(self, spec):
        """One that is still empty."""
        return Later(spec.name)

    def exec_module(self, module):
        """Not now."""
        self._waits = True

    def found(self, module, name):
        """Something of the module; AttributeError while it is being made or read in, and where it is not in it."""
        if name == "__path__":  # a package has it from the beginning
            raise AttributeError(f"module {self.name!r} is no package")
        if name in (given := GIVEN.get(self.name, ())):
            return given[name]()
        with self._lock:
            if type(module) is Later:
                if not self._waits:
                    raise AttributeError(f"module {self.name!r} is being read in and has no {name!r} yet")
                self._waits = False
                try:
                    exec(self.get_code(self.name), vars(module))  # noqa: S102 - as it does that loads it at once
                except BaseException:
                    self._waits = True
                    raise
                module.__class__ = type(sys)
        return getattr(module, name)


class Archive:
    """All modules, in a file that stays open: an update may take it away from under a program that runs."""

    def __init__(self, archive):
        self.toc = archive.toc
        self._start = archive._start_offset
        self._file = io.FileIO(archive._filename)
        self._lock = _thread.allocate_lock()

    def code(self, name):
        """The code of one module."""
        _, offset, length = self.toc[name]
        with self._lock:
            self._file.seek(self._start + offset)
            packed = self._file.read(length)
        return marshal.loads(zlib.decompress(packed))  # noqa: S302 - the program itself

    def find_spec(self, name, path=None, target=None):
        """What Python asks for each module; None for what is not in the archive, such as a compiled one."""
        kind = self.toc.get(name, (None,))[0]
        if kind not in (MODULE, PACKAGE):
            return None
        loader = (AtHandLater if name in LATER else AtHand)(name, self, name, kind == PACKAGE)
        spec = ModuleSpec(name, loader, origin=loader.path, is_package=kind == PACKAGE)
        spec.has_location = True
        if kind == PACKAGE:
            spec.submodule_search_locations = [loader.path.rpartition(os.sep)[0]]
        return spec


def _compiled(texts):
    try:
        with io.FileIO(texts) as file:
            known = marshal.loads(file.readall())  # noqa: S302 - came with the program
        return known["exec"], known["eval"]
    except (OSError, ValueError, EOFError, TypeError, LookupError):
        return {}, {}  # what is damaged is told by who compares the program with its manifest


def begin(texts):
    """Be asked first for every module, and for what is compiled at each start; `texts` is a file of text -> code."""
    sys.meta_path.insert(0, Archive(pyimod02_importers.pyz_archive))
    if hasattr(os, "RTLD_LAZY"):
        sys.setdlopenflags(os.RTLD_LAZY)  # Qt looks up what it calls when it calls it
    functions, annotations = _compiled(texts)
    import dataclasses
    import typing

    dataclasses.exec = lambda text, *names: exec(functions.get(text, text), *names)  # noqa: S102 - as they do
    typing.compile = lambda text, *how: annotations.get(text) or compile(text, *how)
