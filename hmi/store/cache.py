"""Blocks of history that were unpacked a moment ago: whoever asks for them again has them at once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import Any, Final

_CACHE_BYTES: Final = 96 * 1024 * 1024


class Cache:
    """Blocks that were unpacked, the least recently used go first; any thread."""

    def __init__(self, limit: int = _CACHE_BYTES) -> None:
        self._limit = limit
        self._size = 0
        self._lock = threading.Lock()
        self._found: OrderedDict[Any, tuple[Any, int]] = OrderedDict()

    def get(self, key: Any) -> Any:
        """What was put, or None."""
        with self._lock:
            found = self._found.get(key)
            if found is None:
                return None
            self._found.move_to_end(key)
            return found[0]

    def put(self, key: Any, value: Any, size: int) -> None:
        """Keep something that takes `size` bytes."""
        if size > self._limit:
            return  # all the others would have to go, and it with them
        with self._lock:
            self._size += size - self._found.get(key, (None, 0))[1]
            self._found[key] = (value, size)
            while self._size > self._limit:
                self._size -= self._found.popitem(last=False)[1][1]
