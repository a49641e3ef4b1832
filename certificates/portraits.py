"""Portraits: whatever JPEG the registry sends, cut to an identity photograph's shape."""

import base64
import binascii
import io

from PIL import Image

from certificates.errors import CertificateError, ErrorCode

PORTRAIT_SIZE = (358, 441)
"""Pixels: the photograph on an identity card (GA 461), 26 x 32 mm at 350 dots an inch."""
_LARGEST = 30_000_000


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
    picture.draft(
        "RGB", (2 * PORTRAIT_SIZE[0], 2 * PORTRAIT_SIZE[1])
    )  # large ones decode at a fraction
    width, height = picture.size
    across = min(width, height * PORTRAIT_SIZE[0] / PORTRAIT_SIZE[1])
    down = across * PORTRAIT_SIZE[1] / PORTRAIT_SIZE[0]
    # Faces stand high in portraits: what must go, goes mostly at the bottom.
    left, top = (width - across) / 2, (height - down) / 4
    small = picture.convert("RGB").resize(
        PORTRAIT_SIZE, Image.Resampling.LANCZOS, box=(left, top, left + across, top + down)
    )
    out = io.BytesIO()
    small.save(out, "JPEG", quality=85)
    return out.getvalue()
