"""What protects an OPC UA session: whom we talk to, who we are, and where a password may go.

The server's certificate is asked for on an open channel, judged, and only then used: the channel, the session and the
answers of the session must all be of its key, so a stranger in between gets as far as showing his own certificate.
"""

from __future__ import annotations

import contextlib
import logging
from pathlib import Path
from typing import Final

from asyncua import ua
from cryptography import x509
from cryptography.exceptions import InvalidSignature

from hmi.clock import Clock
from hmi.core.errors import DeviceError
from hmi.core.plant.model import Connection
from hmi.core.plant.security import MODES, NONE, POLICIES, normal
from hmi.drivers.certificates import (
    BadCertificate,
    Unknown,
    alternative_names,
    at,
    check_uri,
    fingerprint,
    judge,
    name_of,
    read_chain,
)
from hmi.drivers.expiry import Expiry
from hmi.drivers.opcua_guarded import CLASSES, NONE_URI, GuardedClient, endpoints
from hmi.drivers.passwords import password_soon
from hmi.drivers.pki import Own, OwnCertificateError, Pki
from hmi.drivers.seen import Seen, note
from hmi.drivers.supervise import Misconfigured, Refused
from hmi.drivers.user_certificates import user_certificate

log = logging.getLogger("hmi.drivers")

UNTRUSTED_RETRY_S: Final = 5.0  # a person may be deciding just now
PASSWORD_RETRY_S: Final = 60.0  # servers lock accounts after a few wrong passwords
CHANNEL_MS: Final = 3_600_000  # new keys after three quarters of it

_STATION_REFUSED: Final = (
    ua.StatusCodes.BadSecurityChecksFailed,
    ua.StatusCodes.BadCertificateUntrusted,
    ua.StatusCodes.BadCertificateInvalid,
    ua.StatusCodes.BadCertificateUriInvalid,
    ua.StatusCodes.BadCertificateTimeInvalid,
    ua.StatusCodes.BadCertificateUseNotAllowed,
    ua.StatusCodes.BadCertificateHostNameInvalid,
    ua.StatusCodes.BadCertificateRevoked,
    ua.StatusCodes.BadCertificateChainIncomplete,
)
_USER_REFUSED: Final = (
    ua.StatusCodes.BadUserAccessDenied,
    ua.StatusCodes.BadIdentityTokenRejected,
    ua.StatusCodes.BadIdentityTokenInvalid,
    ua.StatusCodes.BadUserSignatureInvalid,
)


