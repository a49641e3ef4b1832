"""Stand-ins of a plate for the pictures of a print."""

import io
from typing import Final

from PIL import Image

from certificates.portraits import PORTRAIT_SIZE

BLANK_CODE: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="4" viewBox="0 0 1 1">'
    '<rect width="1" height="1" fill="#fff"/><path d="M0 0h1v1h-1z" fill="#000"/></svg>'
)
"""A QR code of one module."""


def blank_portrait(number: int) -> bytes:
    """Return a JPEG of a portrait's size, grey, unlike that of any other number below 256."""
    out = io.BytesIO()
    Image.new("RGB", PORTRAIT_SIZE, (number, number, number)).save(out, "JPEG", quality=85)
    return out.getvalue()
