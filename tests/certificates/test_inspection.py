import datetime as dt
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from cryptography.x509 import ExtendedKeyUsage, ExtensionType, KeyUsage
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from certificates.checking import Limits, LogEntry, check_pdf
from certificates.inspection import PdfInspector
from certificates.results import MadeCertificate
from certificates.signatory import Signatory
from certificates.signing import sign_pdf
from certificates.status import CertificateState
from certificates.verdicts import Inspection, Integrity, IssuerTrust
from tests.certificates import tampering
from tests.certificates.builders import NOON, MemoryLog, Office, order

YEAR = dt.timedelta(days=365)
SLOW = settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


def look(
    inspector: PdfInspector, data: bytes, *, now: dt.datetime = NOON, pages: int = 20
) -> Inspection:
    return inspector.inspect(data, now=now, limits=Limits(pages=pages))


def signatory_of(office: Office) -> Signatory:
    department = office.catalogue.get("household_registration").department
    return office.pki.signatory(department, now=NOON)


def test_a_certificate_of_ours_is_intact_and_trusted(
    inspector: PdfInspector, made: MadeCertificate
) -> None:
    assert look(inspector, made.pdf) == Inspection(
        integrity=Integrity.INTACT, issuer=IssuerTrust.TRUSTED
    )


@pytest.mark.parametrize("part", [0.02, 0.1, 0.25, 0.5, 0.75, 0.9])
def test_one_flipped_byte_of_the_page_breaks_the_signature(
    inspector: PdfInspector, made: MadeCertificate, part: float
) -> None:
    page = tampering.unsigned(made.pdf)
    found = look(inspector, tampering.flipped(made.pdf, int(len(page) * part)))
    assert found.integrity in {Integrity.SIGNATURE_BROKEN, Integrity.UNREADABLE}
    assert found.issuer is IssuerTrust.UNKNOWN


def test_a_flipped_byte_in_a_stream_is_a_broken_signature(
    inspector: PdfInspector, made: MadeCertificate
) -> None:
    stream = made.pdf.index(b"stream\n", made.pdf.index(b"/CMap")) + 40
    found = look(inspector, tampering.flipped(made.pdf, stream))
    assert found.integrity is Integrity.SIGNATURE_BROKEN


@SLOW
@given(where=st.floats(0, 1, exclude_max=True))
def test_no_flipped_byte_anywhere_goes_unnoticed(
    inspector: PdfInspector, made: MadeCertificate, where: float
) -> None:
    spoiled = tampering.flipped(made.pdf, int(len(made.pdf) * where))
    entry = LogEntry(
        number=made.number,
        state=CertificateState.VALID,
        issued_at=made.issued_at,
        valid_until=made.valid_until,
    )
    log = MemoryLog({made.sha256: entry})
    assert check_pdf(made.pdf, inspector=inspector, log=log, now=NOON, limits=Limits()).valid
    verdict = check_pdf(spoiled, inspector=inspector, log=log, now=NOON, limits=Limits())
    assert not verdict.valid


def test_a_certificate_with_an_impossible_key_is_refused_and_nothing_is_raised(
    inspector: PdfInspector, made: MadeCertificate
) -> None:
    names = b"2a8648ce3d020106082a8648ce3d030107034200"  # EC, P-256; its point follows
    keys = [found.start() for found in re.finditer(names, made.pdf)]
    assert len(keys) == 2  # the signer's and the authority's
    for key in keys:
        for at in range(key, key + len(names) + 2 * 64, 3):
            found = look(inspector, tampering.flipped(made.pdf, at))
            assert (found.integrity, found.issuer) != (Integrity.INTACT, IssuerTrust.TRUSTED)


def test_a_changed_signature_value_is_a_broken_signature(
    inspector: PdfInspector, made: MadeCertificate
) -> None:
    start, _ = tampering.contents_span(made.pdf)
    value = made.pdf.index(b"0" * 200, start)  # the end of the CMS: its signature value
    digit = b"1" if made.pdf[value - 10 : value - 9] == b"0" else b"0"
    spoiled = made.pdf[: value - 10] + digit + made.pdf[value - 9 :]
    assert look(inspector, spoiled).integrity is Integrity.SIGNATURE_BROKEN


@pytest.mark.parametrize(
    "later",
    [
        tampering.page_appended,
        tampering.language_changed,
        tampering.page_hidden,
        lambda pdf: pdf + b"\n",
        lambda pdf: pdf + b"% a comment\n",
    ],
    ids=["page", "language", "shadow", "blank", "comment"],
)
def test_whatever_is_appended_after_signing_is_noticed(
    inspector: PdfInspector, made: MadeCertificate, later: Callable[[bytes], bytes]
) -> None:
    found = look(inspector, later(made.pdf))
    assert found.integrity is Integrity.CHANGED_AFTER_SIGNING


def test_a_second_signature_is_refused(inspector: PdfInspector, made: MadeCertificate) -> None:
    found = look(inspector, tampering.signed_again(made.pdf))
    assert found.integrity is Integrity.SEVERAL_SIGNATURES


