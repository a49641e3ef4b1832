"""Which part of a purchase falls into which band of the year."""

from __future__ import annotations

from collections.abc import Sequence

from app.settlement.benefits.basket import WHOLE_BP, Band

_HALF_BP = WHOLE_BP // 2


def in_bands(beyond: int, bands: Sequence[Band], *, start: int) -> list[tuple[Band, int]]:
    """Return the bands touched, each with its part of `beyond`, fen.

    Args:
        beyond: in scope above the deductible, of this purchase.
        bands: ascending, the last one without an end.
        start: the same of the year before this purchase.
    """
    touched = []
    for band in bands:
        if not beyond:
            break
        part = beyond if band.upto is None else min(beyond, max(band.upto - start, 0))
        if part:
            touched.append((band, part))
            start += part
            beyond -= part
    return touched


def fund_by_bands(beyond: int, bands: Sequence[Band], *, start: int) -> int:
    """Return what the fund pays without a cap: all shares added, then rounded half up once."""
    share = sum(part * band.ratio_bp for band, part in in_bands(beyond, bands, start=start))
    return (share + _HALF_BP) // WHOLE_BP
