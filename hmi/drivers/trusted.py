"""What there is to know of the certificates of a station and of its servers, for people who decide on them."""

from __future__ import annotations

import contextlib
from pathlib import Path
from typing import Any, Final

from cryptography import x509

from hmi.drivers.certificates import BROKEN, Lists, alternative_names, at, fingerprint, name_of, plain, thumbprint
from hmi.drivers.expiry import NOTICE_DAYS
from hmi.drivers.pki import KINDS, NEXT, OwnCertificateError, Pki
from hmi.drivers.seen import Seen, noted

STATES: Final = {"trusted": "trusted", "issuers": "issuer", "rejected": "waiting", "refused": "refused"}


def facts_of(certificate: x509.Certificate, now_ns: int) -> dict[str, Any]:
    """All that a certificate says, as plain words and lists."""
    uris, hosts = alternative_names(certificate)
    return {
        "name": name_of(certificate),
        "subject": plain(certificate.subject.rfc4514_string()),
        "issuer": plain(certificate.issuer.rfc4514_string()),
        "application": [plain(uri) for uri in uris],
        "hosts": [plain(host) for host in hosts],
        "from": certificate.not_valid_before_utc.isoformat(),
        "until": certificate.not_valid_after_utc.isoformat(),
        "days_left": (certificate.not_valid_after_utc - at(now_ns)).days,
        "fingerprint": fingerprint(certificate),
        "thumbprint": thumbprint(certificate),
    }


def own_facts(pki: Pki, now_ns: int) -> dict[str, Any]:
    """The station's own certificate, made if there is none yet, and the one that waits to take its place."""
    try:
        own = pki.own(now_ns)
    except OwnCertificateError as error:
        return {"fault": str(error)}
    found: dict[str, Any] = {"own": facts_of(own.certificate, now_ns) | {"uri": own.uri, "der": own.der}}
    if (pki.folder / "own" / NEXT).exists():
        with contextlib.suppress(OwnCertificateError):
            after = pki.renewed(now_ns)
            found["next"] = facts_of(after.certificate, now_ns) | {"uri": after.uri, "der": after.der}
    return found


def server_facts(folder: Path, now_ns: int) -> list[dict[str, Any]]:
    """Every certificate of the lists: where it stands, who showed it, its chain, and what is to be said of it."""
    pki, seen = Pki(folder), noted(folder)
    lists = Lists(
        [one.certificate for one in pki.entries("trusted")], [one.certificate for one in pki.entries("issuers")]
    )
    found = []
    for kind in KINDS:
        for entry in pki.entries(kind):
            facts = facts_of(entry.certificate, now_ns)
            shown = seen.get(facts["fingerprint"])
            facts |= {"list": kind, "state": STATES[kind], "file": str(entry.path)} | _shown(shown)
            facts["chain"] = _chain(entry.certificate, shown, lists)
            found.append(facts)
    return found


def _shown(seen: Seen | None) -> dict[str, Any]:
    if seen is None:
        return {"connection": "", "where": "", "seen_ns": 0, "why": ""}
    return {"connection": seen.connection, "where": seen.where, "seen_ns": seen.time_ns, "why": seen.why}


def _chain(certificate: x509.Certificate, seen: Seen | None, lists: Lists) -> list[str]:
    """The names from the certificate up to where its issuers are known no further."""
    others = [*lists.issuers, *lists.trusted]
    for part in seen.chain if seen is not None else ():
        with contextlib.suppress(*BROKEN):
            others.append(x509.load_der_x509_certificate(part))
    line = [certificate]
    while line[-1].issuer != line[-1].subject and len(line) <= len(others):
        above = next((one for one in others if one not in line and one.subject == line[-1].issuer), None)
        if above is None:
            return [*map(name_of, line), f"{plain(line[-1].issuer.rfc4514_string())} (not known here)"]
        line.append(above)
    return [name_of(one) for one in line]


def ends_soon(folder: Path, now_ns: int) -> list[tuple[str, int]]:
    """Certificates in use that end within the first notice: the station's own and those trusted; name and days left."""
    pki = Pki(folder)
    used = [entry.certificate for entry in pki.entries("trusted")]
    if (pki.folder / "own").exists():
        with contextlib.suppress(OwnCertificateError):
            used.insert(0, pki.own(now_ns).certificate)
    left = [(name_of(one), (one.not_valid_after_utc - at(now_ns)).days) for one in used]
    return sorted(((name, days) for name, days in left if days <= NOTICE_DAYS[0]), key=lambda one: one[1])
