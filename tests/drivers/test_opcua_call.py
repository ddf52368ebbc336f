"""How calls end that no server here gives by itself; those that it gives are in test_opcua_learn."""

from __future__ import annotations

import pytest
from asyncua import ua

from hmi.core.plant.opcua_addresses import Target
from hmi.core.tags import Tag
from hmi.drivers.opcua_call import Method, Uncallable, call, find_method
from hmi.drivers.opcua_client import OpcUaSession
from hmi.drivers.opcua_datatypes import DataTypes
from tests.drivers.devices import Device

T = ua.VariantType
DOSE = Tag(0, "cell.dose", "plc", "method=Dose;ns=2;s=Cell", "float64", access="w")


class Answering:
    """A session that gives one answer to every call, or raises it."""

    def __init__(self, answer: ua.CallMethodResult | Exception) -> None:
        self.answer = answer
        self.requests: list[ua.CallMethodRequest] = []

    async def call(self, request: ua.CallMethodRequest) -> ua.CallMethodResult:
        self.requests.append(request)
        if isinstance(self.answer, Exception):
            raise self.answer
        return self.answer


def answer(code: int, *outputs: ua.Variant, blamed: int = 0) -> ua.CallMethodResult:
    return ua.CallMethodResult(ua.StatusCode(code), [ua.StatusCode(blamed)], [], list(outputs))


METHOD = Method(ua.NodeId("Cell", 2), ua.NodeId("Cell.Dose", 2), T.Double, None, ("Twice",))


@pytest.mark.parametrize(
    ("found", "outcome", "text"),
    [
        (answer(0), "confirmed", "cell.dose was called"),
        (answer(0, ua.Variant(5.0, T.Double)), "confirmed", "cell.dose was called: Twice = 5"),
        (answer(0, ua.Variant([1, 2], T.Int32)), "confirmed", "cell.dose was called: Twice = [1, 2]"),
        (answer(0x002E_0000), "confirmed", "cell.dose was called (GoodCompletesAsynchronously: "),
        (answer(0x80AB_0000, blamed=0x803C_0000), "refused", "BadInvalidArgument: "),
        (answer(0x80AB_0000, blamed=0x803C_0000), "refused", "its argument: BadOutOfRange: "),
        (answer(0x800A_0000), "unknown", "check the plant"),
        (answer(0x4000_0000), "unknown", "check the plant"),
        (ua.UaStatusCodeError(0x801F_0000), "refused", "BadUserAccessDenied"),
        (ua.UaStatusCodeError(0x800A_0000), "unknown", "check the plant"),
        (TimeoutError(), "unknown", "no answer in time"),
        (ConnectionError("cut off"), "unknown", "cut off"),
    ],
)
async def test_how_a_call_ended_is_told_and_none_is_repeated(found, outcome: str, text: str):
    session = Answering(found)
    result = await call(session, METHOD, DOSE, 2.5)
    assert result.outcome == outcome, result
    assert text in result.text
    (request,) = session.requests
    assert [variant.Value for variant in request.InputArguments] == [2.5]


async def test_a_value_that_is_no_argument_is_not_sent():
    session = Answering(answer(0))
    result = await call(session, METHOD, DOSE, "much")
    assert (result.outcome, result.text) == (
        "refused",
        "cell.dose: 'much' is text, the device wants a number; nothing was called",
    )
    assert session.requests == []


async def test_methods_are_found_by_their_names(typed_opcua: Device):
    session = OpcUaSession(typed_opcua.address)
    try:
        await session.open()
        types, owner = DataTypes(session), ua.NodeId("Cell", 2)
        found = await find_method(session, types, owner, Target("ns=2;s=Cell", method="Select"), DOSE)
        assert (found.node, found.argument, found.outputs) == (ua.NodeId("Cell.Select", 2), T.Int32, ("Was",))
        assert found.names == {0: "Stopped", 1: "Running", 2: "Held"}
        with pytest.raises(Uncallable, match="the object has no method Select, but 2:Start"):
            await find_method(session, types, owner, Target("", method="Select", method_namespace=0), DOSE)
    finally:
        await session.close()
