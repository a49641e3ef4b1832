"""The parts of the press, each read back by what it was written by or for."""

import struct
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from certificates.errors import CertificateError, ErrorCode
from certificates.press.font_writer import FontWriter
from certificates.press.fonts import page_fonts
from certificates.press.modules import drawn
from certificates.press.objects import Objects, page_content
from certificates.press.outlines import take_apart
from certificates.press.packing import Piece, packed
from certificates.press.passages import passages
from certificates.press.shown import read_shown, write_shown
from tests.certificates.press.conftest import PageOf
from tests.certificates.press.pages import set_by_typst

LETTERS = st.lists(
    st.tuples(st.integers(0, 0xFFFF), st.integers(-999, 999).map(float)), min_size=1, max_size=40
)


def taken_apart(pdf: bytes) -> None:
    objects = Objects.read(pdf)
    page_fonts(objects)
    page_content(objects)


@given(LETTERS)
def test_letters_are_read_as_they_are_written(letters: list[tuple[int, float]]) -> None:
    written = write_shown(tuple(letters))
    assert read_shown(written + b"\nET", 0) == (tuple(letters), len(written))


@given(st.lists(st.integers(0, 0xFFFF), min_size=1, max_size=40))
def test_letters_in_parentheses_are_read_too(cids: list[int]) -> None:
    plain = struct.pack(f">{len(cids)}H", *cids)
    escaped = plain.replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(b")", b"\\)")
    written = b"(" + escaped + b")Tj"
    assert read_shown(written, 0) == (tuple((cid, 0.0) for cid in cids), len(written))


def test_balanced_parentheses_stand_for_themselves() -> None:
    letters, _ = read_shown(b"[(\x00(\x00)\\000\\t\\0001)-24.5(\\000A)]TJ", 0)
    assert letters == ((0x28, 0.0), (0x29, 0.0), (0x09, 0.0), (0x31, -24.5), (0x41, 0.0))


@pytest.mark.parametrize("broken", [b"[<0001>", b"(\\000A", b"<00zz>Tj", b"Tm", b""])
def test_what_is_no_operand_of_text_is_refused(broken: bytes) -> None:
    with pytest.raises(CertificateError) as refused:
        read_shown(broken, 0)
    assert refused.value.code is ErrorCode.PDF_UNEXPECTED


@given(st.lists(st.tuples(st.binary(max_size=300), st.sampled_from(["stored", "quick", "well"]))))
def test_pieces_however_packed_unpack_to_what_they_were(pieces: list[tuple[bytes, str]]) -> None:
    parts = [getattr(Piece, way)(plain) for plain, way in pieces]
    assert zlib.decompress(packed(parts)) == b"".join(plain for plain, _ in pieces)


def test_a_long_piece_is_stored_in_several_blocks() -> None:
    plain = bytes(range(256)) * 600
    assert zlib.decompress(packed([Piece.stored(plain)])) == plain


def test_a_font_put_together_is_the_font_taken_apart(page_of: PageOf) -> None:
    for font in page_fonts(Objects.read(set_by_typst(page_of()))):
        known = font.embedded
        writer = FontWriter(known, known.groups)
        groups = bytes(writer.group(outline) for outline in known.outlines)
        start = writer.start(groups, [len(one.program) for one in known.outlines])
        again = take_apart(start + b"".join(one.program for one in known.outlines))
        assert again == known


def test_a_font_of_letters_of_a_strange_group_is_not_written(page_of: PageOf) -> None:
    font = page_fonts(Objects.read(set_by_typst(page_of())))[0].embedded
    with pytest.raises(KeyError):
        FontWriter(font, {b"Other": b""}).group(font.outlines[1])


def test_every_passage_of_a_page_says_what_the_page_says(page_of: PageOf) -> None:
    objects = Objects.read(set_by_typst(page_of(name="欧阳静")))
    texts = {font.resource: font.texts for font in page_fonts(objects)}
    found = [one.text(texts[one.font]) for one in passages(page_content(objects))]
    assert found.count("欧阳静") == 1
    assert "990101198503171010" in found


@pytest.mark.parametrize("damage", [b"/Type/Page/", b"/Font<<", b"/ToUnicode", b"/FontFile3"])
def test_a_file_of_another_shape_is_refused(page_of: PageOf, damage: bytes) -> None:
    broken = set_by_typst(page_of()).replace(damage, b"x" * len(damage))
    with pytest.raises(CertificateError) as refused:
        taken_apart(broken)
    assert refused.value.code is ErrorCode.PDF_UNEXPECTED


def test_a_font_of_another_make_is_refused(
    page_of: PageOf, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects = Objects.read(set_by_typst(page_of()))
    monkeypatch.setattr(Objects, "stream", lambda _, __: b"\x01\x00\x04\x04\x00\x01")
    with pytest.raises(CertificateError) as refused:
        page_fonts(objects)
    assert refused.value.code is ErrorCode.PDF_UNEXPECTED


def test_a_code_is_drawn_module_by_module() -> None:
    rows = [b"\x00\xff\x00", b"\x00\x00\xff", b"\xff\xff\x00"]
    operators = drawn(rows, side=30, corner=b"10 50").split(b"\n")
    assert operators[0] == b"q 10.0 0 0 -10.0 10 50 cm/c1 cs 0 scn"
    assert operators[1:-2] == [b"0 0 1 2 re", b"1 1 1 1 re", b"2 0 1 1 re", b"2 2 1 1 re"]
    assert operators[-2:] == [b"f", b"Q"]
