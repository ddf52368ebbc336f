"""`hmi trust`: whom this station believes to be a server, decided by a person who compared the fingerprint."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from hashlib import sha256
from pathlib import Path
from typing import Any, Final

import msgspec
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from hmi.clock import MachineClock
from hmi.commands.places import data_folder, who
from hmi.core.errors import HmiError
from hmi.drivers.certificates import MOST_BYTES, fingerprint, name_of
from hmi.drivers.decisions import Decision, lay_down
from hmi.drivers.pki import KINDS, NEXT, Entry, Own, OwnCertificateError, Pki
from hmi.drivers.requested import request, take, waits
from hmi.drivers.trusted import facts_of
from hmi.update.ownership import as_caller, as_owner

_WHOLE: Final = 64  # digits of a fingerprint


def trust(options: argparse.Namespace) -> int:
    """Do what was asked with the station's lists of certificates; 1 if the answer is no."""
    actions: dict[str, Callable[[Pki, argparse.Namespace], int]]
    actions = {"list": _list, "show": _show, "accept": _accept, "refuse": _refuse}
    actions |= {"remove": _remove, "own": _own, "renew": _renew, "request": _request, "import": _import}
    folder = data_folder(options)
    if not folder.is_dir():
        raise HmiError(f"There is no data folder {folder}: start the engine once, or name its folder with --data")
    try:
        with as_owner(folder):  # an administrator's decision must be one that the engine can read
            return actions[options.action](Pki(folder), options)
    except OSError as error:
        raise HmiError(f"{error.filename or folder}: {error.strerror}: use the engine's own user account") from None


def _list(pki: Pki, options: argparse.Namespace) -> int:
    entries = [entry for kind in KINDS for entry in pki.entries(kind)]
    for path in pki.unreadable():
        print(f"hmi: {path} holds no certificate and counts for nothing", file=sys.stderr)
    if options.json:
        _print({"certificates": [_facts(entry) for entry in entries]})
        return 0
    for entry in entries:
        facts = _facts(entry)
        print(f"{entry.kind:9} {fingerprint(entry.certificate)[:16]}… {facts['until'][:10]} {facts['name']}")
    if not entries:
        print("No certificates yet: what a server shows is listed here once an engine has tried to connect.")
    return 0


def _show(pki: Pki, options: argparse.Namespace) -> int:
    facts = _facts(_only(pki.find(options.fingerprint), options.fingerprint))
    if options.json:
        _print(facts)
        return 0
    for key, value in facts.items():
        print(f"{key.replace('_', ' '):12} {', '.join(value) if isinstance(value, list) else value}")
    return 0


def _accept(pki: Pki, options: argparse.Namespace) -> int:
    if len("".join(char for char in options.fingerprint if char.isalnum())) != _WHOLE:
        raise HmiError(f"To trust takes the whole fingerprint, all {_WHOLE} digits: a part of one can be forged")
    found = pki.find(options.fingerprint, ("rejected", "issuers", "refused"))
    if not found and pki.find(options.fingerprint, ("trusted",)):
        _say(options, "is trusted already", options.fingerprint)
        return 0
    entry = _only(found, options.fingerprint)
    pki.accept(entry)
    _lay_down(pki, "accepted", f"{_told(entry.certificate)} is trusted from now on", options.why)
    _say(options, "is trusted now; a running engine connects within seconds", fingerprint(entry.certificate))
    return 0


def _remove(pki: Pki, options: argparse.Namespace) -> int:
    entry = _only(pki.find(options.fingerprint), options.fingerprint)
    pki.forget(entry)
    _lay_down(pki, "removed", f"{_told(entry.certificate)} is no longer {entry.kind}")
    until = "; a session that is open stays until it ends" if entry.kind == "trusted" else ""
    _say(options, f"is no longer {entry.kind}{until}", fingerprint(entry.certificate))
    return 0


def _refuse(pki: Pki, options: argparse.Namespace) -> int:
    entry = _only(pki.find(options.fingerprint, ("rejected", "trusted")), options.fingerprint)
    pki.refuse(entry)
    _lay_down(pki, "refused", f"{_told(entry.certificate)} is refused from now on", options.why)
    _say(options, "is refused, though somebody may trust its issuer", fingerprint(entry.certificate))
    return 0


def _own(pki: Pki, options: argparse.Namespace) -> int:
    return _show_own(pki.own(MachineClock().now_ns()), pki.folder / "own" / "cert.der", options)


