"""Revocation lists that are given: who was revoked, and what their silence is worth."""

import datetime as dt
from collections.abc import Callable

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization

from certificates.inspection import PdfInspector
from certificates.reading.reader import OwnReader
from certificates.results import MadeCertificate
from certificates.verdicts import IssuerTrust
from tests.certificates import tampering
from tests.certificates.attacks import DAY, Scene
from tests.certificates.builders import NOON, Office
from tests.certificates.readers import GOOD, look


def crl(
    office: Office,
    *serials: int,
    by: str = "issuing",
    since: dt.datetime = NOON - DAY,
    until: dt.datetime | None = NOON + DAY,
    extension: x509.ExtensionType | None = None,
    entry: x509.ExtensionType | None = None,
) -> bytes:
    der = office.keys.document(by)
    assert der is not None
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(x509.load_der_x509_certificate(der).subject)
        .last_update(since)
        .next_update(until or since)
    )
    for serial in serials:
        revoked = x509.RevokedCertificateBuilder().serial_number(serial).revocation_date(since)
        if entry is not None:
            revoked = revoked.add_extension(entry, critical=False)
        builder = builder.add_revoked_certificate(revoked.build())
    if extension is not None:
        builder = builder.add_extension(extension, critical=True)
    signed = builder.sign(office.keys.private_key(by), hashes.SHA256())
    return signed.public_bytes(serialization.Encoding.DER)


def serial(scene: Scene) -> int:
    return scene.signatory.certificate.serial_number


def test_current_lists_of_all_authorities_confirm_a_signer(
    office: Office, inspector: PdfInspector, made: MadeCertificate
) -> None:
    assert look(inspector, made.pdf, crls=[crl(office), crl(office, by="root")]) == GOOD


def test_a_revoked_signer_is_revoked_in_both_readings(
    office: Office, inspector: PdfInspector, scene: Scene
) -> None:
    lists = [crl(office, serial(scene)), crl(office, by="root")]
    assert look(inspector, scene.pdf, crls=lists).issuer is IssuerTrust.SIGNER_REVOKED
    alone = inspector._second.confirm(scene.pdf, now=NOON, crls=lists)
    assert alone.issuer is IssuerTrust.SIGNER_REVOKED


def test_a_revoked_authority_takes_its_signers_with_it(
    office: Office, inspector: PdfInspector, scene: Scene
) -> None:
    issuing = scene.signatory.intermediates[0].serial_number
    lists = [crl(office), crl(office, issuing, by="root")]
    assert look(inspector, scene.pdf, crls=lists).issuer is IssuerTrust.SIGNER_REVOKED


PARTIAL = x509.IssuingDistributionPoint(
    full_name=None,
    relative_name=None,
    only_contains_user_certs=False,
    only_contains_ca_certs=False,
    only_some_reasons=frozenset([x509.ReasonFlags.key_compromise]),
    indirect_crl=False,
    only_contains_attribute_certs=False,
)


@pytest.mark.parametrize(
    "given",
    [
        lambda office: [crl(office)],
        lambda office: [crl(office, by="root")],
        lambda office: [crl(office, until=NOON - DAY / 2), crl(office, by="root")],
        lambda office: [crl(office, since=NOON + DAY, until=NOON + 2 * DAY)],
        lambda office: [crl(office, extension=PARTIAL), crl(office, by="root")],
        lambda office: [crl(office, extension=x509.DeltaCRLIndicator(1)), crl(office, by="root")],
        lambda office: [tampering.flipped(crl(office), -3), crl(office, by="root")],
    ],
    ids=["no root's", "root's alone", "ran out", "to come", "partial", "delta", "forged"],
)
def test_silence_of_lists_that_do_not_count_is_no_good_standing(
    office: Office,
    inspector: PdfInspector,
    made: MadeCertificate,
    given: Callable[[Office], list[bytes]],
) -> None:
    found = look(inspector, made.pdf, crls=given(office))
    assert found.issuer is IssuerTrust.REVOCATION_UNKNOWN


def test_a_list_that_ran_out_still_tells_who_was_revoked(
    office: Office, own: OwnReader, scene: Scene
) -> None:
    lists = [crl(office, serial(scene), until=NOON - DAY / 2)]
    assert look(own, scene.pdf, crls=lists).issuer is IssuerTrust.SIGNER_REVOKED


def test_who_was_taken_off_the_list_is_not_revoked(
    office: Office, own: OwnReader, scene: Scene
) -> None:
    off = x509.CRLReason(x509.ReasonFlags.remove_from_crl)
    lists = [crl(office, serial(scene), entry=off), crl(office, by="root")]
    assert look(own, scene.pdf, crls=lists) == GOOD


@pytest.mark.parametrize(
    ("since", "revoked"), [(NOON + DAY, False), (NOON, True), (NOON - DAY, True)]
)
def test_a_logged_file_is_judged_by_when_it_was_logged(
    office: Office,
    own: OwnReader,
    scene: Scene,
    since: dt.datetime,
    revoked: bool,  # noqa: FBT001
) -> None:
    lists = [crl(office, serial(scene), since=since, until=since + DAY)]
    found = own.signer_revoked(scene.pdf, crls=lists, now=NOON + 2 * DAY, proven_at=NOON)
    assert found is revoked


def test_the_day_a_key_was_suspected_counts_before_the_day_it_was_revoked(
    office: Office, own: OwnReader, scene: Scene
) -> None:
    suspected = x509.InvalidityDate(NOON - DAY)
    lists = [crl(office, serial(scene), since=NOON + DAY, until=NOON + 9 * DAY, entry=suspected)]
    assert own.signer_revoked(scene.pdf, crls=lists, now=NOON + 2 * DAY, proven_at=NOON)
    assert not own.signer_revoked(
        scene.pdf, crls=lists, now=NOON + 2 * DAY, proven_at=NOON - 2 * DAY
    )


def test_what_is_no_certificate_was_not_signed_by_a_revoked_one(own: OwnReader) -> None:
    assert not own.signer_revoked(b"%PDF-", crls=[b"x"], now=NOON, proven_at=NOON)
