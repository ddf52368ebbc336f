"""To whom a user's password is given: the safest way that a server offers, or none."""

from __future__ import annotations

import pytest
from asyncua import Client, ua

from hmi.drivers.opcua_guarded import CLASSES, NONE_URI, GuardedClient, endpoints
from hmi.drivers.supervise import Refused
from tests.drivers.devices import Device

BASIC = CLASSES["Basic256Sha256"].URI
AES = CLASSES["Aes256Sha256RsaPss"].URI
RSA15 = "http://opcfoundation.org/UA/SecurityPolicy#Basic128Rsa15"
NONE, SIGN, CIPHER = (
    ua.MessageSecurityMode.None_,
    ua.MessageSecurityMode.Sign,
    ua.MessageSecurityMode.SignAndEncrypt,
)
USER, ANYBODY = ua.UserTokenType.UserName, ua.UserTokenType.Anonymous


def client(mode: ua.MessageSecurityMode, *offered: str, plain: bool = False, kind=USER) -> GuardedClient:
    """A client whose server takes users in these ways."""
    made = GuardedClient("opc.tcp://plc:4840")
    made.security_policy.Mode = mode
    made.security_policy.URI = NONE_URI if mode == NONE else BASIC
    made.plain_password = plain
    made._policy_ids = [ua.UserTokenPolicy(PolicyId=uri, TokenType=kind, SecurityPolicyUri=uri) for uri in offered]
    return made


@pytest.mark.parametrize(
    ("mode", "offered", "plain", "chosen"),
    [
        (CIPHER, [NONE_URI, BASIC], False, BASIC),
        (CIPHER, [NONE_URI], False, NONE_URI),  # the channel itself hides it
        (CIPHER, [RSA15, NONE_URI], False, NONE_URI),
        (CIPHER, [""], False, BASIC),  # the endpoint's own
        (SIGN, [NONE_URI, AES], False, AES),
        (SIGN, [""], False, BASIC),
        (SIGN, [NONE_URI], False, None),
        (SIGN, [RSA15], False, None),
        (CIPHER, [RSA15], False, None),
        (NONE, [NONE_URI], False, None),
        (NONE, [BASIC], False, None),  # for whose certificate? nobody judged one
        (NONE, [""], False, None),
        (NONE, [], False, None),
        (NONE, [NONE_URI, BASIC], True, BASIC),
        (NONE, [NONE_URI], True, NONE_URI),
        (NONE, [""], True, NONE_URI),
        (NONE, [RSA15], True, None),
    ],
)
def test_the_way_a_password_goes(mode, offered: list[str], plain: bool, chosen: str | None):
    made = client(mode, *offered, plain=plain)
    if chosen is None:
        with pytest.raises(Refused, match=r"plc:4840 (takes passwords|knows no user)"):
            made.server_policy(USER)
    else:
        assert made.server_policy(USER).SecurityPolicyUri == chosen


def test_anybody_where_the_server_lets_anybody_in():
    assert client(SIGN, NONE_URI, kind=ANYBODY).server_policy(ANYBODY).PolicyId == NONE_URI
    with pytest.raises(Refused, match="lets nobody in without a user"):
        client(SIGN, NONE_URI).server_policy(ANYBODY)


async def test_what_a_server_offers(shared_opcua: Device):
    made = GuardedClient(shared_opcua.address)
    (offered,) = await endpoints(made)
    assert offered.SecurityPolicyUri == NONE_URI
    assert isinstance(made, Client)
    shared_opcua.freeze()
    try:
        made = GuardedClient(shared_opcua.address, timeout=0.3)
        with pytest.raises(TimeoutError):
            await endpoints(made)
    finally:
        shared_opcua.thaw()
