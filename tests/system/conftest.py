from contextlib import closing

import pytest

from hmi.commands.children import free_ports
from tests.system.stand import Stand


def pytest_collection_modifyitems(items):
    """The whole program, on a machine that may do other things too: only what hangs takes so long."""
    for item in items:
        if "tests/system/" in item.path.as_posix() and not item.get_closest_marker("timeout"):
            item.add_marker(pytest.mark.timeout(240))


@pytest.fixture
def live(stand):
    """The stand with nearly every value live, whatever the test before did to it."""
    with closing(stand.watcher()) as watcher:
        watcher.until(lambda: watcher.share("good") > 0.97)


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
