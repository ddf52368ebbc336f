"""One PostgreSQL for the tests of this folder, with a fresh database for each."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count

import psycopg
import pytest

from hmi.uplink import schema
from tests.uplink.cluster import Cluster, programs

_NUMBERS = count(1)


@pytest.fixture(scope="session")
def cluster() -> Iterator[Cluster]:
    """A server that tests share, and leave running."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    made = Cluster()
    yield made
    made.remove()


@pytest.fixture
def own_cluster() -> Iterator[Cluster]:
    """A server that a test may kill."""
    if programs() is None:
        pytest.skip("PostgreSQL is not installed: apt-get install postgresql")
    made = Cluster()
    with psycopg.connect(made.url(), autocommit=True) as db:
        schema.migrate(db)
    yield made
    made.remove()


@pytest.fixture
def bare(cluster: Cluster) -> str:
    """The address of an empty database."""
    name = f"test{next(_NUMBERS)}"
    cluster.ask(f"CREATE DATABASE {name}")
    return cluster.url(database=name)


@pytest.fixture
def url(bare: str) -> str:
    """The address of a database with our tables."""
    with psycopg.connect(bare, autocommit=True) as db:
        schema.migrate(db)
    return bare
