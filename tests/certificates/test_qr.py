import io
import re

import pytest
import zxingcpp
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageDraw

from certificates.code128 import bars
from certificates.qr import code128_svg, qr_png, qr_svg


def drawn(svg: str) -> Image.Image:
    """Draw the rectangles of one of our pictures, 4 pixels a unit of the viewBox."""
    width, height = (int(side) for side in re.findall(r'viewBox="0 0 (\d+) (\d+)"', svg)[0])
    picture = Image.new("L", (width * 4, height * 4), 255)
    pen = ImageDraw.Draw(picture)
    rectangles = re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)h-(\d+)z", svg)
    for x, y, across, down, back in rectangles:
        assert across == back
        left, top = int(x) * 4, int(y) * 4
        pen.rectangle((left, top, left + int(across) * 4 - 1, top + int(down) * 4 - 1), fill=0)
    return picture


def read(picture: Image.Image) -> str:
    (found,) = zxingcpp.read_barcodes(picture)
    return found.text


@settings(max_examples=25, deadline=None)
@given(st.text(st.characters(min_codepoint=32, max_codepoint=126), min_size=1, max_size=60))
def test_a_camera_reads_what_was_written(text: str) -> None:
    assert read(drawn(qr_svg(text))) == text


def test_the_png_reads_the_same_and_has_the_size_asked_for() -> None:
    picture = Image.open(io.BytesIO(qr_png("990101198503171010", scale=5, border=4)))
    assert read(picture) == "990101198503171010"
    assert picture.width % 5 == 0


@pytest.mark.parametrize("error", ["L", "M", "Q", "H"])
def test_more_correction_takes_more_room(error: str) -> None:
    picture = drawn(qr_svg("x" * 100, error=error))  # type: ignore[arg-type]
    assert read(picture) == "x" * 100
    assert (picture.width > drawn(qr_svg("x" * 100, error="L")).width) is (error != "L")


def test_the_quiet_zone_is_white() -> None:
    picture = drawn(qr_svg("quiet", border=4))
    assert set(picture.crop((0, 0, picture.width, 16)).tobytes()) == {255}
    assert 0 in picture.crop((16, 16, 20, 20)).tobytes()
    bar = drawn(code128_svg("12"))
    assert set(bar.crop((0, 0, 40, bar.height)).tobytes()) == {255}
    assert set(bar.crop((bar.width - 40, 0, bar.width, bar.height)).tobytes()) == {255}


def test_too_much_for_a_qr_code_is_refused() -> None:
    with pytest.raises(ValueError, match="too long"):
        qr_svg("x" * 5000)


@pytest.mark.parametrize("text", ["张", "¡", "é"])
def test_a_qr_code_holds_ascii_since_readers_guess_other_alphabets(text: str) -> None:
    for draw in (qr_svg, qr_png):
        with pytest.raises(ValueError, match="ASCII"):
            draw(text)


def test_every_pair_of_digits_has_its_bars() -> None:
    for start in range(0, 100, 5):
        digits = "".join(f"{value:02}" for value in range(start, start + 5))
        assert read(drawn(code128_svg(digits))) == digits


@settings(max_examples=25, deadline=None)
@given(st.text("0123456789", min_size=18, max_size=18))
def test_a_card_code_reads_back_from_its_bars(digits: str) -> None:
    assert read(drawn(code128_svg(digits))) == digits


def test_bars_begin_and_end_dark() -> None:
    modules = bars("00")
    assert (modules[0], modules[-1]) == (1, 1)
    assert len(modules) == 11 * 3 + 13


@pytest.mark.parametrize("wrong", ["", "1", "123", "12a4", "１２", "12\n"])
def test_bars_take_pairs_of_digits_only(wrong: str) -> None:
    with pytest.raises(ValueError, match="even number of digits"):
        code128_svg(wrong)


def test_the_picture_brings_nothing_but_shapes() -> None:
    svg = code128_svg("1234") + qr_svg("<script>alert(1)</script>&amp;")
    assert "script" not in svg
    assert svg.count("<svg ") == 2
