import dataclasses
import io
import re
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import cms, pem, x509
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.pdf_embedded import EmbeddedPdfSignature
from pyhanko.sign.validation.status import PdfSignatureStatus, SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from certificates.der import SEQUENCE, SET, integer, set_of, tlv
from certificates.errors import CertificateError, ErrorCode
from certificates.results import MadeCertificate
from certificates.signatory import Signatory
from certificates.signers import Algorithm
from certificates.signing import sign_pdf
from tests.certificates.builders import NOON, Office, order
from tests.certificates.tools import needs, run


def embedded(pdf: bytes) -> EmbeddedPdfSignature:
    found: list[EmbeddedPdfSignature] = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
    assert len(found) == 1
    return found[0]


def validated(pdf: bytes, *roots: bytes) -> PdfSignatureStatus:
    trusted = [x509.Certificate.load(pem.unarmor(root)[2]) for root in roots]
    context = ValidationContext(trust_roots=trusted, allow_fetching=False, moment=NOON)
    return validate_pdf_signature(embedded(pdf), context)


def signed(pdf: bytes, signatory: Signatory) -> bytes:
    return sign_pdf(pdf, signatory=signatory, signed_at=NOON, field_label="签名")


def unsigned(made: MadeCertificate) -> bytes:
    """The page before its signature: up to the first end of file."""
    return made.pdf[: made.pdf.index(b"%%EOF\n") + 6]


def signatory(office: Office) -> Signatory:
    department = office.catalogue.get("household_registration").department
    return office.pki.signatory(department, now=NOON)


@pytest.mark.parametrize("code", ["household_registration", "temporary_identity"])
def test_an_independent_validator_accepts_file_and_chain(office: Office, code: str) -> None:
    pdf = office.maker.make(order(type_code=code)).pdf
    status = validated(pdf, office.pki.root_pem())
    assert status.bottom_line
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE


@pytest.mark.parametrize("algorithm", list(Algorithm))
def test_a_validator_accepts_every_sort_of_key(
    made: MadeCertificate, office: Office, algorithm: Algorithm
) -> None:
    department = office.catalogue.get("household_registration").department.model_copy(
        update={"code": f"office_{algorithm.value}", "algorithm": algorithm}
    )
    pdf = signed(unsigned(made), office.pki.signatory(department, now=NOON))
    status = validated(pdf, office.pki.root_pem())
    assert status.bottom_line
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    assert status.md_algorithm == "sha256"


def test_what_the_old_certificate_signed_stays_good_after_rotation(tmp_path: Path) -> None:
    office = Office(tmp_path / "keys")
    before = office.maker.make(order())
    office.pki.rotate(office.catalogue.get("household_registration").department, now=NOON)
    after = office.maker.make(order())
    assert before.signer != after.signer
    for made in (before, after):
        assert validated(made.pdf, office.pki.root_pem()).bottom_line


def test_the_signature_is_pades_baseline_b(made: MadeCertificate) -> None:
    signature = embedded(made.pdf)
    attributes = {
        attribute["type"].native: attribute["values"].native
        for attribute in signature.signer_info["signed_attrs"]
    }
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"
    assert set(attributes) == {"content_type", "message_digest", "signing_certificate_v2"}
    assert signature.sig_object["/M"] == "D:20261123040000Z"
    assert signature.signer_info["version"].native == "v1"


def test_the_signature_carries_the_chain_without_the_root(
    made: MadeCertificate, office: Office
) -> None:
    data: Any = embedded(made.pdf).signed_data
    names = sorted(one.chosen.subject.native["common_name"] for one in data["certificates"])
    assert names == ["Zero-Run Sandbox Issuing CA", "示例市公安局"]
    assert made.signer == signatory(office).fingerprint


def test_the_signature_is_in_canonical_der(made: MadeCertificate) -> None:
    raw = bytes(embedded(made.pdf).pkcs7_content)
    content = cms.ContentInfo.load(raw)
    assert content.dump(force=True) == raw[: len(content.dump())]


def test_the_field_is_invisible_and_described(made: MadeCertificate) -> None:
    field: Any = embedded(made.pdf).sig_field
    assert field["/F"] == 132
    assert list(field["/Rect"]) == [0, 0, 0, 0]
    assert "示例市公安局" in field["/TU"]
    page: Any = PdfFileReader(io.BytesIO(made.pdf)).root["/Pages"]["/Kids"][0]
    assert page["/Tabs"] == "/S"
    assert len(page["/Annots"]) == 1


def test_signing_appends_and_changes_nothing_before(made: MadeCertificate) -> None:
    page = unsigned(made)
    assert made.pdf.startswith(page)
    assert page.count(b"%%EOF") == 1
    assert made.pdf.count(b"%%EOF") == 2
    assert made.pdf.endswith(b"%%EOF\n")