def test_a_page_without_a_signature_is_unsigned(
    inspector: PdfInspector, made: MadeCertificate
) -> None:
    found = look(inspector, tampering.unsigned(made.pdf))
    assert found == Inspection(integrity=Integrity.UNSIGNED, issuer=IssuerTrust.UNKNOWN)


def test_an_encrypted_file_is_refused(inspector: PdfInspector, made: MadeCertificate) -> None:
    locked = tampering.encrypted(tampering.unsigned(made.pdf))
    assert look(inspector, locked).integrity is Integrity.ENCRYPTED


def test_more_pages_than_the_limit_are_refused(
    inspector: PdfInspector, made: MadeCertificate
) -> None:
    two = tampering.page_appended(made.pdf)
    assert look(inspector, two, pages=1).integrity is Integrity.TOO_MANY_PAGES
    assert look(inspector, made.pdf, pages=1).integrity is Integrity.INTACT


def test_the_number_of_pages_a_file_claims_is_enough_to_refuse_it(
    inspector: PdfInspector, made: MadeCertificate
) -> None:
    boast = made.pdf.replace(b"/Pages/Count 1/Kids", b"/Pages/Count 9/Kids", 1)
    assert look(inspector, boast, pages=8).integrity is Integrity.TOO_MANY_PAGES


def test_a_chain_of_somebody_else_is_foreign(inspector: PdfInspector, tmp_path: Path) -> None:
    theirs = Office(tmp_path / "keys").maker.make(order())
    found = look(inspector, theirs.pdf)
    assert found == Inspection(integrity=Integrity.INTACT, issuer=IssuerTrust.FOREIGN_ROOT)


def test_without_roots_nobody_is_trusted(made: MadeCertificate) -> None:
    assert look(PdfInspector([]), made.pdf).issuer is IssuerTrust.FOREIGN_ROOT


def test_a_signer_whose_time_is_over_is_named_so(
    inspector: PdfInspector, made: MadeCertificate
) -> None:
    found = look(inspector, made.pdf, now=NOON + 4 * YEAR)
    assert found == Inspection(integrity=Integrity.INTACT, issuer=IssuerTrust.SIGNER_EXPIRED)


def test_a_signer_whose_time_is_to_come_is_named_so(tmp_path: Path) -> None:
    office = Office(tmp_path / "keys", now=NOON - 2 * YEAR)
    inspector = PdfInspector([office.pki.root_pem()])
    found = look(inspector, office.maker.make(order()).pdf, now=NOON - YEAR)
    assert found.issuer is IssuerTrust.SIGNER_NOT_YET_VALID


@pytest.mark.parametrize("lacking", [ExtendedKeyUsage, KeyUsage])
def test_a_certificate_of_ours_for_other_purposes_does_not_count(
    inspector: PdfInspector, office: Office, made: MadeCertificate, lacking: type[ExtensionType]
) -> None:
    unfit = tampering.without_extension(
        signatory_of(office), lacking, authority=office.keys.private_key("issuing")
    )
    page = tampering.unsigned(made.pdf)
    pdf = sign_pdf(page, signatory=unfit, signed_at=NOON, field_label="签名")
    found = look(inspector, pdf)
    assert found == Inspection(integrity=Integrity.INTACT, issuer=IssuerTrust.SIGNER_UNFIT)


@pytest.mark.parametrize(
    "data",
    [
        b"%PDF-1.7\n%%EOF\n",
        b"%PDF-1.7\ntrailer\n<</Root 1 0 R/Size 2>>\nstartxref\n0\n%%EOF",
        b"%PDF-1.7\nxref\n0 1\n0000000000 65535 f \ntrailer\n<<>>\nstartxref\n9\n%%EOF",
        b"%PDF-" + b"[" * 100_000 + b"%%EOF",
    ],
)
def test_a_file_that_cannot_be_read_is_refused(inspector: PdfInspector, data: bytes) -> None:
    assert look(inspector, data) == Inspection(
        integrity=Integrity.UNREADABLE, issuer=IssuerTrust.UNKNOWN
    )


@SLOW
@given(cut=st.floats(0.001, 0.999))
def test_half_a_file_is_never_taken_for_a_whole_one(
    inspector: PdfInspector, made: MadeCertificate, cut: float
) -> None:
    part = made.pdf[: int(len(made.pdf) * cut)]
    assert look(inspector, part).integrity is Integrity.TRUNCATED


@SLOW
@given(
    start=st.floats(0, 0.99),
    junk=st.binary(min_size=1, max_size=40),
)
def test_garbage_inside_a_file_ends_in_a_verdict_and_never_in_an_error(
    inspector: PdfInspector, made: MadeCertificate, start: float, junk: bytes
) -> None:
    at = int(len(made.pdf) * start)
    found = look(inspector, made.pdf[:at] + junk + made.pdf[at + len(junk) :])
    assert isinstance(found, Inspection)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes_end_in_a_verdict(data: bytes) -> None:
    found = PdfInspector([]).inspect(b"%PDF-" + data, now=NOON, limits=Limits())
    assert found.integrity in {Integrity.UNREADABLE, Integrity.TRUNCATED}
