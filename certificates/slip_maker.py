"""Makes slips of appointments: lays the page out."""

import threading
from typing import Final

from certificates.errors import CertificateError, ErrorCode
from certificates.moments import SHANGHAI
from certificates.render import Renderer
from certificates.slip import TEMPLATE, Slip

WAITING: Final = 8
"""Slips under way or waiting in a process: a page takes tens of milliseconds, one after another."""


class SlipMaker:
    """Keep one in a process; thread-safe, and never more than `waiting` callers at once."""

    def __init__(self, *, renderer: Renderer, waiting: int = WAITING) -> None:
        """Prepare.

        Args:
            renderer: of a home with layout/.
            waiting: slips under way at most; beyond it MAKER_BUSY, at once.
        """
        self._renderer = renderer
        self._places = threading.BoundedSemaphore(waiting)

    def make(self, slip: Slip) -> bytes:
        """Make one slip: PDF/A-3a and PDF/UA-1.

        Raises:
            CertificateError: MAKER_BUSY, GLYPH_MISSING, RENDER_FAILED.
        """
        if not self._places.acquire(blocking=False):
            raise CertificateError(ErrorCode.MAKER_BUSY)
        try:
            created = slip.made_at.astimezone(SHANGHAI)
            return self._renderer.pdf(TEMPLATE, slip.page(), created=created)
        finally:
            self._places.release()
