"""Values as a reader sees them: Chinese and English dates, words for codes, a tidy portrait."""

import base64
import binascii
import datetime as dt
import io
from collections.abc import Mapping
from typing import Any

from PIL import Image

from certificates.catalogue import CertificateType, FieldSpec
from certificates.errors import CertificateError, ErrorCode

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
_MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_PORTRAIT = (358, 441)
"""Pixels: the photograph on an identity card (GA 461), 26 x 32 mm at 350 dots an inch."""
_LARGEST = 30_000_000


def rows(kind: CertificateType, values: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return the lines of the table, in the type's order; images are not lines."""
    lines: list[dict[str, Any]] = []
    for field in kind.spec.fields:
        if field.kind != "image":
            zh, en = _words(field, str(values[field.name]))
            lines.append({"label": field.label.model_dump(), "zh": zh, "en": en})
    return lines


def date_words(day: dt.date) -> dict[str, str]:
    """Write a day in both languages, e.g. 2026年11月23日 and 23 November 2026."""
    return {
        "zh": f"{day.year}年{day.month}月{day.day}日",
        "en": f"{day.day} {_MONTHS[day.month - 1]} {day.year}",
    }


def portrait(encoded: str) -> bytes:
    """Cut a portrait to an identity photograph's shape, in the middle, and encode it afresh.

    Args:
        encoded: base64 of a JPEG of at most 30 megapixels.

    Returns:
        A JPEG of 358 x 441 pixels without metadata.

    Raises:
        CertificateError: IMAGE_INVALID.
    """
    try:
        raw = base64.b64decode(encoded, validate=True)
        with Image.open(io.BytesIO(raw), formats=("JPEG",)) as picture:
            return _cut(picture)
    except (binascii.Error, ValueError, OSError, SyntaxError) as unreadable:
        raise CertificateError(ErrorCode.IMAGE_INVALID) from unreadable


def _cut(picture: Image.Image) -> bytes:
    width, height = picture.size
    if width * height > _LARGEST:
        msg = "too many pixels"
        raise ValueError(msg)
    picture.draft("RGB", (2 * _PORTRAIT[0], 2 * _PORTRAIT[1]))  # large ones decode at a fraction
    width, height = picture.size
    across = min(width, height * _PORTRAIT[0] / _PORTRAIT[1])
    down = across * _PORTRAIT[1] / _PORTRAIT[0]
    # Faces stand high in portraits: what must go, goes mostly at the bottom.
    left, top = (width - across) / 2, (height - down) / 4
    small = picture.convert("RGB").resize(
        _PORTRAIT, Image.Resampling.LANCZOS, box=(left, top, left + across, top + down)
    )
    out = io.BytesIO()
    small.save(out, "JPEG", quality=85)
    return out.getvalue()


def _words(field: FieldSpec, value: str) -> tuple[str, str | None]:
    if field.kind == "date":
        words = date_words(dt.date.fromisoformat(value))
        return words["zh"], words["en"]
    if value in field.values:
        return field.values[value].zh, field.values[value].en
    return value, None
