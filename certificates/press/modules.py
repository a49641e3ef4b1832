"""A QR code as operators of a page's content."""

import re
from collections.abc import Sequence
from functools import cache
from typing import Final

_DARK: Final = re.compile(rb"\x00+")


def drawn(rows: Sequence[bytes], *, side: float, corner: bytes) -> bytes:
    """Return one black shape of rectangles, a module wide each.

    Args:
        rows: a byte a module, 0 where it is dark.
        side: points of the whole.
        corner: the upper left in points, as written.
    """
    module = b"%a" % round(side / len(rows), 6)
    columns, across = b"".join(rows), len(rows[0])
    parts = [b"q %b 0 0 -%b %b cm/c1 cs 0 scn\n" % (module, module, corner)]
    for x in range(across):
        number = b"%d " % x
        for run in _DARK.finditer(columns[x::across]):
            parts += (number, _run(*run.span()))
    return b"".join((*parts, b"f\nQ"))


@cache
def _run(start: int, end: int) -> bytes:
    """Return what stands behind a column's number; a page draws a thousand runs of few kinds."""
    return b"%d 1 %d re\n" % (start, end - start)
