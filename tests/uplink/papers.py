"""A certificate authority of the tests' own, and what it signs for a PostgreSQL."""

from __future__ import annotations

import datetime as dt
import ipaddress
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from tests.uplink.cluster import Cluster


class Authority:
    """Who signs certificates of servers."""

    def __init__(self, name: str) -> None:
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, name)])
        made = self._began(self._name, self._key.public_key())
        self._own = made.add_extension(x509.BasicConstraints(True, 0), True).sign(self._key, hashes.SHA256())

    def write(self, path: Path) -> Path:
        """Its own certificate, for whoever is to believe it."""
        path.write_bytes(self._own.public_bytes(serialization.Encoding.PEM))
        return path

    def equip(self, cluster: Cluster, *hosts: str) -> None:
        """Give a server a key and a certificate for these hosts, and start it with them."""
        key = ec.generate_private_key(ec.SECP256R1())
        names: list[x509.GeneralName] = [
            x509.IPAddress(ipaddress.ip_address(host)) if host[0].isdigit() else x509.DNSName(host) for host in hosts
        ]
        subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, hosts[0])])
        made = self._began(subject, key.public_key()).add_extension(x509.SubjectAlternativeName(names), False)
        text = made.sign(self._key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        (cluster.data / "server.crt").write_bytes(text)
        pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        file = cluster.data / "server.key"
        file.write_bytes(key.private_bytes(pem, pkcs8, serialization.NoEncryption()))
        file.chmod(0o600)
        cluster.own(file)
        cluster.stop()
        cluster.options = ["ssl=on"]
        cluster.start()

    def _began(self, subject: x509.Name, key: ec.EllipticCurvePublicKey) -> x509.CertificateBuilder:
        now = dt.datetime.now(dt.UTC)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - dt.timedelta(days=1))
            .not_valid_after(now + dt.timedelta(days=30))
        )
