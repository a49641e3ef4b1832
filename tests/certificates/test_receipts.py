"""The page of a receipt: all of it printed, signed by its authority, read by other people."""

from __future__ import annotations

import datetime as dt
import io
import json
import threading
from pathlib import Path
from typing import Any

import pytest
import zxingcpp
from asn1crypto import pem, x509
from PIL import Image
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from bench.certificates.verapdf.validator import missing_of_verapdf, verapdf
from certificates.checking import Limits
from certificates.errors import CertificateError, ErrorCode
from certificates.inspection import PdfInspector
from certificates.offline import check_offline
from certificates.reading.reader import OwnReader
from certificates.receipt_maker import ReceiptMaker
from certificates.render import Renderer
from tests.certificates.builders import NOON, Office, attachments
from tests.certificates.readers import GOOD
from tests.certificates.receipts import (
    AT,
    MIXED,
    SETTLEMENT,
    claims,
    line,
    receipt,
    refund,
    split_of,
)
from tests.certificates.test_every_type import elements
from tests.certificates.tools import needs, run

SIXTY = tuple(line(n, category="ABC"[n % 3]) for n in range(1, 61))
LATER = NOON + dt.timedelta(hours=3)
ADJUSTED = {
    "id": "adj_06aqkq9f1g0000000000000000",
    "at": AT + 3_700,
    "deductible": 10_500,
    "fund": -6_300,
    "account": 4_300,
    "due": 2_000,
}
BACK: dict[str, Any] = {
    "refunds": [refund(1), refund(2, total=500, account=500)],
    "returned": 1_500,
    "adjustments": [ADJUSTED],
}


@pytest.fixture(scope="module")
def maker(office: Office) -> ReceiptMaker:
    return ReceiptMaker(
        home=office.catalogue.home, pki=office.pki, renderer=Renderer(office.catalogue.home)
    )


@pytest.fixture(scope="module")
def shelf(maker: ReceiptMaker) -> dict[str, bytes]:
    """A receipt as it comes, one of which things came back, and a long one."""
    return {
        "mixed": maker.make(receipt()),
        "back": maker.make(receipt(**BACK)),
        "sixty": maker.make(receipt(*SIXTY)),
    }


def words(pdf: bytes) -> str:
    return run("pdftotext", "-", "-", stdin=pdf).decode()


def plain(pdf: bytes) -> str:
    return "".join(words(pdf).split())


def test_the_authority_signs_the_whole_file(office: Office, shelf: dict[str, bytes]) -> None:
    for pdf in shelf.values():
        (signature,) = PdfFileReader(io.BytesIO(pdf)).embedded_signatures
        root = x509.Certificate.load(pem.unarmor(office.pki.root_pem())[2])
        context = ValidationContext(trust_roots=[root], moment=LATER, allow_fetching=False)
        status = validate_pdf_signature(signature, signer_validation_context=context)
        assert status.bottom_line
        assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
        assert status.signing_cert.subject.native["organization_name"] == "示例市医疗保障局"


def test_the_receipt_itself_is_attached(shelf: dict[str, bytes]) -> None:
    for pdf in shelf.values():
        (name, data), *others = attachments(pdf).items()
        assert (name, others) == ("receipt.json", [])
        told = json.loads(data)
        assert told["receipt"] == receipt().signed
        assert (told["number"], told["check_url"]) == (SETTLEMENT, receipt().check_url)
        root = PdfFileReader(io.BytesIO(pdf)).root
        assert root["/AF"][0]["/AFRelationship"] == "/Data"


def test_a_page_is_built_for_readers_of_all_kinds(shelf: dict[str, bytes]) -> None:
    for pdf in shelf.values():
        root = PdfFileReader(io.BytesIO(pdf)).root
        assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("zh-CN", True)
        packet = root["/Metadata"].data.decode()
        for mark in ("pdfaid:part>3<", "pdfaid:conformance>A<", "pdfuaid:part>1<"):
            assert mark in packet
        found = elements(root["/StructTreeRoot"])
        assert {"/H1", "/TH"} <= {one["/S"] for one in found}
        figures = [one for one in found if one["/S"] == "/Figure"]
        assert len(figures) == 2
        assert all(str(one["/Alt"]).strip() for one in figures)


@needs("pdftotext")
def test_everything_is_on_the_page_in_both_languages(shelf: dict[str, bytes]) -> None:
    page = plain(shelf["mixed"])
    for said in (
        *("医疗保障结算回执", "ReceiptofaMedicalInsuranceSettlement"),
        *("平安大药房（和平路店）", SETTLEMENT, "2026年11月23日12:00"),
        *("P00000000001202611230800000001", "qingchuan-employee-pharmacy2026.1"),
        *("职工基本医疗保险", "employees'insurance", "由收银台收取", "k3J8vWq0Zb1sT5xY7aBc9d"),
        *("基金支付", "个人账户", "家庭共济", "现金支付", "Mutualaid"),
        *("350.00", "169.20", "120.00", "30.80", "30.00"),
        *("丙类自费30.00", "超限价20.00", "乙类先行自付18.00", "政策范围内282.00"),
        *("甲", "乙", "丙", "2（退1）", "1returned"),
        *("示例市医疗保障局", "HealthcareSecurityBureauofExampleCity"),
    ):
        assert said in page, said
    assert "退回（元）" not in page
    assert "已退回" not in page


