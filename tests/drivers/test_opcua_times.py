"""How long an OPC UA server takes to answer."""

from asyncua import Client, ua

from hmi.core.plant.model import Connection
from hmi.drivers.opcua_times import RequestTimes
from tests.drivers.devices import Device, running, tags_of


async def test_every_request_is_told_but_waiting_for_news_is_none():
    told = []
    times = RequestTimes(told.append)
    with times.observe_request(ua.ReadRequest()):
        pass
    with times.observe_request(ua.PublishRequest()):
        pass
    assert len(told) == 1
    assert told[0] >= 0


def test_the_library_still_has_the_hook():
    """Where it moves, request times would be lost in silence."""
    client = Client("opc.tcp://127.0.0.1:1")
    assert hasattr(client.uaclient, "observer")
    client.uaclient.observer = RequestTimes(lambda _: None)
    assert client.uaclient.session.observer is client.uaclient.observer


async def test_a_live_connection_knows_how_long_its_server_takes(shared_opcua: Device):
    tags = tags_of([("ns=2;s=Filler.Level", "float64")])
    async with running(Connection("device", "opcua", shared_opcua.address), tags) as run:
        await run.until(lambda: run.driver.health.state == "live")
        health = run.driver.health
        assert health.requests >= 2  # subscribing, monitoring, reading
        assert len(health.took_ms) == health.requests
        assert min(health.took_ms) > 0
        assert health.request_ms == health.took_ms[-1]
