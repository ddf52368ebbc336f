"""The texts of a plant's files -> one frozen `Plant`, or a list of every mistake in them.

What reads the files is not imported before it is asked for: a window whose engine has read them never needs it.
"""

from typing import TYPE_CHECKING, Any

from hmi.core.plant.model import Connection, History, Plant, Station

if TYPE_CHECKING:
    from hmi.core.plant.load import check, digest, load

__all__ = ["Connection", "History", "Plant", "Station", "check", "digest", "load"]


def __getattr__(name: str) -> Any:
    if name not in ("check", "digest", "load"):
        raise AttributeError(name)
    from hmi.core.plant.load import check, digest, load

    globals().update(check=check, digest=digest, load=load)  # `load` was the module until now
    return globals()[name]
