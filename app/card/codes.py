"""Pictures of a code; the card's only door to `certificates`."""

from __future__ import annotations

from typing import Final

from certificates.qr import code128_svg, qr_svg

_SCALE: Final = 8
"""Units a QR module: 21 modules and the quiet zone make 232, so a camera gets its 4 pixels each."""


class SvgPictures:
    """Draws codes as SVG (`app.card.ports.CodePictures`)."""

    def qr(self, code: str) -> str:
        """The code as a QR code, digits as they are."""
        return qr_svg(code, scale=_SCALE)

    def code128(self, code: str) -> str:
        """The code as Code 128, code set C; an even number of digits."""
        return code128_svg(code)
