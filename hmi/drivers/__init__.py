"""Floor 2: one file per protocol; the only importers of asyncua and pymodbus on the acquisition side."""

from hmi.drivers.registry import create

__all__ = ["create"]
