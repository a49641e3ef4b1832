from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.verify import pictures
from verify.decoding import WORKING_SIDE, decode
from verify.defaults.image import FRAME, PHOTO
from verify.errors import Code, ImageRefused
from verify.images import probe
from verify.policy import ImagePolicy

SCAN = pictures.segment(0xDA, bytes(10)) + b"pixels\xff\x00more\xff\xd0end"
GOOD = pictures.jpeg(pictures.plain())


def refusal(data: bytes, policy: ImagePolicy = PHOTO) -> str:
    with pytest.raises(ImageRefused) as caught:
        probe(data, policy)
    return caught.value.code


def test_a_jpeg_and_a_png_are_recognised_by_their_content() -> None:
    assert probe(GOOD, PHOTO).format == "jpeg"
    header = probe(pictures.png(pictures.plain(30, 20)), PHOTO)
    assert (header.format, header.width, header.height) == ("png", 30, 20)


def test_progressive_and_grey_jpegs_are_pictures_too() -> None:
    flags = [cv2.IMWRITE_JPEG_PROGRESSIVE, 1]
    progressive = bytes(cv2.imencode(".jpg", pictures.plain(), flags)[1])
    grey = bytes(cv2.imencode(".jpg", pictures.plain()[:, :, 0])[1])
    assert probe(progressive, PHOTO).width == 64
    assert decode(grey, PHOTO).shape == (48, 64, 3)


def test_no_bytes_are_no_image() -> None:
    assert refusal(b"") == Code.IMAGE_EMPTY


def test_a_file_longer_than_the_policy_allows_is_not_looked_at() -> None:
    assert refusal(b"x" * (PHOTO.max_bytes + 1)) == Code.IMAGE_TOO_LARGE


@pytest.mark.parametrize(
    "data",
    [
        b"GIF89a\x01\x00\x01\x00\x80\x00\x00",
        b"RIFF\x00\x00\x00\x00WEBPVP8 ",
        b"BM" + bytes(60),
        b"<svg xmlns='http://www.w3.org/2000/svg'/>",
        b"just a text file",
    ],
    ids=["gif", "webp", "bmp", "svg", "text"],
)
def test_other_formats_are_unsupported(data: bytes) -> None:
    assert refusal(data) == Code.UNSUPPORTED_IMAGE


def test_a_frame_is_a_jpeg_and_nothing_else() -> None:
    assert refusal(pictures.png(pictures.plain()), FRAME) == Code.UNSUPPORTED_IMAGE


def test_a_bomb_of_fifty_megapixels_is_refused_by_its_header() -> None:
    bomb = pictures.jpeg_file(pictures.segment(0xC0, pictures.frame_header(8000, 6250)), SCAN)
    assert refusal(bomb) == Code.IMAGE_TOO_MANY_PIXELS
    assert refusal(pictures.png_file(8000, 6250)) == Code.IMAGE_TOO_MANY_PIXELS


def test_a_picture_of_one_endless_row_is_refused() -> None:
    assert refusal(pictures.png_file(9000, 1)) == Code.IMAGE_TOO_MANY_PIXELS


