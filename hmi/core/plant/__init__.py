"""The texts of a plant's files -> one frozen `Plant`, or a list of every mistake in them."""

from hmi.core.plant.load import check, digest, load
from hmi.core.plant.model import Connection, History, Plant, Station

__all__ = ["Connection", "History", "Plant", "Station", "check", "digest", "load"]
