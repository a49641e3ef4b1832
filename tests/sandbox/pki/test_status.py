"""The responder and the lists as other people's programs see them."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import ocsp
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509 import ocsp as pyca
from cryptography.x509.oid import ExtendedKeyUsageOID
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certificates.profiles import Service
from certificates.revocation import Reason
from sandbox.pki.refusals import NotReady
from tests.certificates.tools import needs, run
from tests.sandbox.pki.ground import ADDRESSES, DEPARTMENT, NOON, Ground

DER = serialization.Encoding.DER
NONCE = bytes(range(16))


def signer(ground: Ground) -> x509.Certificate:
    certificate = ground.pki.signatory(DEPARTMENT, now=ground.clock.now()).certificate
    ground.clock.advance(seconds=2)  # the responder looks again
    return certificate


def fingerprint(certificate: x509.Certificate) -> str:
    return certificate.fingerprint(hashes.SHA256()).hex()


def revoke(
    ground: Ground, certificate: x509.Certificate, reason: Reason = Reason.KEY_COMPROMISE
) -> None:
    ground.authority.revoke(fingerprint(certificate), reason=reason, now=ground.clock.now())
    ground.clock.advance(seconds=2)


def asked(
    certificate: x509.Certificate,
    issuer: x509.Certificate,
    *,
    digest: Any = None,
    nonce: bytes | None = NONCE,
) -> bytes:
    builder = pyca.OCSPRequestBuilder().add_certificate(
        certificate, issuer, digest or hashes.SHA256()
    )
    if nonce is not None:
        builder = builder.add_extension(x509.OCSPNonce(nonce), critical=False)
    return builder.build().public_bytes(DER)


def answered(ground: Ground, body: bytes) -> pyca.OCSPResponse:
    return pyca.load_der_ocsp_response(ground.responder.answer(body))


@pytest.mark.parametrize("digest", [hashes.SHA1(), hashes.SHA256()])  # noqa: S303 - a name
def test_a_certificate_that_holds_is_good(ground: Ground, digest: hashes.HashAlgorithm) -> None:
    certificate = signer(ground)
    answer = answered(ground, asked(certificate, ground.pki.issuing, digest=digest))
    assert answer.certificate_status is pyca.OCSPCertStatus.GOOD
    assert answer.serial_number == certificate.serial_number
    assert answer.this_update_utc <= ground.clock.now() < answer.next_update_utc  # type: ignore[operator]


def test_a_revoked_one_is_told_with_time_and_reason(ground: Ground) -> None:
    certificate = signer(ground)
    at = ground.clock.now()
    revoke(ground, certificate)
    answer = answered(ground, asked(certificate, ground.pki.issuing))
    assert answer.certificate_status is pyca.OCSPCertStatus.REVOKED
    assert answer.revocation_time_utc == at
    assert answer.revocation_reason is x509.ReasonFlags.key_compromise


def test_a_reason_that_says_nothing_is_not_told(ground: Ground) -> None:
    certificate = signer(ground)
    revoke(ground, certificate, Reason.UNSPECIFIED)
    answer = answered(ground, asked(certificate, ground.pki.issuing))
    assert answer.certificate_status is pyca.OCSPCertStatus.REVOKED
    assert answer.revocation_reason is None


def test_a_number_never_given_out_and_another_authority_are_unknown(ground: Ground) -> None:
    certificate = signer(ground)
    for one, issuer in ((ground.pki.root, ground.pki.issuing), (certificate, ground.pki.root)):
        answer = answered(ground, asked(one, issuer))
        assert answer.certificate_status is pyca.OCSPCertStatus.UNKNOWN


def test_an_authority_named_by_another_digest_is_not_ours_to_speak_for(ground: Ground) -> None:
    answer = answered(ground, asked(signer(ground), ground.pki.issuing, digest=hashes.SHA512()))
    assert answer.response_status is pyca.OCSPResponseStatus.UNAUTHORIZED


def test_a_service_is_answered_for_like_a_department(ground: Ground) -> None:
    ground.clock.advance(seconds=2)
    stamping = ground.certificate(Service.TIMESTAMP)
    answer = answered(ground, asked(stamping, ground.pki.issuing))
    assert answer.certificate_status is pyca.OCSPCertStatus.GOOD


def test_the_answer_repeats_the_nonce_and_is_signed_by_the_delegate(ground: Ground) -> None:
    answer = answered(ground, asked(signer(ground), ground.pki.issuing))
    assert answer.extensions.get_extension_for_class(x509.OCSPNonce).value.nonce == NONCE
    (delegate,) = answer.certificates
    delegate.verify_directly_issued_by(ground.pki.issuing)
    uses = delegate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(uses) == [ExtendedKeyUsageOID.OCSP_SIGNING]
    assert not delegate.extensions.get_extension_for_class(x509.OCSPNoCheck).critical
    key = delegate.public_key()
    assert isinstance(key, ec.EllipticCurvePublicKey)
    key.verify(answer.signature, answer.tbs_response_bytes, ec.ECDSA(hashes.SHA256()))


def test_without_a_nonce_none_comes_back(ground: Ground) -> None:
    answer = answered(ground, asked(signer(ground), ground.pki.issuing, nonce=None))
    with pytest.raises(x509.ExtensionNotFound):
        answer.extensions.get_extension_for_class(x509.OCSPNonce)


@pytest.mark.parametrize("count", [1, 8, 9])
def test_eight_questions_are_answered_together_and_nine_are_not(ground: Ground, count: int) -> None:
    one = ocsp.OCSPRequest.load(asked(signer(ground), ground.pki.issuing))
    question = one["tbs_request"]["request_list"][0]
    body = ocsp.OCSPRequest({"tbs_request": {"request_list": [question] * count}}).dump()
    answer = ocsp.OCSPResponse.load(ground.responder.answer(body))
    if count > 8:
        assert answer["response_status"].native == "malformed_request"
    else:
        assert len(answer.response_data["responses"]) == count


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(body=st.binary(max_size=150), at=st.integers(0, 120), junk=st.binary(max_size=8))
def test_any_bytes_get_an_answer(ground: Ground, body: bytes, at: int, junk: bytes) -> None:
    good = asked(ground.certificate(Service.TIMESTAMP), ground.pki.issuing)
    for sent in (body, good[:at], good[:at] + junk + good[at + len(junk) :], good + junk):
        answered(ground, sent)


def test_what_is_no_request_is_called_malformed(ground: Ground) -> None:
    for body in (b"", b"no request", asked(signer(ground), ground.pki.issuing)[:-1]):
        status = answered(ground, body).response_status
        assert status is pyca.OCSPResponseStatus.MALFORMED_REQUEST


def test_parameters_of_a_type_no_reader_knows_are_called_malformed(ground: Ground) -> None:
    good = asked(signer(ground), ground.pki.issuing)
    sha256, unheard_of = (bytes.fromhex(f"608648016503040{end}") for end in ("2010500", "27f0700"))
    assert sha256 in good
    status = answered(ground, good.replace(sha256, unheard_of, 1)).response_status
    assert status is pyca.OCSPResponseStatus.MALFORMED_REQUEST


def test_a_record_of_the_last_minute_counts_and_an_older_one_does_not(ground: Ground) -> None:
    certificate = signer(ground)
    body = asked(certificate, ground.pki.issuing)
    known = answered(ground, body).this_update_utc
    ground.broken = True
    ground.clock.advance(seconds=50)
    assert answered(ground, body).this_update_utc == known
    ground.clock.advance(seconds=11)
    assert answered(ground, body).response_status is pyca.OCSPResponseStatus.TRY_LATER
    ground.broken = False
    assert answered(ground, body).certificate_status is pyca.OCSPCertStatus.GOOD


def test_without_a_certificate_there_is_no_answer(ground: Ground) -> None:
    (ground.folder / "status.pem").unlink()
    body = asked(signer(ground), ground.pki.issuing)
    assert answered(ground, body).response_status is pyca.OCSPResponseStatus.TRY_LATER


def test_a_list_that_the_authority_did_not_sign_is_not_believed(
    ground: Ground, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    from certificates.keys import FileKeys  # noqa: PLC0415
    from certificates.pki import Pki  # noqa: PLC0415
    from certificates.revocation_list import ISSUING, revocation_list  # noqa: PLC0415

    keys = FileKeys(tmp_path_factory.mktemp("foreign") / "keys")
    foreign = Pki.open(keys=keys, now=NOON)
    made = revocation_list(
        (), issuer=foreign.issuing, key=keys.private_key("issuing"), rhythm=ISSUING, now=NOON
    )
    monkeypatch.setattr(ground.authority, "issuing_list", lambda **_: made.public_bytes(DER))
    with pytest.raises(NotReady):
        ground.register.read()


def crl(ground: Ground) -> x509.CertificateRevocationList:
    return x509.load_der_x509_crl(ground.authority.issuing_list(now=ground.clock.now()))


def number(one: x509.CertificateRevocationList) -> int:
    return one.extensions.get_extension_for_class(x509.CRLNumber).value.crl_number


def test_a_list_names_what_was_revoked_with_time_and_reason(ground: Ground) -> None:
    certificate = signer(ground)
    at = ground.clock.now()
    revoke(ground, certificate, Reason.SUPERSEDED)
    entry = crl(ground).get_revoked_certificate_by_serial_number(certificate.serial_number)
    assert entry is not None
    assert entry.revocation_date_utc == at
    reason = entry.extensions.get_extension_for_class(x509.CRLReason).value.reason
    assert reason is x509.ReasonFlags.superseded


def test_a_list_is_the_same_within_its_period_and_anew_with_each_revocation(
    ground: Ground,
) -> None:
    first, again = crl(ground), crl(ground)
    assert first.public_bytes(DER) == again.public_bytes(DER)
    revoke(ground, signer(ground))
    second = crl(ground)
    assert number(second) > number(first)
    assert second.last_update_utc >= first.last_update_utc
    ground.clock.advance(days=0.3)
    third = crl(ground)
    assert number(third) > number(second)
    assert third.last_update_utc > second.last_update_utc
    assert len(third) == 1


def test_a_list_holds_at_every_moment_it_is_handed_out(ground: Ground) -> None:
    for hours in range(0, 30, 5):
        ground.clock.advance(minutes=60 * hours)
        for made in (crl(ground), x509.load_der_x509_crl(ground.register.read().root_crl)):
            assert made.last_update_utc <= ground.clock.now()
            end = made.next_update_utc
            assert end is not None
            assert end - ground.clock.now() >= timedelta(hours=18)


def test_new_certificates_say_where_to_ask(ground: Ground) -> None:
    certificate = signer(ground)
    points = certificate.extensions.get_extension_for_class(x509.CRLDistributionPoints).value
    access = certificate.extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert points[0].full_name is not None
    assert points[0].full_name[0].value == ADDRESSES.crl
    assert [one.access_location.value for one in access] == [ADDRESSES.ocsp, ADDRESSES.issuer]
    above = ground.pki.issuing.extensions.get_extension_for_class(x509.CRLDistributionPoints)
    assert above.value[0].full_name is not None
    assert above.value[0].full_name[0].value == ADDRESSES.root_crl


@needs("openssl")
def test_openssl_accepts_the_lists(ground: Ground, tmp_path: Path) -> None:
    revoke(ground, signer(ground))
    (tmp_path / "issuing.crl").write_bytes(ground.authority.issuing_list(now=ground.clock.now()))
    (tmp_path / "root.crl").write_bytes(ground.authority.root_list(now=ground.clock.now()))
    ground.pem("both.pem", ground.pki.issuing, ground.pki.root)
    for name in ("issuing.crl", "root.crl"):
        read = ("crl", "-in", name, "-inform", "DER", "-CAfile", "both.pem", "-text", "-noout")
        said = run("openssl", *read, cwd=tmp_path)
        assert b"X509v3 CRL Number" in said
    assert b"Key Compromise" in run(
        "openssl", "crl", "-in", "issuing.crl", "-inform", "DER", "-text", "-noout", cwd=tmp_path
    )


@needs("openssl")
@pytest.mark.parametrize("revoked", [False, True])
def test_openssl_accepts_the_answers(ground: Ground, tmp_path: Path, *, revoked: bool) -> None:
    certificate = signer(ground)
    if revoked:
        revoke(ground, certificate)
    ground.pem("root.pem", ground.pki.root)
    ground.pem("issuing.pem", ground.pki.issuing)
    ground.pem("signer.pem", certificate)
    make = ("-issuer", "issuing.pem", "-cert", "signer.pem", "-reqout", "asked.der")
    run("openssl", "ocsp", *make, cwd=tmp_path)
    (tmp_path / "answer.der").write_bytes(
        ground.responder.answer((tmp_path / "asked.der").read_bytes())
    )
    read = ("-respin", "answer.der", "-reqin", "asked.der", "-issuer", "issuing.pem")
    chain = ("-CAfile", "root.pem", "-verify_other", "issuing.pem", "-resp_text")
    at = ("-attime", str(int(ground.clock.now().timestamp())), "-validity_period", "999999999")
    said = run("openssl", "ocsp", *read, *chain, *at, cwd=tmp_path)
    assert (b"Cert Status: revoked" if revoked else b"Cert Status: good") in said


def test_the_key_hash_is_of_the_keys_bits_alone(ground: Ground) -> None:
    issuing = asn1_x509.Certificate.load(ground.pki.issuing.public_bytes(DER))
    question = ocsp.OCSPRequest.load(asked(signer(ground), ground.pki.issuing))
    told = question["tbs_request"]["request_list"][0]["req_cert"]["issuer_key_hash"].native
    assert told == hashlib.sha256(bytes(issuing.public_key["public_key"])).digest()
