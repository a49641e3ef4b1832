import base64
import datetime as dt
import io

import pytest
from PIL import Image

from certificates.errors import CertificateError, ErrorCode
from certificates.presenting import date_words, portrait
from tests.certificates.builders import jpeg


def encoded(picture: Image.Image, kind: str = "JPEG", **options: object) -> str:
    out = io.BytesIO()
    picture.save(out, kind, **options)
    return base64.b64encode(out.getvalue()).decode()


def test_days_are_written_in_both_languages() -> None:
    assert date_words(dt.date(2026, 1, 3)) == {"zh": "2026年1月3日", "en": "3 January 2026"}
    assert date_words(dt.date(1985, 12, 31))["en"] == "31 December 1985"


@pytest.mark.parametrize("size", [(358, 441), (2000, 600), (300, 900), (40, 50), (3000, 4000)])
def test_a_portrait_takes_the_shape_of_an_identity_photograph(size: tuple[int, int]) -> None:
    cut = Image.open(io.BytesIO(portrait(base64.b64encode(jpeg(*size)).decode())))
    assert (cut.format, cut.size, cut.mode) == ("JPEG", (358, 441), "RGB")
    left, right = cut.getpixel((20, 220)), cut.getpixel((338, 220))
    assert isinstance(left, tuple)
    assert isinstance(right, tuple)
    assert left[0] < 90 < right[0]


def test_a_portrait_loses_its_metadata() -> None:
    exif = Image.Exif()
    exif[0x010E] = "taken at home"
    raw = encoded(Image.new("RGB", (358, 441)), exif=exif)
    assert b"taken at home" in base64.b64decode(raw)
    assert b"taken at home" not in portrait(raw)


@pytest.mark.parametrize(
    "wrong",
    [
        "",
        "not base64!",
        base64.b64encode(b"not a picture").decode(),
        base64.b64encode(jpeg()[:3000]).decode(),
        encoded(Image.new("RGB", (358, 441)), "PNG"),
        encoded(Image.new("L", (8000, 4000)), quality=1),
    ],
    ids=["empty", "not base64", "text", "cut short", "png", "32 megapixels"],
)
def test_what_is_no_printable_portrait_is_refused(wrong: str) -> None:
    with pytest.raises(CertificateError) as refused:
        portrait(wrong)
    assert refused.value.code is ErrorCode.IMAGE_INVALID
