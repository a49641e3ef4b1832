"""docs/adding-a-certificate.md, carried out word for word in a folder of its own."""

import json
import re
from pathlib import Path

import pytest

from certificates.errors import CertificateError, ErrorCode
from certificates.evidence import Evidence
from certificates.results import MadeCertificate
from sandbox.departments.told import AYNUR, ZHANG, CityRecords
from tests.certificates.builders import NOON, Office, attachments, order

DOCUMENT = Path(__file__).parents[2] / "docs" / "adding-a-certificate.md"
STEP_1 = re.compile(r"`certificates/(types/[a-z_]+/type\.toml)`:\n\n```toml\n(.*?)```", re.DOTALL)
STEP_3 = re.compile(r'```python\nHOLDERS\["([a-z_]+)"\] = ([A-Z]+)\n```')


@pytest.fixture
def office(home: Path, tmp_path: Path) -> Office:
    """An office whose data have what the document adds, and nothing else."""
    ((path, text),) = STEP_1.findall(DOCUMENT.read_text(encoding="utf-8"))
    (home / path).parent.mkdir()
    (home / path).write_text(text, encoding="utf-8")
    return Office(tmp_path / "keys", home=home)


def made(office: Office, city: CityRecords, code: str, person: tuple[str, str]) -> MadeCertificate:
    evidence = {
        source: Evidence(records=city.find(source, person, fields), as_of=NOON, live=True)
        for source, fields in office.catalogue.get(code).needs().items()
    }
    return office.maker.make(order(type_code=code, evidence=evidence))


def test_the_type_of_the_document_can_be_had(office: Office, city: CityRecords) -> None:
    ((code, holder),) = STEP_3.findall(DOCUMENT.read_text(encoding="utf-8"))
    assert (code, holder) == ("employment", "ZHANG")
    certificate = made(office, city, code, ZHANG)
    stated = json.loads(attachments(certificate.pdf)["certificate.json"])
    assert certificate.titles.zh == "在职证明"
    assert stated["fields"]["employer"] == "晴川市明远软件有限公司"
    assert stated["fields"]["years"] == 12
    assert stated["predicates"] == {"employed": True}
    assert b"<pdfuaid:part>1<" in certificate.pdf


def test_who_has_no_job_is_told_which_register_says_so(office: Office, city: CityRecords) -> None:
    with pytest.raises(CertificateError) as refused:
        made(office, city, "employment", AYNUR)
    assert refused.value.code is ErrorCode.FACT_REFUSED


def test_every_member_is_explained() -> None:
    text = DOCUMENT.read_text(encoding="utf-8")
    for word in ("live", "asks", "otherwise", "columns", "shape", "open", "optional", "missing"):
        assert f"`{word}`" in text or f"`{word} = " in text
