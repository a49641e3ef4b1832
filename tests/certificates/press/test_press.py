"""What a plate prints is what Typst would have set; what it cannot hold, Typst sets."""

import concurrent.futures
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from certificates.catalogue import HOME
from certificates.errors import CertificateError, ErrorCode
from certificates.press.fonts import page_fonts
from certificates.press.objects import Objects
from certificates.press.outlines import Outline
from certificates.press.press import Press
from sandbox.departments.told import HOLDERS, CityRecords
from tests.certificates.builders import NOON, Office, attachments, order, person
from tests.certificates.press.conftest import PageOf
from tests.certificates.press.pages import (
    TEMPLATE,
    Page,
    differing,
    printed,
    set_by_typst,
    words,
)
from tests.certificates.test_every_type import CODES, evidence
from tests.certificates.tools import needs

NAMES = st.text("张王李赵欧阳司马示例晴川市龘㛃", min_size=1, max_size=12)
ADDRESSES = st.text(
    "虚拟省晴川市和平路幢室号0123456789ABWfi-&%#@/.() ·，（", min_size=1, max_size=30
)


def household(**changes: Any) -> dict[str, Any]:
    return {"household": person()["household"] | changes}


def letters(pdf: bytes) -> dict[tuple[str, str], tuple[Outline, bytes]]:
    """What a file embeds: outline and width by font and text."""
    return {
        (font.name, text): (font.embedded.outlines[cid], font.widths[cid])
        for font in page_fonts(Objects.read(pdf))
        for cid, text in font.texts.items()
    }


@needs("pdftoppm")
@pytest.mark.parametrize("code", CODES)
def test_every_type_is_printed_as_typst_sets_it(
    office: Office, city: CityRecords, code: str
) -> None:
    asked = order(type_code=code, evidence=evidence(office, city, code))
    page, template = office.maker.statement(asked).page(), office.catalogue.get(code).template
    ours = printed(Press(HOME), page, template=template)
    theirs = set_by_typst(page, template=template)
    assert differing(ours, theirs) == 0
    assert words(ours) == words(theirs)
    assert HOLDERS[code][1] in "".join(words(ours).split())


@needs("pdftoppm")
@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=NAMES, head=NAMES, address=ADDRESSES)
@example(name="㛃", head="㛃", address="0·A")
@example(name="㛃", head="㛃", address="晴·A")
@example(name="㛃", head="㛃", address="号-A&号#1%号")
def test_whatever_the_values_a_print_looks_as_typst_sets_it(
    press: Press, page_of: PageOf, name: str, head: str, address: str
) -> None:
    page = page_of(name=name, **household(head_name=head, address=address))
    first = press.pdf(TEMPLATE, page, created=NOON)
    again = press.pdf(TEMPLATE, page, created=NOON)
    theirs = set_by_typst(page)
    for ours in (first, again):
        assert differing(ours, theirs) == 0
        assert words(ours) == words(theirs)


@needs("pdftoppm")
@pytest.mark.parametrize("letters", range(24, 36, 2))
def test_a_value_that_just_fits_or_just_does_not_is_broken_where_typst_breaks_it(
    press: Press, page_of: PageOf, letters: int
) -> None:
    page = page_of(**household(address="晴" * letters))
    assert differing(printed(press, page), set_by_typst(page)) == 0


@needs("pdftoppm")
@pytest.mark.parametrize("code", ["WWWW-MMMM-WWWW-MMMM", "NNNN-NNNN-NNNN-NNNN", "1111-JJJJ"])
def test_a_check_code_of_wide_letters_never_runs_into_the_signature(
    press: Press, page_of: PageOf, code: str
) -> None:
    press.pdf(TEMPLATE, page_of(), created=NOON)
    page = page_of() | {"check_code": code}
    assert differing(printed(press, page), set_by_typst(page)) == 0


def test_a_long_value_makes_a_plate_of_its_own_when_it_comes_again(
    press: Press, page_of: PageOf
) -> None:
    page = page_of(**household(address="虚拟省晴川市和平路十二号三幢五零二室" * 3))
    theirs = set_by_typst(page)
    assert differing(press.pdf(TEMPLATE, page, created=NOON), theirs) == 0
    assert differing(printed(press, page), theirs) == 0


