"""Several faces of one OPC UA server, each on a port of its own: `secured_opcua_server.py FACES.json SEEN`.

A face has its own certificate, policies and description. What a user sends as his password is written to SEEN, so
that a test can see what got here. Prints `ready` when all listen.
"""

from __future__ import annotations

import asyncio
import copy
import hashlib
import json
import logging
import sys
from pathlib import Path

from asyncua import Server, ua
from asyncua.crypto import security_policies, uacrypto
from asyncua.crypto.permission_rules import User, UserRole
from asyncua.server.binary_server_asyncio import BinaryServer

PASSWORDS = {"operator": "Gurke-42"}
TOKENS = {
    "anonymous": ua.AnonymousIdentityToken,
    "user": ua.UserNameIdentityToken,
    "certificate": ua.X509IdentityToken,
}


class Door:
    """Lets users in, and notes down what they said."""

    def __init__(self, seen: Path) -> None:
        self._seen = seen

    def get_user(self, iserver, username=None, password=None, certificate=None):
        """Give the user, None to refuse him."""
        if certificate is not None and username is None:  # of a user; of an anonymous one's station
            mark = hashlib.sha256(certificate).hexdigest()
            known = (self._seen.parent / "users").read_text().split()
            if mark in known:
                with self._seen.open("a") as file:
                    file.write(f"certificate {mark}\n")
            return None if f"not-{mark}" in known else User(role=UserRole.User)
        if username is None:
            return User(role=UserRole.User)
        with self._seen.open("a") as file:
            file.write(f"{username} {password}\n")
        return User(role=UserRole.User) if PASSWORDS.get(username) == password else None


class Suspicious:
    """Turns away every client that shows a certificate."""

    async def __call__(self, certificate, description):
        raise ua.UaStatusCodeError(ua.StatusCodes.BadCertificateUntrusted)


def make_two_faced(inner) -> None:
    """Say one thing to who asks on an open channel, another on the signed one."""
    tell, asked = inner.get_endpoints, []

    async def otherwise(*what, **named):
        asked.append(what)
        endpoints = await tell(*what, **named)
        if len(asked) % 2 == 0:
            for endpoint in endpoints:
                endpoint.Server.ApplicationUri = "urn:somebody:else"
        return endpoints

    inner.get_endpoints = otherwise


def face_of(server: Server, face: dict) -> BinaryServer:
    """One more front of the same address space."""
    inner = copy.copy(server.iserver)
    inner.endpoints = []
    inner.certificate = uacrypto.x509_from_der(Path(face["certificate"]).read_bytes())
    keys = Path(face["key"]).read_bytes()
    inner.private_key = uacrypto.serialization.load_pem_private_key(keys, None)
    inner.supported_tokens = tuple(TOKENS[name] for name in face.get("tokens", ["anonymous", "user"]))
    if face.get("suspicious"):
        inner.certificate_validator = Suspicious()
    front = copy.copy(server)
    front.iserver = inner
    front._application_uri = face["uri"]
    front.endpoint = server.endpoint._replace(netloc=f"127.0.0.1:{face['port']}")
    factories = []
    front._security_policy = [ua.SecurityPolicyType[name] for name in face["policies"]]
    for kind in front._security_policy:
        policy, mode, level = security_policies.SECURITY_POLICY_TYPE_MAP[kind]
        front._set_endpoints(policy, mode, level)
        factories.append(security_policies.SecurityPolicyFactory(policy, mode, inner.certificate, inner.private_key))
    if "shows" in face:  # a certificate that is not the one whose key it has
        for endpoint in inner.endpoints:
            endpoint.ServerCertificate = Path(face["shows"]).read_bytes()
    for endpoint in inner.endpoints:
        for token in endpoint.UserIdentityTokens:
            if "token_policy" in face and token.TokenType == ua.UserTokenType.UserName:
                token.SecurityPolicyUri = face["token_policy"]
    if face.get("two-faced"):
        make_two_faced(inner)
    made = BinaryServer(inner, "127.0.0.1", face["port"], server.limits)
    made.set_policies(factories)
    return made


async def main(faces: list[dict], seen: Path) -> None:
    """Serve until killed."""
    server = Server(user_manager=Door(seen))
    await server.init()
    server.set_endpoint("opc.tcp://127.0.0.1:0")
    server.set_security_policy([ua.SecurityPolicyType.NoSecurity])
    space = await server.register_namespace("urn:test:filler")
    name = ua.QualifiedName("Level", space)
    node = await server.nodes.objects.add_variable(ua.NodeId("Level", space), name, 1.0, ua.VariantType.Double)
    await node.set_writable()
    async with server:
        for face in faces:
            await face_of(server, face).start()
        print("ready", flush=True)  # noqa: T201
        value = 0.0
        while True:
            value += 1.0
            await server.write_attribute_value(node.nodeid, ua.DataValue(ua.Variant(value, ua.VariantType.Double)))
            await asyncio.sleep(0.1)


if __name__ == "__main__":
    logging.getLogger("asyncua").setLevel(logging.CRITICAL + 1)
    asyncio.run(main(json.loads(Path(sys.argv[1]).read_text()), Path(sys.argv[2])))
