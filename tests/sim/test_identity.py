"""The certificate of a simulated server: good enough for our own judge of certificates."""

from datetime import timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization

from hmi.clock import MachineClock
from hmi.drivers.certificates import BadCertificate, Lists, at, check_uri, judge
from hmi.sim.identity import URI, identity


@pytest.fixture(scope="module")
def made():
    return MachineClock().now_ns(), *identity(MachineClock().now_ns())


def test_our_own_judge_believes_it_once_it_is_trusted(made):
    now_ns, der, _ = made
    certificate = x509.load_der_x509_certificate(der)
    lists = Lists([certificate], [], [])
    for host in ("127.0.0.1", "localhost"):
        judge([certificate], lists, host, at(now_ns))
    check_uri(certificate, URI)
    with pytest.raises(BadCertificate):
        judge([certificate], lists, "10.0.0.1", at(now_ns))
    with pytest.raises(BadCertificate):
        judge([certificate], lists, "localhost", at(now_ns) + timedelta(days=31))


def test_the_key_is_its_own(made):
    _, der, pem = made
    key = serialization.load_pem_private_key(pem, None)
    assert key.public_key() == x509.load_der_x509_certificate(der).public_key()


def test_each_start_has_another(made):
    now_ns, der, _ = made
    assert identity(now_ns)[0] != der
