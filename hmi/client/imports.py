"""Stops Qt for Python from looking at what is imported; read in before anything else of the window.

It has put itself into Python's `import`, to look through the source of every module for a feature that nothing here
uses, and takes as long for that as many a module's own work. To be imported for that effect.
"""

import builtins

import PySide6.QtCore  # noqa: F401 - which puts it in

builtins.__import__ = getattr(builtins, "__orig_import__", builtins.__import__)
