"""How a connection is protected, as plant.toml writes it: the policy, the user, and what must not stand there."""

from __future__ import annotations

import re
from typing import Any, Final

from hmi.core.errors import Mistake
from hmi.core.nearest import nearest
from hmi.core.plant.model import Connection
from hmi.core.toml import Table

NONE: Final = "None"
POLICIES: Final = ("Basic256Sha256", "Aes128Sha256RsaOaep", "Aes256Sha256RsaPss")
MODES: Final = ("Sign", "SignAndEncrypt")
_BROKEN: Final = ("Basic128Rsa15", "Basic256")  # withdrawn by the OPC Foundation: SHA-1, and padding that leaks
NAME_FORM: Final = r"[a-z][a-z0-9_-]{0,63}"  # of what a station keeps secret
_SECRET: Final = re.compile(rf"secret:({NAME_FORM})")
KEYS: Final = ("user", "allow_plain_password", "user_certificate", "certificate_host")  # that OPC UA alone knows
_EXAMPLE: Final = 'Write security = "Basic256Sha256:SignAndEncrypt"'


def normal(security: str) -> str:
    """A policy and its mode in the one spelling that the program uses: without the underscores of the standard."""
    policy, colon, mode = security.partition(":")
    return policy.replace("_", "") + colon + mode


def protection(connection: Connection) -> str:
    """What protects what a connection sends: none, signed or encrypted. Nothing less than that is ever used."""
    if connection.driver == "modbus":
        return "encrypted" if connection.address.startswith("tls:") else "none"
    mode = connection.security.partition(":")[2]
    return {"Sign": "signed", "SignAndEncrypt": "encrypted"}.get(mode, "none")


def check(row: Table, made: Any) -> list[Mistake]:
    """Every mistake in how one [[connection]] is protected; `made` has its keys."""
    mistakes = [*_policy(row, made.security)]
    if made.driver != "opcua":
        return mistakes
    secured = made.security != NONE
    if made.user and not secured and not made.allow_plain_password:
        what = f"the password of {made.user!r} would go over the network in clear, as security is None"
        mend = f"{_EXAMPLE}; or allow_plain_password = true where everybody on that network may know it"
        mistakes.append(row.mistake("user", what, mend))
    if made.allow_plain_password and (secured or not made.user):
        why = "the password is encrypted" if secured else "there is no user"
        mistakes.append(_idle(row, "allow_plain_password", why))
    if made.user_certificate and not secured:
        what = "a user's certificate proves nothing to a server that may be anybody, as security is None"
        mistakes.append(row.mistake("user_certificate", what, f"{_EXAMPLE}, or take the key out"))
    if made.user_certificate and made.user:
        what = "a session is for one user: there are `user` and `user_certificate`"
        mistakes.append(row.mistake("user_certificate", what, "Take one of them out"))
    if made.certificate_host and not secured:
        mistakes.append(_idle(row, "certificate_host", "no certificate is asked for"))
    return mistakes


def no_password(row: Table) -> list[Mistake]:
    """A mistake where a [[connection]] holds a password, which everybody who reads the plant's files then knows."""
    if "password" not in row.values or secret_named(row):
        return []
    name = str(row.values.get("id", ""))
    mend = f'Take it out and give it to each station: hmi secret set {name}; or name another: password = "secret:NAME"'
    return [row.mistake("password", "a password in a plant file is readable by everybody", mend)]


def secret_named(row: Table) -> str:
    """The secret of each station that a [[connection]] names, `password = "secret:NAME"`; "" none."""
    found = _SECRET.fullmatch(str(row.values.get("password", "")))
    return found[1] if found else ""


def variable(secret: str) -> str:
    """The environment variable that may hold a secret of this name, such as the password of a connection's user."""
    return "HMI_PASSWORD_" + secret.upper().replace("-", "_")


def _idle(row: Table, key: str, why: str) -> Mistake:
    return row.mistake(key, f"`{key}` does nothing here: {why}", "Remove it", "warning")


def _policy(row: Table, security: str) -> list[Mistake]:
    if security == NONE:
        return []
    policy, _, mode = normal(security).partition(":")
    if policy in _BROKEN:
        what = f"the security policy {policy} is broken and no longer to be used"
        return [row.mistake("security", what, f"{_EXAMPLE}, and set up the server for it")]
    if policy not in POLICIES:
        found = nearest(policy, (NONE, *POLICIES))
        close = found[0] if found else POLICIES[0]
        mend = 'Write security = "None"' if close == NONE else f'Write security = "{close}:{mode or MODES[1]}"'
        return [row.mistake("security", f"{security!r} is not a security policy", mend)]
    if not mode:
        what = f"security {security!r} does not say whether to sign or to sign and encrypt"
        return [row.mistake("security", what, f'Write security = "{policy}:SignAndEncrypt", or …:Sign')]
    if mode not in MODES:
        found = nearest(mode, MODES)
        mend = f'Write security = "{policy}:{found[0] if found else MODES[1]}"'
        return [row.mistake("security", f"{mode!r} is not a mode of security", mend)]
    return []