def test_a_print_holds_nothing_of_whom_the_plate_was_made_for(page_of: PageOf) -> None:
    press = Press(HOME)
    for name, number in (("欧阳甲", "990101198503171010"), ("欧阳乙", "990101198503171029")):
        press.pdf(TEMPLATE, page_of(name=name, citizen_number=number), created=NOON)
    page = page_of(name="司马丙", citizen_number="990101198503171037")
    pdf = printed(press, page)
    assert "司马丙" in words(pdf)
    assert not {"欧", "阳", "甲", "乙"} & set(words(pdf))
    assert attachments(pdf) == {"certificate.json": page["document"].encode()}
    for other in (b"990101198503171010", b"990101198503171029"):
        assert other not in pdf
    assert set_by_typst(page)[:8] == pdf[:8]


def test_the_same_page_is_the_same_file_and_another_has_another_identifier(
    press: Press, page_of: PageOf
) -> None:
    page, other = page_of(), page_of(name="王芳")
    one, again, of_other = (printed(press, given) for given in (page, page, other))
    assert one == again
    identifiers = {re.search(rb"/ID\[\(([^)]*)\)\(([^)]*)\)\]", pdf) for pdf in (one, of_other)}
    first, second = (found for found in identifiers if found)
    assert first[1] == second[1]
    assert first[2] != second[2]
    for found, pdf in ((first, first.string), (second, second.string)):
        assert b"<xmpMM:InstanceID>%b<" % found[2] in pdf


def test_a_print_has_the_outlines_and_widths_that_typst_embeds(
    press: Press, page_of: PageOf
) -> None:
    page = page_of(name="欧阳AV9", **household(address="虚拟省晴川市 12 号，（示例）fi"))
    assert letters(printed(press, page)).items() >= letters(set_by_typst(page)).items()


def test_a_print_is_dated_like_the_page_typst_sets(press: Press, page_of: PageOf) -> None:
    page = page_of()
    moments = rb"D:\d{14}Z|20\d\d-\d\d-\d\dT[0-9:+]+"
    theirs = re.findall(moments, set_by_typst(page))
    assert theirs
    assert sorted(re.findall(moments, printed(press, page))) == sorted(theirs)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"name": "张\U000313aa"}, ErrorCode.GLYPH_MISSING),
        ({"name": "🙂"}, ErrorCode.GLYPH_MISSING),
        (household(address="\U000313aa" * 9), ErrorCode.GLYPH_MISSING),
    ],
)
def test_what_typst_refuses_is_refused_however_often_it_comes(
    press: Press, page_of: PageOf, changes: dict[str, Any], why: ErrorCode
) -> None:
    for _ in range(4):
        with pytest.raises(CertificateError) as refused:
            press.pdf(TEMPLATE, page_of(**changes), created=NOON)
        assert refused.value.code is why
    printed(press, page_of())


@needs("pdftoppm")
@pytest.mark.parametrize(
    "name",
    ["阿依努尔·买买提", "（张）", "张，，三", " 张 ", "Zoë Ångström", "张‑三", "張三・李四"],
)
def test_what_only_typst_can_set_is_set_by_typst(press: Press, page_of: PageOf, name: str) -> None:
    page = page_of(name=name)
    theirs = set_by_typst(page)
    for _ in range(3):
        assert differing(press.pdf(TEMPLATE, page, created=NOON), theirs) == 0


def test_plates_are_bounded_and_the_least_used_goes(page_of: PageOf) -> None:
    press = Press(HOME, plates=3)
    pages = [page_of(**household(address="晴" * (40 + n))) for n in range(5)]
    for page in pages:
        printed(press, page)
    assert len(press._plates) == 3


def test_threads_print_what_one_thread_prints(page_of: PageOf) -> None:
    pages: list[Page] = [page_of(name="张" + rest) for rest in "明远芳伟娜敏静丽强磊军洋勇艳杰涛"]
    alone, together = Press(HOME), Press(HOME)
    printed(together, pages[0])
    expected = [printed(alone, page) for page in pages]
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda page: together.pdf(TEMPLATE, page, created=NOON), pages))
    assert [words(one) for one in found] == [words(one) for one in expected]
    assert together.composed == 1