def test_a_truncated_jpeg_is_refused_wherever_it_was_cut(portraits: Path) -> None:
    whole = pictures.jpeg(pictures.read(portraits / "obama.jpg", height=200))
    assert probe(whole, PHOTO).height == 200
    for part in (3, 20, 200, len(whole) // 2, len(whole) - 1):
        assert refusal(whole[:part]) == Code.IMAGE_BROKEN


def test_a_truncated_png_is_refused() -> None:
    whole = pictures.png(pictures.plain())
    for part in (9, 20, 33, len(whole) - 1):
        assert refusal(whole[:part]) == Code.IMAGE_BROKEN


def test_a_png_header_must_match_its_checksum() -> None:
    broken = bytearray(pictures.png(pictures.plain()))
    broken[19] ^= 1
    assert refusal(bytes(broken)) == Code.IMAGE_BROKEN


def test_an_animated_png_is_unsupported() -> None:
    moving = pictures.png_file(8, 8, pictures.chunk(b"acTL", bytes(8)))
    assert refusal(moving) == Code.UNSUPPORTED_IMAGE


@pytest.mark.parametrize(
    ("header", "code"),
    [
        (pictures.segment(0xC3, pictures.frame_header(8, 8)), Code.UNSUPPORTED_IMAGE),
        (pictures.segment(0xC9, pictures.frame_header(8, 8)), Code.UNSUPPORTED_IMAGE),
        (pictures.segment(0xC1, pictures.frame_header(8, 8, bits=12)), Code.UNSUPPORTED_IMAGE),
        (pictures.segment(0xC0, pictures.frame_header(8, 8, colours=4)), Code.UNSUPPORTED_IMAGE),
        (pictures.segment(0xC0, pictures.frame_header(8, 0)), Code.IMAGE_BROKEN),
        (pictures.segment(0xC0, pictures.frame_header(0, 8)), Code.IMAGE_BROKEN),
        (pictures.segment(0xC0, b"\x08"), Code.IMAGE_BROKEN),
        (2 * pictures.segment(0xC0, pictures.frame_header(8, 8)), Code.IMAGE_BROKEN),
        (b"", Code.IMAGE_BROKEN),
        (b"\xff\xe0\x00\x01", Code.IMAGE_BROKEN),
        (b"\xff\xe0\xff\xff", Code.IMAGE_BROKEN),
        (pictures.segment(0xFE, b"comment") + b"no marker", Code.IMAGE_BROKEN),
    ],
    ids=[
        "lossless",
        "arithmetic",
        "12 bit",
        "cmyk",
        "no height",
        "no width",
        "short header",
        "two headers",
        "no header",
        "length below itself",
        "length beyond the file",
        "no marker",
    ],
)
def test_unusual_and_broken_jpeg_headers_are_refused(header: bytes, code: Code) -> None:
    assert refusal(pictures.jpeg_file(header, SCAN)) == code


def test_a_jpeg_without_a_scan_is_broken() -> None:
    header = pictures.segment(0xC0, pictures.frame_header(8, 8))
    assert refusal(pictures.jpeg_file(header)) == Code.IMAGE_BROKEN


def test_a_jpeg_of_endless_scans_or_segments_is_broken() -> None:
    header = pictures.segment(0xC0, pictures.frame_header(8, 8))
    assert probe(pictures.jpeg_file(header, *[SCAN] * 20), PHOTO).width == 8
    assert refusal(pictures.jpeg_file(header, *[SCAN] * 40)) == Code.IMAGE_BROKEN
    comments = [pictures.segment(0xFE, b"hello")] * 600
    assert refusal(pictures.jpeg_file(*comments, header, SCAN)) == Code.IMAGE_BROKEN


def test_the_empty_policy_refuses_a_good_picture() -> None:
    assert refusal(GOOD, ImagePolicy()) == Code.IMAGE_TOO_LARGE
    roomy = replace(PHOTO, formats=frozenset())
    assert refusal(GOOD, roomy) == Code.UNSUPPORTED_IMAGE


def test_a_complete_file_of_nonsense_is_refused_by_the_decoder() -> None:
    header = pictures.segment(0xC0, pictures.frame_header(8, 8))
    with pytest.raises(ImageRefused) as caught:
        decode(pictures.jpeg_file(header, SCAN), PHOTO)
    assert caught.value.code == Code.IMAGE_BROKEN


def test_a_rotated_photograph_stands_upright_and_its_metadata_is_gone() -> None:
    wide = pictures.plain(60, 40)
    wide[:, :30] = 0
    exif = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01"
    rotated = exif + b"\x00\x06\x00\x00" + bytes(4)
    plain = pictures.jpeg(wide)
    turned = decode(plain[:2] + pictures.segment(0xE1, rotated) + plain[2:], PHOTO)
    assert turned.shape == (60, 40, 3)
    assert turned[:25].mean() < 20
    assert turned[35:].mean() > 100


@pytest.mark.parametrize("times", [1.5, 2.5, 4.5])
def test_a_large_photograph_is_measured_at_a_working_size(times: float) -> None:
    side = int(WORKING_SIDE * times)
    pixels = decode(pictures.jpeg(pictures.plain(side, side // 3)), PHOTO)
    assert max(pixels.shape) <= WORKING_SIDE


def test_the_largest_photograph_is_decoded_at_an_eighth() -> None:
    wide = replace(PHOTO, max_side=20_000)
    pixels = decode(pictures.jpeg(pictures.plain(8 * WORKING_SIDE, 64)), wide)
    assert pixels.shape[:2] == (8, WORKING_SIDE)


def outcome(take: Callable[[bytes, ImagePolicy], object], data: bytes) -> str:
    """The code of a refusal, or an empty word."""
    try:
        take(data, PHOTO)
    except ImageRefused as refused:
        return refused.code
    return ""


@given(st.binary(max_size=400))
def test_any_bytes_are_either_an_image_or_refused_with_a_code(noise: bytes) -> None:
    for start in (b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"):
        assert outcome(probe, start + noise) in {"", *Code}


@given(st.data())
def test_a_damaged_jpeg_is_either_decoded_or_refused_with_a_code(data: st.DataObject) -> None:
    damaged = bytearray(GOOD)
    for _ in range(data.draw(st.integers(1, 6))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    assert outcome(decode, bytes(damaged)) in {"", *Code}