class Protection:
    """How the sessions of one connection are protected. Belongs to the driver's event loop."""

    def __init__(self, connection: Connection, folder: Path | None, clock: Clock) -> None:
        self._connection = connection
        self._folder = folder
        self._clock = clock
        self._policy, _, self._mode = normal(connection.security).partition(":")
        self._pki = None if folder is None else Pki(folder)
        self.expiry = Expiry(connection.id, clock)
        self._judged = False  # whether this attempt got as far as a server that may be believed
        if self.secured and self._pki is not None:
            with contextlib.suppress(DeviceError):  # told when a session is opened
                self._pki.own(clock.now_ns())  # the first time it takes a second: better before the loop runs

    @property
    def secured(self) -> bool:
        """Whether sessions are signed, at least."""
        return self._connection.security != NONE

    def check(self) -> None:
        """Raise Misconfigured where no attempt can or may be made."""
        connection = self._connection
        if self.secured and (self._policy not in CLASSES or self._mode not in MODES):
            raise Misconfigured(
                f"there is no security '{connection.security}', so nothing of {connection.id} can be had: "
                f'write security = "{POLICIES[0]}:{MODES[1]}"'
            )
        if self.secured and self._pki is None:
            raise Misconfigured(f"security of {connection.id} needs a data folder, for the certificates: name one")
        if connection.user_certificate and (not self.secured or connection.user):
            why = "beside a user with a password" if connection.user else "as its security is None"
            raise Misconfigured(
                f"the user's certificate {connection.user_certificate} cannot be used for {connection.id} {why}: "
                "write a security policy, and either user or user_certificate"
            )
        if connection.user and not self.secured and not connection.allow_plain_password:
            raise Misconfigured(
                f"the password of '{connection.user}' would go to {connection.id} in clear, as its security is None: "
                "write a security policy, or allow_plain_password = true"
            )

    def client(self, address: str, timeout: float, watchdog_s: float) -> GuardedClient:
        """A client for one session, not yet connected."""
        client = GuardedClient(address, timeout=timeout, watchdog_intervall=watchdog_s)
        client.secure_channel_timeout = CHANNEL_MS
        client.plain_password = self._connection.allow_plain_password and not self.secured
        return client

    async def prepare(self, client: GuardedClient, where: str) -> None:
        """Make a client ready to connect: keys, the judged server, the user; raises DeviceError."""
        self.check()
        self._judged = False
        connection = self._connection
        if connection.user:
            client.set_user(connection.user)
            secret = connection.secret or connection.id
            client.set_password(await password_soon(secret, connection.user, self._folder))
        if not self.secured or self._pki is None:
            return
        try:
            own = self._pki.own(self._clock.now_ns())
        except OwnCertificateError as error:
            raise Refused(str(error), UNTRUSTED_RETRY_S) from error
        endpoint = self._choose(await endpoints(client), where)
        server = self._judge(endpoint, client.server_url.hostname or "", where)
        self._protect(client, own, server, where)
        self._identify(client)
        for text in self.expiry.urgent():
            log.warning("%s", text)
        self._judged = True

    def _identify(self, client: GuardedClient) -> None:
        """Say who the user is, where he has a certificate; raises Refused."""
        if not self._connection.user_certificate or self._folder is None:
            return
        now = at(self._clock.now_ns())
        user = user_certificate(self._connection.id, self._connection.user_certificate, self._folder, now)
        client.user_certificate, client.user_private_key = user.certificate, user.key
        client.user_certificate_chain = list(user.issuers)
        self.expiry.use("the user", user.certificate)

    def _choose(self, offered: list[ua.EndpointDescription], where: str) -> ua.EndpointDescription:
        """The server's endpoint with our policy and mode; never one with less. Its address is not followed."""
        wanted = (CLASSES[self._policy].URI, self._mode)
        for endpoint in offered:
            if (endpoint.SecurityPolicyUri, _mode(endpoint)) == wanted and _is_binary(endpoint):
                return endpoint
        has = sorted({_words(endpoint) for endpoint in offered if _is_binary(endpoint)})
        raise Refused(
            f"{where} does not offer {self._policy}:{self._mode}, but {', '.join(has) or 'nothing that can be used'}: "
            "set up the server for it; nothing less is used, as it may not be the server that answers",
            UNTRUSTED_RETRY_S,
        )

    def _judge(self, endpoint: ua.EndpointDescription, host: str, where: str) -> x509.Certificate:
        """The server's certificate, if it may be believed; kept for a person to look at if not."""
        assert self._pki is not None
        chain = None
        try:
            chain = read_chain(endpoint.ServerCertificate or b"")
            now = at(self._clock.now_ns())
            judge(chain, self._pki.lists(), self._connection.certificate_host or host, now)
            check_uri(chain[0], str(endpoint.Server.ApplicationUri or ""))
        except BadCertificate as error:
            self._keep(chain, where, str(error))
            raise Refused(f"{where} {error}", UNTRUSTED_RETRY_S) from error
        except Unknown as error:
            assert chain is not None
            self._keep(chain, where, str(error))
            raise Refused(self._decide(chain[0], str(error), where), UNTRUSTED_RETRY_S) from error
        self._note(chain, where, "")
        self.expiry.use(f"the server {where}", chain[0])
        return chain[0]

    def _keep(self, chain: list[x509.Certificate] | None, where: str, why: str) -> None:
        if chain and self._pki is not None:
            try:
                self._pki.reject(chain[0])
            except OSError as error:
                log.warning("%s: the server's certificate could not be kept: %s", self._connection.id, error)
            self._note(chain, where, why)

    def _note(self, chain: list[x509.Certificate], where: str, why: str) -> None:
        """Who showed it and what came of it, for the person who decides."""
        if self._folder is not None:
            try:
                note(self._folder, chain, Seen(self._connection.id, where, self._clock.now_ns(), why))
            except OSError as error:
                log.warning("%s: what its server showed could not be noted: %s", self._connection.id, error)

    def _decide(self, certificate: x509.Certificate, what: str, where: str) -> str:
        """What a person is asked to do about a stranger."""
        assert self._pki is not None
        mark = fingerprint(certificate)
        before = self._before(certificate)
        changed = f"; this server had another one before ({before[:16]}…), so ask who changed it" if before else ""
        return (
            f"{where} shows {what} ('{name_of(certificate)}'){changed}: compare its fingerprint with the server's, "
            f"then hmi trust accept {mark}"
        )

    def _before(self, certificate: x509.Certificate) -> str:
        """The fingerprint of a trusted certificate of the same application, if there is one."""
        assert self._pki is not None
        for entry in self._pki.entries("trusted"):
            if _uris(entry.certificate) & _uris(certificate):
                return fingerprint(entry.certificate)
        return ""

    def _protect(self, client: GuardedClient, own: Own, server: x509.Certificate, where: str) -> None:
        mode = ua.MessageSecurityMode[self._mode]
        policy = CLASSES[self._policy](server, own.certificate, own.key, mode)
        client.application_uri = own.uri
        client.security_policy = policy
        client.uaclient.set_security(policy)

        async def again(certificate: x509.Certificate, description: ua.ApplicationDescription) -> None:
            """What the server says of itself on the signed channel counts; before, anybody could have said it."""
            try:
                check_uri(certificate, str(description.ApplicationUri or ""))
            except BadCertificate as error:
                raise Refused(f"{where} {error}", UNTRUSTED_RETRY_S) from error

        client.certificate_validator = again
        self.expiry.use("the station", own.certificate)

    def refusal(self, error: BaseException, where: str) -> DeviceError | None:
        """What a failed attempt has to do with security, in words; None if nothing."""
        if isinstance(error, DeviceError):
            return error
        code = error.code if isinstance(error, ua.UaStatusCodeError) else 0
        if code in _USER_REFUSED:
            return self._user_refusal(ua.status_codes.get_name_and_doc(code)[0], where)
        if not self._judged:
            return None
        if code in _STATION_REFUSED:
            name, _ = ua.status_codes.get_name_and_doc(code)
            text = (
                f"{where} does not trust this station ({name}): give it the station's certificate "
                "(hmi trust own --out station.der) and trust it there"
            )
            return Refused(text, UNTRUSTED_RETRY_S)
        if isinstance(error, InvalidSignature) or type(error) is ua.UaError:
            text = f"{where} does not prove that the certificate it shows is its own: somebody may be in between"
            return Refused(text, UNTRUSTED_RETRY_S)
        # An AssertionError is what the library makes of a server that answers the opening with a fault.
        silent = isinstance(error, ConnectionError | TimeoutError | AssertionError)
        if silent and not isinstance(error, ConnectionRefusedError):
            return Refused(
                f"{where} gives up when the secure channel is opened: it may not trust this station yet "
                "(hmi trust own --out station.der), or not be the owner of its certificate",
                UNTRUSTED_RETRY_S,
            )
        return None

    def _user_refusal(self, name: str, where: str) -> Refused:
        if self._connection.user_certificate:
            text = f"{where} refuses the user's certificate ({name}): let the server trust it, and give him rights"
            return Refused(text, PASSWORD_RETRY_S)
        if not self._connection.user:
            return Refused(f"{where} wants a user ({name}): write user = … in plant.toml", UNTRUSTED_RETRY_S)
        text = f"{where} refuses the user '{self._connection.user}' or the password ({name}): check both"
        return Refused(text, PASSWORD_RETRY_S)


def _is_binary(endpoint: ua.EndpointDescription) -> bool:
    return str(endpoint.EndpointUrl or "").startswith("opc.tcp://")


def _mode(endpoint: ua.EndpointDescription) -> str:
    return str(getattr(endpoint.SecurityMode, "name", ""))


def _words(endpoint: ua.EndpointDescription) -> str:
    """An endpoint's protection as plant.toml would call it."""
    if endpoint.SecurityPolicyUri == NONE_URI:
        return NONE
    policy = str(endpoint.SecurityPolicyUri or "?").rpartition("#")[2]
    return normal(f"{''.join(char for char in policy if char.isalnum())[:40]}:{_mode(endpoint)}")


def _uris(certificate: x509.Certificate) -> set[str]:

    return set(alternative_names(certificate)[0])
