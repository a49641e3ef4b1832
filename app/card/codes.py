"""Pictures of a code; the card's only door to `certificates`."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from typing import Final

from certificates.qr import code128_svg, qr_svg

_SCALE: Final = 8
"""Units a QR module: 21 modules and the quiet zone make 232, so a camera gets its 4 pixels each."""
# The sheet's measures in tenths of a millimetre: A4, two columns of five.
_WIDTH: Final = 2100
_HEIGHT: Final = 2970
_MARGIN: Final = 120
_TOP: Final = 330
_CELL: Final = (930, 500)
_COLUMNS: Final = 2
_QR_SIDE: Final = 380
_LINE: Final = 52


class SvgPictures:
    """Draws codes as SVG (`app.card.ports.CodePictures` and `PaperSheets`)."""

    def qr(self, code: str) -> str:
        """The code as a QR code, digits as they are."""
        return qr_svg(code, scale=_SCALE)

    def code128(self, code: str) -> str:
        """The code as Code 128, code set C; an even number of digits."""
        return code128_svg(code)

    def sheet(self, codes: Sequence[str], *, heading: str, notes: Sequence[str]) -> str:
        """One A4 page with each code as QR code and digits."""
        cells = "".join(_cell(n, code, notes) for n, code in enumerate(codes))
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="210mm" height="297mm"'
            f' viewBox="0 0 {_WIDTH} {_HEIGHT}" font-family="sans-serif">'
            f'<rect width="{_WIDTH}" height="{_HEIGHT}" fill="#fff"/>'
            f"{_text(_MARGIN, 220, heading, size=64)}{cells}</svg>"
        )


def _cell(n: int, code: str, notes: Sequence[str]) -> str:
    x = _MARGIN + n % _COLUMNS * _CELL[0]
    y = _TOP + n // _COLUMNS * _CELL[1]
    picture = qr_svg(code, scale=1).replace(
        "<svg ", f'<svg x="{x}" y="{y}" preserveAspectRatio="xMidYMid meet" ', 1
    )
    # The drawing has a size of its own; here its box decides.
    picture = _sized(picture, _QR_SIDE)
    lines = (f"{n + 1}", *notes)
    words = "".join(
        _text(x + _QR_SIDE + 20, y + 90 + k * _LINE, line) for k, line in enumerate(lines)
    )
    grouped = " ".join(code[at : at + 6] for at in range(0, len(code), 6))
    return picture + words + _text(x + 30, y + _QR_SIDE + 40, grouped, size=46)


def _sized(picture: str, side: int) -> str:
    head, _, rest = picture.partition(">")
    before, _, box = head.partition(' width="')
    _, _, after = box.partition(' viewBox="')
    return f'{before} width="{side}" height="{side}" viewBox="{after}>{rest}'


def _text(x: int, y: int, text: str, *, size: int = 38) -> str:
    return f'<text x="{x}" y="{y}" font-size="{size}">{escape(text)}</text>'
