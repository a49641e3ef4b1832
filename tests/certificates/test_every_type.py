"""One walk through all types: made of the city's records, signed, and read by other people."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from asn1crypto import pem, x509
from pyhanko.pdf_utils import generic
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.validation import validate_pdf_signature
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from bench.certificates.verapdf.validator import missing_of_verapdf, verapdf
from certificates.catalogue import HOME
from certificates.evidence import Evidence
from certificates.numbers import CertificateNumber
from certificates.results import MadeCertificate
from certificates.spec.fields import Kind
from sandbox.departments.told import HOLDERS, CityRecords
from tests.certificates.builders import NOON, Office, attachments, order
from tests.certificates.tools import needs, run

CODES = sorted(path.name for path in (HOME / "types").iterdir())
NAMES = {"zh", "en"}
Shelf = dict[str, MadeCertificate]


def evidence(office: Office, city: CityRecords, code: str) -> dict[str, Evidence]:
    """What the departments tell of the city's holder of a type: the fields it asks for."""
    return {
        source: Evidence(records=city.find(source, HOLDERS[code], fields), as_of=NOON, live=True)
        for source, fields in office.catalogue.get(code).needs().items()
    }


@pytest.fixture(scope="module")
def shelves(office: Office, city: CityRecords) -> tuple[Shelf, Shelf]:
    """A certificate of each type as Typst sets it, and another printed from a plate."""
    orders = {code: order(type_code=code, evidence=evidence(office, city, code)) for code in CODES}
    made = [{code: office.maker.make(orders[code]) for code in CODES} for _ in range(3)]
    return made[0], made[2]


@pytest.fixture(scope="module")
def shelf(shelves: tuple[Shelf, Shelf]) -> Shelf:
    """The printed ones; what they have in common with the others comes from them."""
    return shelves[1]


def elements(node: Any) -> list[generic.DictionaryObject]:
    """All elements of a structure tree below a node."""
    kids = node.get("/K", [])
    found = []
    for given in kids if isinstance(kids, list) else [kids]:
        kid = given.get_object() if hasattr(given, "get_object") else given
        if isinstance(kid, generic.DictionaryObject) and "/S" in kid:
            found += [kid, *elements(kid)]
    return found


def test_everybody_of_the_types_lives_in_the_city() -> None:
    assert sorted(HOLDERS) == CODES


@pytest.mark.parametrize("code", CODES)
def test_a_type_says_all_it_must(office: Office, code: str) -> None:
    spec = office.catalogue.get(code).spec
    for words in (spec.titles, spec.legal_basis, spec.statement, *(f.label for f in spec.fields)):
        assert words.zh != words.en
        assert not words.zh.isascii()
        assert words.en.isascii()
    assert spec.legal_basis.zh.startswith("《")
    for refusal in spec.refusals:
        assert refusal.words.zh.endswith("。")
        assert refusal.words.en.endswith(".")
        source = next(t.source for t in spec.takings() if t.name == refusal.fact)
        names = office.catalogue.get(code).source_names[source]
        assert refusal.words.zh.startswith(f"{names.zh}：")
        assert refusal.words.en.lower().startswith(f"{names.en.lower()}:")


@pytest.mark.parametrize("code", CODES)
def test_a_certificate_states_its_facts_for_machines(
    office: Office, shelf: Shelf, code: str
) -> None:
    made, kind = shelf[code], office.catalogue.get(code)
    assert attachments(made.pdf) == {"certificate.json": made.document}
    document = json.loads(made.document)
    stated = {f.name for f in kind.spec.fields if f.disclosure != "never"}
    assert set(document["fields"]) == stated
    assert set(document["predicates"]) == {one.name for one in kind.spec.predicates}
    assert set(document["as_of"]) == set(kind.needs())
    assert document["issuer"]["uscc"] == kind.department.uscc
    assert set(document["titles"]) == NAMES
    number = CertificateNumber.parse(made.number)
    assert (number.type_code, number.issuer) == (kind.spec.number_code, kind.department.uscc)
    assert made.valid_until - made.issued_at == kind.validity


