import datetime as dt
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

from certificates.catalogue import Catalogue
from certificates.errors import CertificateError, ErrorCode
from certificates.keys import FileKeys
from certificates.pki import Pki
from certificates.signers import Algorithm, algorithm_of
from tests.certificates.builders import NOON, Office

DEPARTMENT = Catalogue.load().get("household_registration").department
YEAR = dt.timedelta(days=365)


def opened(directory: Path, *, now: dt.datetime = NOON) -> Pki:
    return Pki.open(keys=FileKeys(directory), now=now)


def usage(certificate: x509.Certificate) -> x509.KeyUsage:
    return certificate.extensions.get_extension_for_class(x509.KeyUsage).value


def constraints(certificate: x509.Certificate) -> tuple[bool, int | None]:
    value = certificate.extensions.get_extension_for_class(x509.BasicConstraints).value
    return value.ca, value.path_length


def test_each_level_is_signed_by_the_one_above(tmp_path: Path) -> None:
    pki = opened(tmp_path / "keys")
    root = x509.load_pem_x509_certificate(pki.root_pem())
    signatory = pki.signatory(DEPARTMENT, now=NOON)
    (issuing,) = signatory.intermediates
    root.verify_directly_issued_by(root)
    issuing.verify_directly_issued_by(root)
    signatory.certificate.verify_directly_issued_by(issuing)
    assert [constraints(c) for c in (root, issuing, signatory.certificate)] == [
        (True, 1),
        (True, 0),
        (False, None),
    ]


def test_each_level_may_do_its_own_work_only(tmp_path: Path) -> None:
    pki = opened(tmp_path / "keys")
    root = x509.load_pem_x509_certificate(pki.root_pem())
    signatory = pki.signatory(DEPARTMENT, now=NOON)
    for authority in (root, *signatory.intermediates):
        assert usage(authority).key_cert_sign
        assert not usage(authority).digital_signature
    assert usage(signatory.certificate).content_commitment
    assert not usage(signatory.certificate).key_cert_sign
    purposes = signatory.certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert ExtendedKeyUsageOID.EMAIL_PROTECTION in purposes.value
    assert "1.3.6.1.5.5.7.3.36" in {purpose.dotted_string for purpose in purposes.value}


def test_a_signing_certificate_names_the_department(tmp_path: Path) -> None:
    subject = opened(tmp_path / "keys").signatory(DEPARTMENT, now=NOON).certificate.subject
    assert "示例市公安局" in subject.rfc4514_string()
    assert "USCC-11990101000000019X" in subject.rfc4514_string()


def test_the_chain_is_found_again_after_a_restart(tmp_path: Path) -> None:
    first = opened(tmp_path / "keys")
    signatory = first.signatory(DEPARTMENT, now=NOON)
    later = opened(tmp_path / "keys", now=NOON + YEAR)
    assert later.root_pem() == first.root_pem()
    assert later.signatory(DEPARTMENT, now=NOON + YEAR).chain_der == signatory.chain_der


def test_a_department_may_sign_with_rsa_and_change_to_p256_by_rotation(tmp_path: Path) -> None:
    pki = opened(tmp_path / "keys")
    older = DEPARTMENT.model_copy(update={"algorithm": Algorithm.RSA_2048})
    first = pki.signatory(older, now=NOON)
    assert algorithm_of(first.certificate.public_key()) is Algorithm.RSA_2048
    assert pki.signatory(DEPARTMENT, now=NOON).fingerprint == first.fingerprint
    second = pki.rotate(DEPARTMENT, now=NOON)
    assert algorithm_of(second.certificate.public_key()) is Algorithm.P256


def test_rotation_brings_a_new_key_and_other_processes_notice(tmp_path: Path) -> None:
    pki, other = opened(tmp_path / "keys"), opened(tmp_path / "keys")
    before = other.signatory(DEPARTMENT, now=NOON)
    after = pki.rotate(DEPARTMENT, now=NOON)
    assert after.fingerprint != before.fingerprint
    assert after.key.public_key() != before.key.public_key()
    assert other.signatory(DEPARTMENT, now=NOON).fingerprint == after.fingerprint


def test_a_certificate_close_to_its_end_is_replaced(tmp_path: Path) -> None:
    pki = opened(tmp_path / "keys")
    first = pki.signatory(DEPARTMENT, now=NOON).fingerprint
    in_time = NOON + 3 * YEAR - dt.timedelta(days=91)
    assert pki.signatory(DEPARTMENT, now=in_time).fingerprint == first
    too_late = NOON + 3 * YEAR - dt.timedelta(days=89)
    assert pki.signatory(DEPARTMENT, now=too_late).fingerprint != first


def test_a_signing_certificate_ends_with_the_one_above_it(tmp_path: Path) -> None:
    signatory = opened(tmp_path / "keys").signatory(DEPARTMENT, now=NOON + 8 * YEAR)
    end = signatory.intermediates[0].not_valid_after_utc
    assert signatory.certificate.not_valid_after_utc == end


def test_a_department_has_no_key_of_another(office: Office) -> None:
    other = DEPARTMENT.model_copy(update={"code": "civil_affairs"})
    ours = office.pki.signatory(DEPARTMENT, now=NOON)
    theirs = office.pki.signatory(other, now=NOON)
    assert ours.key.public_key() != theirs.key.public_key()


def test_a_certificate_of_another_key_is_refused(tmp_path: Path) -> None:
    keys = FileKeys(tmp_path / "keys")
    foreign = opened(tmp_path / "foreign")
    root = x509.load_pem_x509_certificate(foreign.root_pem())
    keys.publish("root", root.public_bytes(serialization.Encoding.DER))
    with pytest.raises(CertificateError) as refused:
        Pki.open(keys=keys, now=NOON)
    assert refused.value.code is ErrorCode.PKI_INCONSISTENT


def test_a_certificate_that_is_none_is_refused(tmp_path: Path) -> None:
    keys = FileKeys(tmp_path / "keys")
    keys.publish("root", b"nothing")
    with pytest.raises(CertificateError) as refused:
        Pki.open(keys=keys, now=NOON)
    assert refused.value.code is ErrorCode.PKI_INCONSISTENT


def test_all_keys_are_p256(office: Office) -> None:
    for name in ("root", "issuing", "public-security-0001"):
        office.pki.signatory(DEPARTMENT, now=NOON)
        assert isinstance(office.keys.private_key(name).curve, ec.SECP256R1)