@needs("pdftotext")
def test_what_came_back_is_told(shelf: dict[str, bytes], maker: ReceiptMaker) -> None:
    page = plain(shelf["back"])
    for said in ("部分退货，已退回15.00元", "Partlygivenback:CNY15.00"):
        assert said in page
    for one in (*BACK["refunds"], ADJUSTED):
        assert one["id"] in page
    assert "-63.00" in page
    whole = plain(maker.make(receipt(returned=split_of(MIXED)["total"])))
    assert "已全部退回350.00元" in whole


@needs("pdftotext")
def test_no_line_of_a_long_basket_is_lost(shelf: dict[str, bytes]) -> None:
    pdf = shelf["sixty"]
    found = words(pdf)
    for n in range(1, 61):
        assert f"阿莫西林胶囊 {n} 号" in found
        assert f"XA{n:08}" in found
    pages = len(PdfFileReader(io.BytesIO(pdf)).root["/Pages"]["/Kids"])
    assert pages > 1
    assert found.count("名称与目录编码") == pages
    assert all(f"第 {page} 页 共 {pages} 页" in found for page in range(1, pages + 1))


@needs("pdftotext")
@pytest.mark.parametrize("hostile", ['#panic("x")', "$ 1/0 $ *b*", '\\")) #read("x")'])
def test_what_a_merchant_is_called_is_text_and_never_markup(
    maker: ReceiptMaker, hostile: str
) -> None:
    told = receipt(merchant={"id": "mer_1", "name": hostile})
    assert hostile.replace(" ", "") in plain(maker.make(told))


@needs("pdftoppm")
def test_the_code_is_read_from_the_page(shelf: dict[str, bytes]) -> None:
    picture = run("pdftoppm", "-r", "150", "-png", "-", stdin=shelf["mixed"])
    (code,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    assert code.text == receipt().check_url


def test_as_many_names_as_lines_are_wanted(maker: ReceiptMaker) -> None:
    told = receipt()
    short = type(told)(
        claims=claims(),
        names=told.names[:2],
        signed=told.signed,
        check_url=told.check_url,
        check_page=told.check_page,
    )
    with pytest.raises(ValueError, match="shorter"):
        maker.make(short)


def test_a_character_in_no_font_is_refused(maker: ReceiptMaker) -> None:
    with pytest.raises(CertificateError) as refused:
        maker.make(receipt(merchant={"id": "mer_1", "name": "药\U000313aa房"}))
    assert refused.value.code is ErrorCode.GLYPH_MISSING


def test_no_more_callers_wait_than_may(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    maker = ReceiptMaker(
        home=office.catalogue.home,
        pki=office.pki,
        renderer=Renderer(office.catalogue.home),
        waiting=1,
    )
    inside, go_on = threading.Event(), threading.Event()

    def slow(_: object) -> bytes:
        inside.set()
        assert go_on.wait(10)
        return b""

    monkeypatch.setattr(maker, "_made", slow)
    first = threading.Thread(target=maker.make, args=(receipt(),))
    first.start()
    assert inside.wait(10)
    with pytest.raises(CertificateError) as refused:
        maker.make(receipt())
    assert refused.value.code is ErrorCode.MAKER_BUSY
    go_on.set()
    first.join()
    assert maker.make(receipt()) == b""


def test_our_own_readers_find_it_genuine_offline(
    shelf: dict[str, bytes], own: OwnReader, inspector: PdfInspector
) -> None:
    for pdf in shelf.values():
        for reader in (own, inspector):
            assert reader.inspect(pdf, now=LATER, limits=Limits()) == GOOD
            changed = pdf.replace(b"/Lang(zh-CN)", b"/Lang(en-US)", 1)
            assert reader.inspect(changed, now=LATER, limits=Limits()) != GOOD


def test_it_is_genuine_offline_as_long_as_it_counts(
    shelf: dict[str, bytes], inspector: PdfInspector
) -> None:
    end = dt.timedelta(days=3 * 365)  # of the signing certificate, made as the first page was
    found = check_offline(shelf["mixed"], inspector=inspector, now=LATER, limits=Limits())
    assert found.genuine
    assert found.statement is not None
    assert found.statement.document["type"] == "settlement_receipt"
    late = check_offline(shelf["mixed"], inspector=inspector, now=LATER + end, limits=Limits())
    assert not late.genuine


@needs("qpdf")
@needs("pdfsig")
def test_qpdf_and_pdfsig_find_nothing_wrong(shelf: dict[str, bytes], tmp_path: Path) -> None:
    for name, pdf in shelf.items():
        (tmp_path / f"{name}.pdf").write_bytes(pdf)
        said = run("qpdf", "--check", f"{name}.pdf", cwd=tmp_path)
        assert b"No syntax or stream encoding errors" in said
        said = run("pdfsig", "-nocert", f"{name}.pdf", cwd=tmp_path)
        assert b"Signature is Valid." in said
        assert b"Total document signed" in said


@pytest.mark.skipif(bool(missing_of_verapdf()), reason=f"no {', '.join(missing_of_verapdf())}")
def test_verapdf_finds_every_receipt_valid_as_pdf_a3a_and_pdf_ua1(
    shelf: dict[str, bytes], tmp_path: Path
) -> None:
    for name, pdf in shelf.items():
        (tmp_path / f"{name}.pdf").write_bytes(pdf)
    said = verapdf(*(f"{name}.pdf" for name in shelf), cwd=tmp_path)
    assert said == [f"{name}.pdf {flavour} PASS" for name in shelf for flavour in ("3a", "ua1")]
