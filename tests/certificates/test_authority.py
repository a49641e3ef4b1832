"""The sandbox's CA at its desk: what it certifies, revokes and remembers."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from certificates.authority import Authority
from certificates.catalogue import Catalogue
from certificates.errors import CertificateError, ErrorCode
from certificates.keys import FileKeys
from certificates.pki import Pki
from certificates.profiles import Service
from certificates.revocation import Reason, Revocations
from tests.certificates.builders import NOON

DEPARTMENT = Catalogue.load().get("household_registration").department
DAY = dt.timedelta(days=1)


@pytest.fixture
def keys(tmp_path: Path) -> FileKeys:
    return FileKeys(tmp_path / "keys")


@pytest.fixture
def pki(keys: FileKeys) -> Pki:
    return Pki.open(keys=keys, now=NOON)


@pytest.fixture
def authority(keys: FileKeys, pki: Pki) -> Authority:
    return Authority(pki=pki, keys=keys, departments=[DEPARTMENT])


def request(key: ec.EllipticCurvePrivateKey | rsa.RSAPrivateKey) -> bytes:
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "anybody")])
    made = x509.CertificateSigningRequestBuilder().subject_name(name).sign(key, hashes.SHA256())
    return made.public_bytes(serialization.Encoding.DER)


def p256() -> ec.EllipticCurvePrivateKey:
    return ec.generate_private_key(ec.SECP256R1())


def code_of(authority: Authority, body: bytes) -> ErrorCode:
    with pytest.raises(CertificateError) as refused:
        authority.certify(Service.TIMESTAMP, body, now=NOON)
    return refused.value.code


def test_a_revoked_signer_is_replaced_at_the_next_signature_in_every_process(
    authority: Authority, pki: Pki, keys: FileKeys
) -> None:
    other = Pki.open(keys=keys, now=NOON)
    before = other.signatory(DEPARTMENT, now=NOON)
    authority.revoke(before.fingerprint, reason=Reason.KEY_COMPROMISE, now=NOON)
    after = other.signatory(DEPARTMENT, now=NOON)
    assert after.fingerprint != before.fingerprint
    assert after.key.public_key() != before.key.public_key()
    assert pki.signatory(DEPARTMENT, now=NOON).fingerprint == after.fingerprint


def test_the_first_revocation_of_a_certificate_stays(authority: Authority, pki: Pki) -> None:
    fingerprint = pki.signatory(DEPARTMENT, now=NOON).fingerprint
    first = authority.revoke(fingerprint, reason=Reason.SUPERSEDED, now=NOON)
    again = authority.revoke(fingerprint.upper(), reason=Reason.KEY_COMPROMISE, now=NOON + DAY)
    assert again == first
    assert first.at == NOON.replace(microsecond=0)


def test_what_was_never_issued_cannot_be_revoked(authority: Authority) -> None:
    with pytest.raises(CertificateError) as refused:
        authority.revoke("0" * 64, reason=Reason.UNSPECIFIED, now=NOON)
    assert refused.value.code is ErrorCode.SIGNER_UNKNOWN


def test_two_who_revoke_at_once_lose_nothing(keys: FileKeys) -> None:
    def revoke(serial: int) -> None:
        Revocations(keys).add(serial, reason=Reason.UNSPECIFIED, now=NOON)

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(revoke, [*range(20), *range(20)]))
    assert sorted(one.serial for one in Revocations(keys).all()) == list(range(20))


def test_a_record_that_cannot_be_read_stops_signing(
    authority: Authority, pki: Pki, keys: FileKeys
) -> None:
    pki.signatory(DEPARTMENT, now=NOON)
    keys.publish("revocation-0001", b"{}")
    for act in (
        lambda: pki.signatory(DEPARTMENT, now=NOON),
        lambda: authority.issuing_list(now=NOON),
    ):
        with pytest.raises(CertificateError) as refused:
            act()
        assert refused.value.code is ErrorCode.PKI_INCONSISTENT


def test_everything_issued_is_remembered_rotated_or_not(authority: Authority, pki: Pki) -> None:
    first = pki.signatory(DEPARTMENT, now=NOON).certificate
    second = pki.rotate(DEPARTMENT, now=NOON).certificate
    chain = authority.certify(Service.STATUS, request(p256()), now=NOON)
    third = x509.load_pem_x509_certificates(chain)[0]
    assert set(authority.issued()) == {first, second, third}


def test_a_service_gets_the_same_certificate_again_until_it_nears_its_end(
    authority: Authority,
) -> None:
    body = request(p256())
    first = authority.certify(Service.STATUS, body, now=NOON)
    assert authority.certify(Service.STATUS, body, now=NOON + 200 * DAY) == first
    later = authority.certify(Service.STATUS, body, now=NOON + 300 * DAY)
    one, two = (x509.load_pem_x509_certificates(each)[0] for each in (first, later))
    assert one.public_key() == two.public_key()
    assert one.serial_number != two.serial_number
    assert two.not_valid_after_utc > one.not_valid_after_utc


def test_another_key_gets_another_certificate(authority: Authority) -> None:
    chains = [authority.certify(Service.TIMESTAMP, request(p256()), now=NOON) for _ in range(2)]
    assert chains[0] != chains[1]


def test_a_revoked_service_gets_no_certificate_again_without_a_new_one(
    authority: Authority,
) -> None:
    body = request(p256())
    first = x509.load_pem_x509_certificates(authority.certify(Service.TIMESTAMP, body, now=NOON))[0]
    fingerprint = first.fingerprint(hashes.SHA256()).hex()
    authority.revoke(fingerprint, reason=Reason.SUPERSEDED, now=NOON)
    again = authority.certify(Service.TIMESTAMP, body, now=NOON + DAY)
    assert x509.load_pem_x509_certificates(again)[0].serial_number != first.serial_number


def test_names_and_purposes_are_the_authoritys_own(authority: Authority, pki: Pki) -> None:
    chain = x509.load_pem_x509_certificates(
        authority.certify(Service.TIMESTAMP, request(p256()), now=NOON)
    )
    assert chain[1] == pki.issuing
    chain[0].verify_directly_issued_by(pki.issuing)
    assert "anybody" not in chain[0].subject.rfc4514_string()


def test_a_request_that_is_none_or_not_of_the_keys_owner_is_refused(
    authority: Authority,
) -> None:
    good = request(p256())
    spoiled = good[:-3] + bytes([good[-3] ^ 1]) + good[-2:]
    other = request(rsa.generate_private_key(public_exponent=65537, key_size=2048))
    curve = request(ec.generate_private_key(ec.SECP384R1()))
    for body in (b"", b"junk", good[:-1], spoiled, other, curve, good + bytes(5000)):
        assert code_of(authority, body) is ErrorCode.REQUEST_INVALID
