"""Counts of errors as a picture: the observed share and its 95 % bounds, on a logarithmic axis."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import log10
from typing import Final

from verify.calibration.proportion import Proportion
from verify.reporting.svg import BLUE, INK, PALE, RED, Drawing

_WIDTH: Final = 860
_LEFT: Final = 250
_RIGHT: Final = 650
_TOP: Final = 78
_ROW: Final = 26
_LEAST: Final = 1e-4
_TICKS: Final = ((1e-4, "0.01 %"), (1e-3, "0.1 %"), (1e-2, "1 %"), (1e-1, "10 %"), (1.0, "100 %"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """One row."""

    label: str
    count: Proportion
    marked: bool = False
    """Drawn in red."""


def chart(title: str, subtitle: str, bars: Sequence[Bar]) -> str:
    """Return an SVG picture with one row a bar, in the given order.

    A dot is the observed share (at the left edge: none at all); the line goes from the lower to
    the upper bound.
    """
    bottom = _TOP + _ROW * len(bars)
    drawing = Drawing(width=_WIDTH, height=bottom + 46, title=f"{title}: {subtitle}")
    drawing.words((16, 26), title, size=17)
    drawing.words((16, 46), subtitle, size=12)
    for share, label in _TICKS:
        drawing.line((_x(share), _TOP - 8), (_x(share), bottom), ink=PALE)
        drawing.words((_x(share), bottom + 18), label, anchor="middle", size=11)
    drawing.words(
        (_LEFT, bottom + 36),
        "dot: observed (at the left edge: none); line: 95 % bounds; logarithmic",
        size=11,
    )
    for place, bar in enumerate(bars):
        _row(drawing, _TOP + _ROW * place + _ROW / 2, bar)
    return drawing.finish()


def _row(drawing: Drawing, y: float, bar: Bar) -> None:
    ink, count = RED if bar.marked else BLUE, bar.count
    drawing.words((_LEFT - 14, y + 4), bar.label, anchor="end")
    if count.rate is None:
        drawing.words((_LEFT + 8, y + 4), "not tried")
        return
    drawing.line((_x(count.lower95), y), (_x(count.upper95), y), ink=ink, width=3)
    drawing.dot((_x(count.rate), y), ink=ink)
    told = f"{count.errors} of {count.trials}, at most {100 * count.upper95:.3g} %"
    drawing.words((_RIGHT + 14, y + 4), told, size=12, ink=INK)


def _x(share: float) -> float:
    decades = log10(max(_LEAST, min(1.0, share)) / _LEAST)
    return _LEFT + (_RIGHT - _LEFT) * decades / -log10(_LEAST)
