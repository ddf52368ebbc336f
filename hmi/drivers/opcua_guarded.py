"""The library's OPC UA client, on a leash: to whom it gives a user's password, and how it asks what there is."""

from __future__ import annotations

import asyncio
from typing import Any, Final

from asyncua import Client, ua
from asyncua.crypto import security_policies

from hmi.core.plant.security import POLICIES
from hmi.drivers.opcua_wire import guard
from hmi.drivers.supervise import Refused, end_if_cancelled

USER_RETRY_S: Final = 5.0

CLASSES: Final[dict[str, Any]] = {name: getattr(security_policies, f"SecurityPolicy{name}") for name in POLICIES}
NAMES: Final = {policy.URI: name for name, policy in CLASSES.items()}
NONE_URI: Final = security_policies.SecurityPolicyNone.URI


class GuardedClient(Client):
    """The library's client, that gives a user's password to nobody but the server that was judged."""

    plain_password = False

    def __init__(self, *what: Any, **named: Any) -> None:
        super().__init__(*what, **named)
        guard(self)

    def server_policy(self, token_type: ua.UserTokenType) -> ua.UserTokenPolicy:
        """How the server wants a user to identify himself: the safest of its ways; raises Refused if none is safe."""
        offered = [policy for policy in self._policy_ids if policy.TokenType == token_type]
        if token_type == ua.UserTokenType.Anonymous:
            if self._policy_ids and not offered:
                text = 'lets nobody in without a user: write user = "…" in plant.toml'
                raise Refused(f"{self.server_url.netloc} {text}", USER_RETRY_S)
            return super().server_policy(token_type)
        if token_type == ua.UserTokenType.Certificate:
            return self._certificate_policy(offered)
        for policy in offered:
            policy.SecurityPolicyUri = policy.SecurityPolicyUri or self.security_policy.URI
        mode = self.security_policy.Mode
        encrypting = mode != ua.MessageSecurityMode.None_ or self.plain_password
        in_clear = mode == ua.MessageSecurityMode.SignAndEncrypt or self.plain_password  # the channel hides it
        for policy in offered:
            if encrypting and policy.SecurityPolicyUri in NAMES:  # for the certificate that was judged
                return policy
        for policy in offered:
            if in_clear and policy.SecurityPolicyUri == NONE_URI:
                return policy
        why = "takes passwords in clear or badly encrypted only" if offered else "knows no user names"
        raise Refused(f"{self.server_url.netloc} {why}, so none was sent: check its settings", USER_RETRY_S)

    def _certificate_policy(self, offered: list[ua.UserTokenPolicy]) -> ua.UserTokenPolicy:
        """How the server wants a user to sign; what he signs is worth nothing to any other server."""
        for policy in offered:
            policy.SecurityPolicyUri = policy.SecurityPolicyUri or self.security_policy.URI
            if policy.SecurityPolicyUri in NAMES and self.security_policy.Mode != ua.MessageSecurityMode.None_:
                return policy
        why = "takes users' certificates badly signed only" if offered else "lets in no users with certificates"
        raise Refused(f"{self.server_url.netloc} {why}: check its settings", USER_RETRY_S)


async def endpoints(client: GuardedClient) -> list[ua.EndpointDescription]:
    """What the server offers, asked on a connection of its own that anybody may listen to; raises OSError, UaError."""
    asking = Client(client.server_url.geturl(), timeout=client.uaclient._timeout)
    asking.application_uri = client.application_uri
    guard(asking)
    try:
        await asking.connect_socket()
        await asking.send_hello()
        await asking.open_secure_channel()
        offered = await asking.get_endpoints()
        await asking.close_secure_channel()
        end_if_cancelled()
        return list(offered)
    finally:
        protocol = asking.uaclient.protocol
        if protocol is not None and protocol.transport is not None:
            protocol.transport.abort()
        asking.disconnect_socket()
        await asyncio.sleep(0)  # the socket is closed at the loop's next turn