@pytest.mark.parametrize("code", CODES)
def test_the_signature_holds_and_covers_the_whole_file(
    office: Office, shelf: Shelf, code: str
) -> None:
    reader = PdfFileReader(io.BytesIO(shelf[code].pdf))
    (signature,) = reader.embedded_signatures
    root = x509.Certificate.load(pem.unarmor(office.pki.root_pem())[2])
    context = ValidationContext(trust_roots=[root], moment=NOON, allow_fetching=False)
    status = validate_pdf_signature(signature, signer_validation_context=context)
    assert status.bottom_line
    assert status.coverage == SignatureCoverageLevel.ENTIRE_FILE
    subject = status.signing_cert.subject.native
    assert subject["organization_name"] == office.catalogue.get(code).department.names.zh


@pytest.mark.parametrize("code", CODES)
def test_a_file_is_built_as_pdf_a3a_and_pdf_ua1_want_it(
    office: Office, shelf: Shelf, code: str
) -> None:
    kind = office.catalogue.get(code)
    root = PdfFileReader(io.BytesIO(shelf[code].pdf)).root
    assert (root["/Lang"], root["/MarkInfo"]["/Marked"]) == ("zh-CN", True)
    assert bool(root["/ViewerPreferences"]["/DisplayDocTitle"])
    packet = root["/Metadata"].data.decode()
    for mark in ("pdfaid:part>3<", "pdfaid:conformance>A<", "pdfuaid:part>1<", kind.titles.zh):
        assert mark in packet
    assert root["/OutputIntents"][0]["/S"] == "/GTS_PDFA1"
    attached = root["/AF"][0]
    assert len(root["/AF"]) == 1
    assert attached["/AFRelationship"] == "/Data"
    assert attached["/EF"]["/F"]["/Subtype"] == "/application/json"
    tags = [one["/S"] for one in elements(root["/StructTreeRoot"])]
    assert "/H1" in tags
    tables = [f for f in kind.spec.fields if f.kind is Kind.TABLE and f.shape == "rows"]
    assert ("/TH" in tags) == bool(tables)


@pytest.mark.parametrize("code", CODES)
def test_every_picture_is_said_in_words(shelf: Shelf, code: str) -> None:
    root = PdfFileReader(io.BytesIO(shelf[code].pdf)).root
    figures = [one for one in elements(root["/StructTreeRoot"]) if one["/S"] == "/Figure"]
    assert len(figures) == 2 + (code == "temporary_identity")
    assert all(str(one["/Alt"]).strip() for one in figures)


@needs("pdftotext")
@pytest.mark.parametrize("code", CODES)
def test_both_languages_are_on_the_page(office: Office, shelf: Shelf, code: str) -> None:
    kind, found = office.catalogue.get(code), run("pdftotext", "-", "-", stdin=shelf[code].pdf)
    page = "".join(found.decode().split())
    name = HOLDERS[code][1]
    for words in (kind.titles, kind.department.names, kind.spec.legal_basis):
        assert "".join(words.zh.split()) in page
        assert "".join(words.en.split()) in page
    assert name in page
    assert shelf[code].number in page


@needs("qpdf")
@pytest.mark.parametrize("code", CODES)
def test_qpdf_has_nothing_to_complain_of(shelf: Shelf, code: str, tmp_path: Path) -> None:
    (tmp_path / "made.pdf").write_bytes(shelf[code].pdf)
    assert b"No syntax or stream encoding errors" in run(
        "qpdf", "--check", "made.pdf", cwd=tmp_path
    )


@needs("pdfsig")
@pytest.mark.parametrize("code", CODES)
def test_pdfsig_finds_the_signature_valid(shelf: Shelf, code: str, tmp_path: Path) -> None:
    (tmp_path / "made.pdf").write_bytes(shelf[code].pdf)
    said = run("pdfsig", "-nocert", "made.pdf", cwd=tmp_path)
    assert b"Signature is Valid." in said
    assert b"Total document signed" in said


@pytest.mark.skipif(bool(missing_of_verapdf()), reason=f"no {', '.join(missing_of_verapdf())}")
def test_verapdf_finds_every_file_valid_as_pdf_a3a_and_pdf_ua1(
    shelves: tuple[Shelf, Shelf], tmp_path: Path
) -> None:
    names = [f"{code}-{way}.pdf" for code in CODES for way in ("set", "printed")]
    for way, shelf in zip(("set", "printed"), shelves, strict=True):
        for code, made in shelf.items():
            (tmp_path / f"{code}-{way}.pdf").write_bytes(made.pdf)
    said = verapdf(*names, cwd=tmp_path)
    assert said == [f"{name} {flavour} PASS" for name in names for flavour in ("3a", "ua1")]