def test_a_signed_file_is_not_signed_again(made: MadeCertificate, office: Office) -> None:
    with pytest.raises(CertificateError) as refused:
        signed(made.pdf, signatory(office))
    assert refused.value.code is ErrorCode.PDF_UNEXPECTED


def broken(page: bytes, how: str) -> bytes:
    edits: dict[str, tuple[bytes, bytes]] = {
        "no table": (b"\nxref\n", b"\nxerf\n"),
        "no root": (b"/Root ", b"/Soot "),
        "no pages": (b"/Pages 1 0 R", b"/Payes 1 0 R"),
        "no kids": (b"/Kids[", b"/Kidz["),
        "moved object": (b"1 0 obj\n<</Type/Pages", b"1 0 obj\n  /Type/Pages"),
        "form already": (b"/Type/Catalog", b"/AcroForm 9 0 R /Type/Catalog"),
        "other size": (b"trailer\n<</Size ", b"trailer\n<</Size 9"),
    }
    old, new = edits[how]
    assert old in page
    edited = page.replace(old, new, 1)
    if how == "form already":  # the catalogue is the last object: only the table moves
        table = int(re.findall(rb"startxref\n(\d+)", page)[0])
        moved = table + len(new) - len(old)
        edited = edited.replace(b"startxref\n%d" % table, b"startxref\n%d" % moved)
    return edited


@pytest.mark.parametrize(
    "how",
    ["no table", "no root", "no pages", "no kids", "moved object", "form already", "other size"],
)
def test_a_file_of_another_structure_is_refused(
    made: MadeCertificate, office: Office, how: str
) -> None:
    with pytest.raises(CertificateError) as refused:
        signed(broken(unsigned(made), how), signatory(office))
    assert refused.value.code is ErrorCode.PDF_UNEXPECTED


@pytest.mark.parametrize("data", [b"", b"%PDF-1.7\n", b"x" * 5000])
def test_what_is_no_page_of_ours_is_refused(office: Office, data: bytes) -> None:
    with pytest.raises(CertificateError) as refused:
        signed(data, signatory(office))
    assert refused.value.code is ErrorCode.PDF_UNEXPECTED


def test_a_chain_too_long_for_its_room_is_refused(made: MadeCertificate, office: Office) -> None:
    one = signatory(office)
    long = dataclasses.replace(one, intermediates=one.intermediates * 9)
    with pytest.raises(CertificateError) as refused:
        signed(unsigned(made), long)
    assert refused.value.code is ErrorCode.SIGNATURE_TOO_LARGE


@pytest.mark.parametrize(
    ("number", "der"),
    [(0, "020100"), (127, "02017f"), (128, "02020080"), (256, "02020100")],
)
def test_numbers_are_written_as_der_wants(number: int, der: str) -> None:
    assert integer(number).hex() == der


def test_lengths_and_sets_are_written_as_der_wants() -> None:
    assert tlv(SEQUENCE, b"x" * 127)[:2] == b"\x30\x7f"
    assert tlv(SEQUENCE, b"x" * 128)[:3] == b"\x30\x81\x80"
    assert tlv(SEQUENCE, b"x" * 256)[:4] == b"\x30\x82\x01\x00"
    assert set_of(SET, b"b", b"a") == b"\x31\x02ab"


@needs("qpdf")
def test_another_reader_finds_no_fault_in_the_file(made: MadeCertificate, tmp_path: Path) -> None:
    (tmp_path / "made.pdf").write_bytes(made.pdf)
    said = run("qpdf", "--check", "made.pdf", cwd=tmp_path)
    assert b"No syntax or stream encoding errors" in said


@needs("pdfsig")
def test_a_desktop_reader_calls_the_signature_valid(made: MadeCertificate, tmp_path: Path) -> None:
    (tmp_path / "made.pdf").write_bytes(made.pdf)
    said = run("pdfsig", "-nocert", "made.pdf", cwd=tmp_path)
    assert b"Signature Validation: Signature is Valid." in said
    assert b"Total document signed" in said
    assert b"Signature Type: ETSI.CAdES.detached" in said


@needs("pdfsig")
@needs("certutil")
def test_a_desktop_reader_with_our_root_trusts_the_signer(
    made: MadeCertificate, office: Office, tmp_path: Path
) -> None:
    (tmp_path / "made.pdf").write_bytes(made.pdf)
    (tmp_path / "root.pem").write_bytes(office.pki.root_pem())
    add = ("-A", "-d", "sql:.", "-n", "root", "-t", "CT,C,C", "-a", "-i", "root.pem")
    run("certutil", "-N", "-d", "sql:.", "--empty-password", cwd=tmp_path)
    run("certutil", *add, cwd=tmp_path)
    said = run("pdfsig", "-nssdir", "sql:.", "made.pdf", cwd=tmp_path)
    assert b"Certificate Validation: Certificate is Trusted." in said
