import concurrent.futures
import json
from pathlib import Path
from typing import Any

import pytest

from certificates.catalogue import HOME
from certificates.errors import CertificateError, ErrorCode
from certificates.render import Renderer
from tests.certificates.builders import NOON, Office, attachments, order, person, said
from tests.certificates.tools import needs, run

PLAIN = """
#let page(data) = {
  set document(title: "x", date: auto)
  set text(font: "Noto Serif SC", lang: "zh")
  heading(data.text)
}
"""


def words(pdf: bytes) -> str:
    return run("pdftotext", "-", "-", stdin=pdf).decode()


def rendered(tmp_path: Path, source: str, data: dict[str, Any]) -> bytes:
    (tmp_path / "template.typ").write_text(source, encoding="utf-8")
    return Renderer(tmp_path).pdf("/template.typ", data, created=NOON)


def made(office: Office, **changes: Any) -> bytes:
    return office.maker.make(order(evidence={"population": said(person(**changes))})).pdf


def test_a_page_is_pdf_a3a_and_pdf_ua1(office: Office) -> None:
    pdf = made(office)
    for mark in (b"<pdfaid:part>3<", b"<pdfaid:conformance>A<", b"<pdfuaid:part>1<"):
        assert mark in pdf


def test_a_page_ends_with_a_line_feed(tmp_path: Path) -> None:
    assert rendered(tmp_path, PLAIN, {"text": "页"}).endswith(b"%%EOF\n")


@needs("pdftotext")
@pytest.mark.parametrize("name", ["欧阳㛃𬭚", "张龘", "阿依努尔·买买提", "㐂𬸚䶮"])
def test_rare_characters_of_names_are_printed(office: Office, name: str) -> None:
    assert name in words(made(office, name=name))


def test_a_character_in_no_font_is_refused_by_its_own_code(office: Office) -> None:
    with pytest.raises(CertificateError) as refused:
        made(office, name="张\U000313aa")
    assert refused.value.code is ErrorCode.GLYPH_MISSING
    assert "张" not in str(refused.value)


@needs("pdftotext")
@pytest.mark.parametrize(
    "hostile",
    [
        '#panic("x")',
        "$ 1/0 $ *b* _i_",
        '"] #read("type.toml")',
        "\\#eval",
        "<script>&amp;{}[]",
        '\\")) #panic("x")',
        "\\u{41}\\\\",
    ],
)
def test_what_a_record_says_is_text_and_never_markup(office: Office, hostile: str) -> None:
    found = words(made(office, name=hostile)).replace("\n", "")
    assert hostile.replace(" ", "") in found.replace(" ", "")


def test_a_template_that_does_not_compile_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CertificateError) as refused:
        rendered(tmp_path, "#let page(data) = unknown()", {"text": "x"})
    assert refused.value.code is ErrorCode.RENDER_FAILED


def test_a_template_sees_nothing_outside_its_home(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (tmp_path / "secret.txt").write_text("secret")
    with pytest.raises(CertificateError) as refused:
        rendered(home, '#let page(data) = read("../secret.txt")', {"text": "x"})
    assert refused.value.code is ErrorCode.RENDER_FAILED


def test_threads_share_one_renderer_without_mixing_their_pages(office: Office) -> None:
    names = [f"张{number}" for number in range(8)]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        pages = list(pool.map(lambda name: made(office, name=name), names))
    assert len(set(pages)) == len(pages)
    for name, page in zip(names, pages, strict=True):
        assert json.loads(attachments(page)["certificate.json"])["fields"]["name"] == name


def test_long_texts_of_a_household_fit_on_one_page(office: Office) -> None:
    household = {
        "address": "虚拟省晴川市" + "和平路 12 号" * 16,
        "head_name": "阿依努尔·买买提" * 3,
        "relation": "户主之配偶之父",
        "registered_on": "2012-05-18",
        "type": "家庭户",
    }
    assert b"/Count 1" in made(office, household=household)


@needs("pdftotext")
def test_a_long_table_goes_over_pages_with_its_head_on_each(office: Office) -> None:
    record = {
        "certificate_number": "J990101-2012-900001",
        "husband": {"name": "张明远"},
        "wife": {"name": "古丽米热·阿卜杜热合曼"},
        "registered_on": "2012-05-18",
        "status": "divorced",
        "ended_on": "2015-01-02",
    }
    evidence = {"population": said(person()), "marriage": said(*[record] * 36)}
    asked = order(type_code="marriage_status", evidence=evidence)
    for _ in range(3):  # no plate can hold it, however often it comes
        pdf = office.maker.make(asked).pdf
        assert b"/Count 3" in pdf
        found = words(pdf)
        assert found.count("登记字号") == 2
        assert [f"第 {page} 页 共 3 页" in found for page in (1, 2, 3)] == [True] * 3


def test_layout_files_are_part_of_the_home() -> None:
    assert {path.name for path in (HOME / "layout").iterdir()} == {
        "border.typ",
        "certificate.typ",
        "measures.json",
        "palette.typ",
        "particulars.typ",
        "receipt.typ",
        "seal.typ",
        "slip.typ",
        "specimen.typ",
        "standard.typ",
        "tables.typ",
    }
