import pytest

from hmi.commands.children import free_ports
from tests.system.stand import Stand


@pytest.fixture(scope="module")
def stand(tmp_path_factory):
    """The demo plant running: simulator and engine."""
    made = Stand(tmp_path_factory.mktemp("data"), free_ports(4))
    try:
        made.start_sim()
        made.start_engine()
        yield made
    finally:
        made.stop()
