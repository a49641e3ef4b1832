"""From a face to a certificate that anybody can check and a card that a pharmacy reads."""

from __future__ import annotations

import io
from pathlib import Path

import pytest
import urllib3
import zxingcpp
from asn1crypto import pem, x509
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from launch.journey import Journey
from launch.system import System
from sandbox.phone.client import Phone
from sandbox.phone.results import Check
from tests.certificates.tampering import flipped, page_appended
from tests.certificates.tools import needs, run

pytestmark = [pytest.mark.model, pytest.mark.timeout(300)]


@pytest.fixture
def pdf(journey: Journey) -> bytes:
    return journey.document.pdf


def fetched(url: str) -> urllib3.BaseHTTPResponse:
    with urllib3.PoolManager(retries=False) as pool:
        return pool.request("GET", url, headers={"Accept-Language": "en"})


def _said(check: Check, part: str) -> str:
    return str(check.verdict[part]["code"])


def test_the_line_holds_and_its_citizen_sees_who_looked(journey: Journey, phone: Phone) -> None:
    assert tuple(journey.ms_by_step) == (
        *("verification", "token", "certificate", "check", "card", "decode"),
        *("quote", "settle", "purchases", "refund", "accesses"),
    )

    seen = [(look.action, look.purpose) for look in phone.accesses()]
    looks = {"registry.read", "face.verified", "certificate.issued", "certificate.downloaded"}
    looks |= {"purchase.quoted", "purchase.settled", "purchase.refunded"}
    assert looks <= {action for action, _ in seen}
    assert ("card.code_decoded", "02121") in seen


def test_another_program_trusts_the_certificate_by_the_published_root(
    system: System, pdf: bytes
) -> None:
    root = fetched(f"{system.base_url}/.well-known/certificate-root.pem").data
    trusted = [x509.Certificate.load(pem.unarmor(root)[2])]
    [signature] = PdfFileReader(io.BytesIO(pdf)).embedded_signatures

    status = validate_pdf_signature(
        signature, ValidationContext(trust_roots=trusted, allow_fetching=False)
    )

    assert status.bottom_line
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE


@needs("pdfsig")
def test_a_desktop_reader_calls_the_signature_valid(pdf: bytes, tmp_path: Path) -> None:
    (tmp_path / "made.pdf").write_bytes(pdf)
    said = run("pdfsig", "-nocert", "made.pdf", cwd=tmp_path)
    assert b"Signature Validation: Signature is Valid." in said
    assert b"Total document signed" in said


def test_the_public_check_refuses_one_flipped_byte_and_one_appended_page(
    phone: Phone, pdf: bytes
) -> None:
    assert phone.check_pdf(pdf).valid

    for at in (len(pdf) // 3, len(pdf) // 2):
        changed = phone.check_pdf(flipped(pdf, at))
        assert not changed.valid
        assert _said(changed, "integrity") not in {"INTACT", "NOT_CHECKED"}
        assert _said(changed, "in_our_log") == "UNLISTED"

    longer = phone.check_pdf(page_appended(pdf))
    assert not longer.valid
    assert _said(longer, "integrity") == "CHANGED_AFTER_SIGNING"
    assert _said(longer, "in_our_log") == "UNLISTED"


def test_id_and_code_find_the_certificate_and_no_other_code_does(
    journey: Journey, phone: Phone
) -> None:
    made = journey.document.certificate

    assert phone.check_code(made.id, made.check_code).valid
    assert not phone.check_code(made.id, "0000-0000-0000-0000").valid


@needs("pdftoppm")
def test_the_printed_qr_opens_a_page_that_says_valid(
    journey: Journey, pdf: bytes, tmp_path: Path
) -> None:
    (tmp_path / "made.pdf").write_bytes(pdf)
    run("pdftoppm", "-r", "150", "-png", "-singlefile", "made.pdf", "page", cwd=tmp_path)
    [code] = zxingcpp.read_barcodes(Image.open(tmp_path / "page.png"))

    page = fetched(code.text)

    assert code.text == journey.document.certificate.check_url
    assert page.status == 200
    text = page.data.decode()
    assert "On record and valid" in text
    assert journey.document.certificate.number in text
    assert "张明远" not in text
