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
    made = Cluster(None, "fsync=off", "full_page_writes=off", "synchronous_commit=off")
    made.ask("CREATE DATABASE made")
    with psycopg.connect(made.url(database="made"), autocommit=True) as db:
        schema.migrate(db)
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
def bare(cluster: Cluster) -> Iterator[str]:
    """The address of an empty database."""
    yield from _database(cluster, "template1")


@pytest.fixture
def url(cluster: Cluster) -> Iterator[str]:
    """The address of a database with our tables."""
    yield from _database(cluster, "made")


def _database(cluster: Cluster, template: str) -> Iterator[str]:
    name = f"test{next(_NUMBERS)}"
    cluster.ask(f"CREATE DATABASE {name} TEMPLATE {template}")
    yield cluster.url(database=name)
    cluster.ask(f"DROP DATABASE {name} WITH (FORCE)")
