"""False matches and false non-matches over the threshold, as a picture."""

from collections.abc import Callable, Sequence
from math import log10
from typing import Final

from verify.calibration.rates import Point
from verify.reporting.svg import BLUE, PALE, RED, Drawing

_WIDTH: Final = 760
_HEIGHT: Final = 440
_LEFT: Final = 80
_RIGHT: Final = 730
_TOP: Final = 64
_BOTTOM: Final = 380
_LEAST: Final = 1e-5
_TICKS: Final = (1.0, 1e-1, 1e-2, 1e-3, 1e-4, 1e-5)


def error_rates(points: Sequence[Point]) -> str:
    """Return an SVG picture: both observed rates over the threshold, on a logarithmic axis.

    Rates of zero are not drawn: a logarithm has no place for them, and no count proves them.
    """
    drawing = Drawing(width=_WIDTH, height=_HEIGHT, title="FMR and FNMR over the threshold")
    drawing.words((16, 26), "False matches and false non-matches over the threshold", size=17)
    drawing.words((16, 46), "FMR: two persons taken for one", size=12, ink=RED)
    drawing.words((240, 46), "FNMR: one person not recognised", size=12, ink=BLUE)
    for share in _TICKS:
        drawing.line((_LEFT, _y(share)), (_RIGHT, _y(share)), ink=PALE)
        drawing.words((_LEFT - 8, _y(share) + 4), f"{100 * share:g} %", anchor="end", size=11)
    if points:
        _scaled(drawing, points)
    return drawing.finish()


def _scaled(drawing: Drawing, points: Sequence[Point]) -> None:
    low, high = points[0].threshold, points[-1].threshold
    width = max(high - low, 1e-9)

    def x(threshold: float) -> float:
        return _LEFT + (_RIGHT - _LEFT) * (threshold - low) / width

    for tenth in range(-20, 11):
        if low <= tenth / 10 <= high:
            drawing.line((x(tenth / 10), _BOTTOM), (x(tenth / 10), _BOTTOM + 6), ink=PALE)
            place = (x(tenth / 10), _BOTTOM + 22)
            drawing.words(place, f"{tenth / 10:g}", anchor="middle", size=11)
    drawing.words(((_LEFT + _RIGHT) / 2, _BOTTOM + 44), "fused score", anchor="middle", size=12)
    drawing.path(_places(points, x, lambda point: point.fmr.rate), ink=RED)
    drawing.path(_places(points, x, lambda point: point.fnmr.rate), ink=BLUE)


def _places(
    points: Sequence[Point],
    x: Callable[[float], float],
    rate: Callable[[Point], float | None],
) -> list[tuple[float, float]]:
    shares = ((x(point.threshold), rate(point)) for point in points)
    return [(place, _y(share)) for place, share in shares if share]


def _y(share: float) -> float:
    decades = log10(max(_LEAST, min(1.0, share)) / _LEAST)
    return _BOTTOM - (_BOTTOM - _TOP) * decades / -log10(_LEAST)
