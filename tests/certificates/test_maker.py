import dataclasses
import datetime as dt
import hashlib
import io
import json
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
import zxingcpp
from PIL import Image

from certificates.check_token import key_id, read_check_token
from certificates.errors import CertificateError, ErrorCode
from certificates.maker import CertificateMaker
from certificates.results import MadeCertificate
from tests.certificates.builders import BASE_URL, NOON, Office, attachments, order, person, said
from tests.certificates.tools import needs, run

OLD = said(person(), as_of=NOON - dt.timedelta(days=3))


def refusal(maker: CertificateMaker, **changes: Any) -> ErrorCode:
    with pytest.raises(CertificateError) as refused:
        maker.make(order(**changes))
    return refused.value.code


def test_the_log_is_told_what_it_must_remember(made: MadeCertificate) -> None:
    assert made.sha256 == hashlib.sha256(made.pdf).hexdigest()
    assert made.size == len(made.pdf) < 200_000
    assert made.titles.zh == "户籍证明"
    assert made.issued_at == NOON.replace(microsecond=0)
    assert made.valid_until == made.issued_at + dt.timedelta(days=30)
    assert made.provisional is False
    assert len(made.signer) == 64


def test_the_file_brings_its_statement_for_machines(made: MadeCertificate) -> None:
    document = json.loads(attachments(made.pdf)["certificate.json"])
    assert document["schema"] == "zero-run/certificate/1"
    assert document["number"] == made.number
    assert document["issuer"]["uscc"] == "11990101000000019X"
    assert document["fields"]["name"] == "张明远"
    assert document["fields"]["address"].startswith("虚拟省")
    assert document["predicates"] == {"adult": True}
    assert document["issued_at"] == "2026-11-23T12:00:00+08:00"
    assert document["as_of"] == {"population": NOON.isoformat()}
    assert document["check_url"] == made.check_url


def test_a_portrait_is_printed_and_not_in_the_statement(maker: CertificateMaker) -> None:
    made = maker.make(order(type_code="temporary_identity"))
    assert "photo" not in json.loads(made.document)["fields"]
    assert b"/DCTDecode" in made.pdf


def test_the_address_behind_the_qr_names_the_certificate_and_is_signed(office: Office) -> None:
    wanted = order(check_code="0123-4567-89AB-CDEF")
    url = urlsplit(office.maker.make(wanted).check_url)
    query = {name: values[0] for name, values in parse_qs(url.query).items()}
    assert f"{url.scheme}://{url.netloc}{url.path}" == f"{BASE_URL}/check"
    assert (query["id"], query["code"]) == ("cer_01test", "0123-4567-89AB-CDEF")
    key = office.keys.private_key("check").public_key()
    token = read_check_token(
        query["t"],
        certificate_id=query["id"],
        check_code=query["code"],
        keys={key_id(key): key},
    )
    assert token.valid_until - token.issued_at == dt.timedelta(days=30)


@needs("pdftoppm")
def test_the_printed_qr_leads_to_the_check_page(made: MadeCertificate, tmp_path: Path) -> None:
    (tmp_path / "made.pdf").write_bytes(made.pdf)
    run("pdftoppm", "-r", "150", "-png", "-singlefile", "made.pdf", "page", cwd=tmp_path)
    found = zxingcpp.read_barcodes(Image.open(tmp_path / "page.png"))
    assert [code.text for code in found] == [made.check_url]


def test_a_picture_of_the_registry_that_is_none_is_refused(maker: CertificateMaker) -> None:
    evidence = {"population": said(person(photo="bm90IGEgcGljdHVyZQ=="))}
    code = refusal(maker, type_code="temporary_identity", evidence=evidence)
    assert code is ErrorCode.IMAGE_INVALID


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"type_code": "moon_landing"}, ErrorCode.TYPE_UNKNOWN),
        ({"serial": "x"}, ErrorCode.NUMBER_INVALID),
        ({"version": 0}, ErrorCode.NUMBER_INVALID),
        ({"check_code": "short"}, ErrorCode.CHECK_CODE_INVALID),
        ({"evidence": {}}, ErrorCode.FIELD_MISSING),
        ({"evidence": {"population": OLD}}, ErrorCode.DATA_STALE),
        (
            {
                "evidence": {"population": said(person(photo=None))},
                "type_code": "temporary_identity",
            },
            ErrorCode.FIELD_MISSING,
        ),
        (
            {"evidence": {"population": said(person(status="deceased"))}},
            ErrorCode.FACT_REFUSED,
        ),
    ],
)
def test_each_wrong_order_has_its_code(
    maker: CertificateMaker, changes: dict[str, Any], code: ErrorCode
) -> None:
    assert refusal(maker, **changes) is code


def test_a_new_version_differs_in_its_number(maker: CertificateMaker) -> None:
    first, second = maker.make(order()), maker.make(order(version=2))
    assert first.number.split(".")[:8] == second.number.split(".")[:8]
    assert first.number.split(".")[8] == "001"
    assert second.number.split(".")[8] == "002"


def test_an_older_record_marks_the_certificate_where_the_type_allows(office: Office) -> None:
    catalogue = office.catalogue
    kind = catalogue.get("household_registration")
    lenient = kind.spec.sources["population"].model_copy(update={"on_stale": "provisional"})
    spec = kind.spec.model_copy(update={"sources": {"population": lenient}})
    relaxed = dataclasses.replace(
        catalogue, types={kind.code: dataclasses.replace(kind, spec=spec)}
    )
    maker = CertificateMaker(
        catalogue=relaxed,
        pki=office.pki,
        check_key=office.keys.private_key("check"),
        check_base_url=BASE_URL,
    )
    made = maker.make(order(evidence={"population": OLD}))
    assert made.provisional
    assert json.loads(made.document)["provisional"] is True


def test_secrets_of_a_certificate_do_not_show_in_words(made: MadeCertificate) -> None:
    words = repr(made)
    assert "code=" not in words
    assert "张明远" not in words + repr(order())


def test_pictures_fit_the_page(maker: CertificateMaker) -> None:
    picture = Image.new("RGB", (10, 10))
    out = io.BytesIO()
    picture.save(out, "PNG")
    assert b"/Count 1" in maker.make(order(type_code="temporary_identity")).pdf
