"""A line composed from the case stands letter for letter as Typst sets it."""

import string

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from certificates.catalogue import HOME
from certificates.press.fonts import page_fonts
from certificates.press.marks import settable
from certificates.press.objects import Objects, page_content
from certificates.press.passages import passages
from certificates.press.type_case import Face, TypeCase
from certificates.render import Renderer
from tests.certificates.builders import NOON

RENDERER = Renderer(HOME)
CASE = TypeCase(RENDERER)
ZH = (
    "虚拟省晴川市和平路幢室号龘㛃"
    + string.ascii_letters
    + string.digits
    + '-&%#@/.()":+_ ·，（）、《》：；'
)
EN = string.ascii_letters + string.digits + "    .,-/()&':%+#_@;fffiilltT"
Letters = list[tuple[str, float]]


def by_typst(text: str, face: Face) -> list[Letters]:
    """The runs in which Typst sets a line: each letter, and how much closer the next moves."""
    data = {"zh": [], "en": [], face: [text]}
    objects = Objects.read(RENDERER.pdf("/layout/specimen.typ", data, created=NOON))
    texts = {font.resource: font.texts for font in page_fonts(objects)}
    return [
        [(texts[one.font][cid], closer) for cid, closer in one.letters]
        for one in passages(page_content(objects))
    ]


def by_case(text: str, face: Face) -> Letters | None:
    CASE.learn(text)
    line = CASE.line(text, face)
    return None if line is None else [(letter.text, closer) for letter, closer in line.letters]


def the_same(text: str, face: Face) -> bool:
    """Whether both agree; what follows a run's last letter is told by where the next begins."""
    ours, runs = by_case(text, face), by_typst(text, face)
    if ours is None:
        return True
    theirs = [letter for run in runs for letter in run]
    ends, at = set(), -1
    for run in runs:
        at += len(run)
        ends.add(at)
    return [one for one, _ in ours] == [one for one, _ in theirs] and all(
        at in ends or abs(ours[at][1] - theirs[at][1]) < 0.05 for at in range(len(ours))
    )


@settings(max_examples=200)
@given(st.text(ZH, min_size=1, max_size=25).filter(lambda text: settable("zh", text)))
@example("号-A&号#1%号")
@example("市 5Wfi&(晴W省晴")
@example("虚8fiTj7&:&幢")
def test_chinese_lines(text: str) -> None:
    assert the_same(text, "zh")


@settings(max_examples=200)
@given(st.text(EN, min_size=1, max_size=30).filter(lambda text: settable("en", text)))
@example("Pension, Medical, Work injury")
@example("office of the People's Affairs, To AV")
def test_english_lines(text: str) -> None:
    assert the_same(text, "en")


@pytest.mark.parametrize("text", ["Zoë", "—", "”", "\U000313aa", "🙂"])
def test_a_letter_that_is_not_in_the_case_makes_no_line(text: str) -> None:
    assert by_case("晴" + text, "zh") is None


def test_a_letter_in_no_font_does_not_keep_others_from_being_learnt() -> None:
    assert by_case("\U000313aa鬱", "zh") is None
    assert by_case("鬱", "zh") == [("鬱", 0.0)]


def test_learning_twice_asks_typst_once() -> None:
    case = TypeCase(RENDERER)
    case.learn("欧阳")
    known = case.line("欧阳", "zh")
    case.learn("阳欧欧")
    again = case.line("欧阳", "zh")
    assert known is not None
    assert again is not None
    assert [one for one, _ in known.letters] == [one for one, _ in again.letters]
