import base64
import datetime as dt
import io
from typing import Any

import pytest
from PIL import Image

from certificates.errors import CertificateError, ErrorCode
from certificates.portraits import portrait
from certificates.presenting import cell, date_words
from certificates.spec.fields import Printed
from sandbox.departments.told import jpeg

HOMES = {"zh": "套", "en": "homes", "one": "home"}


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


@pytest.mark.parametrize(
    ("members", "value", "words"),
    [
        ({}, "晴川市", ("晴川市", None)),
        ({"values": {"m": {"zh": "已婚", "en": "Married"}}}, "m", ("已婚", "Married")),
        ({"kind": "date"}, "2026-11-03", ("2026年11月3日", "3 November 2026")),
        (
            {"kind": "moment"},
            "2015-02-01T06:42:00+08:00",
            ("2015年2月1日 06:42", "06:42, 1 February 2015"),
        ),
        ({"kind": "money"}, 123456789, ("1,234,567.89 元", "CNY 1,234,567.89")),
        ({"kind": "money"}, 5, ("0.05 元", "CNY 0.05")),
        ({"kind": "number"}, 7, ("7", None)),
        ({"kind": "number", "unit": HOMES}, 0, ("0 套", "0 homes")),
        ({"kind": "number", "unit": HOMES}, 1, ("1 套", "1 home")),
        ({"kind": "list"}, ["甲", "乙"], ("甲、乙", None)),
        (
            {"kind": "list", "open": True, "values": {"甲": {"zh": "甲", "en": "A"}}},
            ["甲", "乙"],
            ("甲、乙", "A, 乙"),
        ),
        ({"optional": True}, None, ("—", None)),
    ],
)
def test_each_kind_of_value_has_words_in_both_languages(
    members: dict[str, Any], value: object, words: tuple[str, str | None]
) -> None:
    printed = Printed.model_validate({"label": {"zh": "标", "en": "x"}, **members})
    assert cell(printed, value) == {"zh": words[0], "en": words[1]}