def _renew(pki: Pki, options: argparse.Namespace) -> int:
    """First make a new certificate, for the servers to trust it, too; then put it into use."""
    if options.use:
        own = pki.use_renewed()
        _lay_down(pki, "renewed", f"the station's certificate is {fingerprint(own.certificate)} from now on")
        _say(options, "is the station's from the next connect on", fingerprint(own.certificate))
        return 0
    is_new = not (pki.folder / "own" / NEXT).exists()
    own = pki.renewed(MachineClock().now_ns())
    if is_new:
        _lay_down(pki, "renewal made", f"a new certificate of the station, not in use: {fingerprint(own.certificate)}")
    shown = _show_own(own, pki.folder / "own" / NEXT, options)
    if not options.json:
        print("Have the servers trust it beside the present one, then: hmi trust renew --use")
    return shown


def _request(pki: Pki, options: argparse.Namespace) -> int:
    """A request for the plant's own authority; the station goes on with the certificate that it has."""
    is_new = not waits(pki)
    made = request(pki, options.host, MachineClock().now_ns())
    data = made.public_bytes(serialization.Encoding.PEM)
    _write(options.out, data)
    if is_new:
        key = made.public_key().public_bytes(
            serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
        )
        text = f"a certificate of the plant's authority is asked for, with the key {sha256(key).hexdigest().upper()}"
        _lay_down(pki, "request made", text)
    if options.json:
        _print({"request": data.decode(), "file": str(options.out)})
        return 0
    print(f"{options.out}: for the authority to sign, with its names as they are; then: hmi trust import FILE")
    return 0


def _import(pki: Pki, options: argparse.Namespace) -> int:
    """What the authority issued, judged; it waits beside the one in use, as a renewed one does."""
    with as_caller():
        data = [_read(path) for path in options.files]
    try:
        own, issuers = take(pki, data, MachineClock().now_ns())
    except OwnCertificateError as error:
        raise HmiError(f"{', '.join(map(str, options.files))}: {error}") from None
    by = f", issued by {', '.join(map(name_of, issuers))}" if issuers else ""
    _lay_down(
        pki, "imported", f"a certificate of the station, not in use: {fingerprint(own.certificate)}{by}", options.why
    )
    shown = _show_own(own, pki.folder / "own" / NEXT, options)
    if not options.json:
        print("Where servers do not trust its authority, have them trust it; then: hmi trust renew --use")
    return shown


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as given:
            return given.read(MOST_BYTES + 1)  # what is longer is no certificate
    except OSError as error:
        raise HmiError(f"{file} cannot be read: {error.strerror}. Nothing was changed") from None


def _write(file: Path, data: bytes) -> None:
    try:
        with as_caller():
            file.write_bytes(data)
    except OSError as error:
        raise HmiError(f"{file} cannot be written: {error.strerror}") from None


def _lay_down(pki: Pki, event: str, text: str, why: str = "") -> None:
    user, station = who(pki.folder.parent)
    lay_down(pki.folder.parent, Decision(MachineClock().now_ns(), event, text, user, station, why=why))


def _told(certificate: x509.Certificate) -> str:
    return f"the certificate of {name_of(certificate)!r}, {fingerprint(certificate)},"


def _show_own(own: Own, file: Path, options: argparse.Namespace) -> int:
    if options.out:
        _write(options.out, own.der)
    facts = {**_facts(Entry("own", file, own.certificate)), "uri": own.uri}
    if options.json:
        _print(facts)
        return 0
    for key in ("name", "uri", "fingerprint", "thumbprint", "until", "file"):
        print(f"{key:12} {facts[key]}")
    return 0


def _only(found: list[Entry], text: str) -> Entry:
    """The one that is meant; the same certificate may stand in several lists, the first of which counts."""
    marks = {fingerprint(entry.certificate) for entry in found}
    if not found:
        raise HmiError(f"There is no certificate {text}: hmi trust list has all of them")
    if len(marks) > 1:
        raise HmiError(f"{len(marks)} certificates begin with {text}: write more of the fingerprint")
    return found[0]


def _facts(entry: Entry) -> dict[str, Any]:
    return {"list": entry.kind, **facts_of(entry.certificate, MachineClock().now_ns()), "file": str(entry.path)}


def _say(options: argparse.Namespace, what: str, mark: str) -> None:
    if options.json:
        _print({"fingerprint": mark, "result": what})
    else:
        print(f"{mark} {what}")


def _print(document: Any) -> None:
    print(msgspec.json.format(msgspec.json.encode(document), indent=1).decode())
