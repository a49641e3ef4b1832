"""QR codes and Code 128 as pictures: for the page of a certificate and for a phone's screen."""

import io
import re
from typing import Any, Literal

import zxingcpp
from PIL import Image

from certificates.code128 import bars

_DARK = re.compile(rb"(\x00+)")
_QUIET_128 = 10
"""Quiet zone of Code 128 in modules (ISO/IEC 15417)."""


def qr_svg(
    text: str, *, scale: int = 4, border: int = 4, error: Literal["L", "M", "Q", "H"] = "M"
) -> str:
    """Draw a QR code (ISO/IEC 18004).

    Args:
        text: ASCII; of other alphabets readers guess, each in its own way.
        scale: units a module; a camera wants at least 4 pixels of a screen.
        border: quiet zone in modules, 4 by the standard.
        error: correction level.

    Returns:
        An `<svg>` element with size and viewBox: one white rectangle, one black path of
        rectangles (`Mx yhWvHh-Wz`).

    Raises:
        ValueError: more than a QR code holds, or not ASCII.
    """
    lines = qr_modules(text, error)
    side = len(lines) + 2 * border
    return _svg(side, side, scale, _path(lines, border=border))


def qr_png(
    text: str, *, scale: int = 6, border: int = 4, error: Literal["L", "M", "Q", "H"] = "M"
) -> bytes:
    """Draw the same as a PNG; `scale` is pixels a module.

    Raises:
        ValueError: more than a QR code holds, or not ASCII.
    """
    lines = qr_modules(text, error)
    side = len(lines) + 2 * border
    picture = Image.frombytes("L", (side, side), _bordered(lines, border))
    out = io.BytesIO()
    picture.resize((side * scale, side * scale), Image.Resampling.NEAREST).save(out, "PNG")
    return out.getvalue()


def qr_modules(text: str, error: Literal["L", "M", "Q", "H"] = "M") -> list[bytes]:
    """Return the lines of a code; a byte a module, 0 where it is dark.

    Raises:
        ValueError: more than a QR code holds, or not ASCII.
    """
    if not text.isascii():
        msg = "a QR code here holds ASCII"
        raise ValueError(msg)
    # zxing-cpp draws in 0.8 ms what a Python encoder draws in 33 ms: measured on 200 characters.
    code = zxingcpp.create_barcode(text, zxingcpp.BarcodeFormat.QRCode, ec_level=error)
    # The picture offers its bytes as a buffer, which its stubs do not say.
    picture: Any = code.to_image(scale=1, add_quiet_zones=False)
    levels = memoryview(picture)
    side, data = len(levels), levels.tobytes()
    return [data[at : at + side] for at in range(0, len(data), side)]


def code128_svg(digits: str, *, scale: int = 2, height: int = 40) -> str:
    """Draw digits as Code 128, code set C (ISO/IEC 15417), two digits a symbol.

    Args:
        digits: an even number of 0–9, at least two.
        scale: units a module.
        height: of the bars, in modules.

    Returns:
        As `qr_svg`.

    Raises:
        ValueError: not an even number of digits.
    """
    pattern = bytes(0 if bar else 255 for bar in bars(digits))
    width = len(pattern) + 2 * _QUIET_128
    return _svg(width, height, scale, _path([pattern], border=_QUIET_128, top=0, height=height))


def _bordered(lines: list[bytes], border: int) -> bytes:
    blank, white = b"\xff" * (len(lines) + 2 * border), b"\xff" * border
    inside = (white + line + white for line in lines)
    return b"".join((*[blank] * border, *inside, *[blank] * border))


def _path(lines: list[bytes], *, border: int, top: int | None = None, height: int = 1) -> str:
    """Write one rectangle for each run of dark modules; in one loop, as a page waits for it."""
    parts = []
    for y, line in enumerate(lines, border if top is None else top):
        x = border
        for turn, run in enumerate(_DARK.split(line)):
            wide = len(run)
            if turn % 2:  # light and dark in turn, light first
                parts.append(f"M{x} {y}h{wide}v{height}h-{wide}z")
            x += wide
    return "".join(parts)


def _svg(width: int, height: int, scale: int, path: str) -> str:
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width * scale}"'
        f' height="{height * scale}" viewBox="0 0 {width} {height}" shape-rendering="crispEdges">'
        f'<rect width="{width}" height="{height}" fill="#fff"/>'
        f'<path d="{path}" fill="#000"/></svg>'
    )
