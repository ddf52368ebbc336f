"""What people do to a real server's alarms, and how its refusals are told."""

import pytest

from tests.drivers.conditions import empty, listening
from tests.drivers.devices import Device


@pytest.fixture(scope="module")
def device():
    made = Device("conditions_opcua")
    made.start()
    yield made
    made.kill()


@pytest.fixture
async def plant(device):
    await empty(device)
    async with listening(device) as made:
        yield made


async def test_acknowledged_then_confirmed_each_of_the_occurrence_that_was_seen(plant):
    await plant.do("set", name="High", active=True, confirms=True)
    seen = await plant.until_told("High", active=True)
    assert (await plant.act("acknowledge", seen, "known")).outcome == "confirmed"
    acked = await plant.until_told("High", acked=True)
    assert (acked.comment, acked.user, acked.stand.confirmed) == ("known", "anonymous", False)
    assert (await plant.act("confirm", acked)).outcome == "confirmed"
    await plant.until_told("High", confirmed=True)
    late = await plant.act("acknowledge", seen)
    assert (late.outcome, "has changed in the meantime" in late.text) == ("refused", True)
    again = await plant.act("acknowledge", await plant.until_told("High", confirmed=True))
    assert (again.outcome, "acknowledged it already" in again.text) == ("refused", True)


@pytest.mark.parametrize("name", ["Shelf", "Bare"])  # with a shelving state of its own to be seen, and without
async def test_shelved_for_a_time_and_taken_off(plant, name):
    await plant.do("set", name=name, active=True)
    condition = await plant.until_told(name)
    assert (await plant.act("shelve", condition, hours=0.5)).outcome == "confirmed"
    shelved = await plant.until_told(name, shelved=True)
    assert shelved.unshelve_s == 1800.0
    assert (await plant.act("unshelve", shelved)).outcome == "confirmed"
    await plant.until_told(name, shelved=False)
    assert "not on its server's shelf any more" in (await plant.act("unshelve", shelved)).text
    assert "so long: choose a shorter time" in (await plant.act("shelve", shelved, hours=9)).text


async def test_a_comment_alone(plant):
    await plant.do("set", name="High", active=True)
    condition = await plant.until_told("High")
    assert (await plant.act("comment", condition, "valve ordered")).outcome == "confirmed"
    await plant.until(lambda: plant.ear.last("High").comment == "valve ordered")
    assert not plant.ear.last("High").stand.acked


async def test_what_its_server_does_not_offer_is_said_so(plant):
    await plant.do("set", name="High", active=True)
    refused = await plant.act("take_out", await plant.until_told("High"))
    assert refused.outcome == "refused" and "Do it at the machine" in refused.text


async def test_no_answer_is_unknown_and_is_not_repeated(plant, monkeypatch):
    await plant.do("set", name="High", active=True)
    condition = await plant.until_told("High")
    await plant.do("mode", deaf=True)
    monkeypatch.setattr(plant.driver._session._client.uaclient, "_timeout", 0.3)
    monkeypatch.setattr(plant.driver._session._client.uaclient.protocol, "timeout", 0.3)
    unknown = await plant.act("acknowledge", condition)
    assert unknown.outcome == "unknown" and "whether it was done is not known" in unknown.text


async def test_of_a_condition_that_was_not_told_nothing_is_sent(plant):
    await plant.do("set", name="High", active=True)
    condition = await plant.until_told("High")
    await plant.do("set", name="High", active=False, acked=True)
    await plant.until_told("High", active=False)
    assert "nothing was sent" in (await plant.act("acknowledge", condition)).text
