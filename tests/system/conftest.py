import pytest

from hmi.commands.children import free_ports
from tests.system.stand import Stand


@pytest.fixture(scope="session")
def stand(tmp_path_factory):
    """The demo plant running: simulator and engine; each test leaves it as it found it."""
    made = Stand(tmp_path_factory.mktemp("data"), free_ports(4))
    try:
        made.start_sim()
        made.start_engine()
        yield made
    finally:
        made.stop()
