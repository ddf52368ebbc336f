"""What was found to be as it was written need not be looked at again while its file is the same one, unchanged."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

_FILES: Final = 1000


class Proven:
    """Tags whose blocks were found whole, by file; any thread. A file is named by all that changes when it does."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tags: OrderedDict[Hashable, set[int]] = OrderedDict()

    def has(self, file: Hashable, tag: int) -> bool:
        """Whether a tag's blocks were found whole."""
        with self._lock:
            return tag in self._tags.get(file, ())

    def add(self, file: Hashable, tag: int) -> None:
        """They were; of files that nobody asked for in a long time this is forgotten."""
        with self._lock:
            self._tags.setdefault(file, set()).add(tag)
            self._tags.move_to_end(file)
            while len(self._tags) > _FILES:
                self._tags.popitem(last=False)


PROVEN: Final = Proven()  # of this process: all its readers and threads ask the same files
