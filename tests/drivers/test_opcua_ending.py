from __future__ import annotations

import pytest
from asyncua import ua

from hmi.core.errors import DeviceError
from hmi.drivers.opcua_ending import Ending


def test_a_session_that_goes_on_raises_nothing():
    Ending().check("plc:4840")


@pytest.mark.parametrize("how", ["status", "error"])
def test_a_subscription_that_the_server_ends_is_told_in_words(how: str):
    ending = Ending()
    if how == "status":
        ending.status(ua.StatusCodes.BadTimeout)
    else:
        ending.error(ua.UaStatusCodeError(ua.StatusCodes.BadTimeout))
    with pytest.raises(DeviceError, match=r"plc:4840: the server ended the subscription \(.+\), so nothing more comes"):
        ending.check("plc:4840")


def test_what_is_told_in_words_already_stays():
    ending = Ending()
    ending.error(DeviceError("it has forgotten every subscription"))
    with pytest.raises(DeviceError, match="plc:4840: it has forgotten every subscription"):
        ending.check("plc:4840")


def test_our_own_fault_comes_out_as_it_is():
    ending = Ending()
    ending.error(ZeroDivisionError("ours"))
    with pytest.raises(ZeroDivisionError, match="ours"):
        ending.check("plc:4840")
