"""Makes receipts: lays the page out and signs it with the medical insurance authority's key."""

import threading
from pathlib import Path
from typing import Final

from certificates.departments import Department, load_departments
from certificates.errors import CertificateError, ErrorCode
from certificates.pki import Pki
from certificates.receipt import TEMPLATE, Receipt
from certificates.render import Renderer
from certificates.signing import sign_pdf

DEPARTMENT: Final = "medical_security"
WAITING: Final = 8
"""Receipts under way or waiting in a process: a page takes 20 to 100 ms, one after another."""


def receipts_department(home: Path) -> Department:
    """Return who signs receipts.

    Raises:
        CertificateError: TYPE_INVALID.
    """
    found = load_departments(home / "departments.toml").get(DEPARTMENT)
    if found is None:
        raise CertificateError(ErrorCode.TYPE_INVALID, f"departments.toml: {DEPARTMENT}")
    return found


class ReceiptMaker:
    """Keep one in a process; thread-safe, and never more than `waiting` callers at once."""

    def __init__(self, *, home: Path, pki: Pki, renderer: Renderer, waiting: int = WAITING) -> None:
        """Prepare.

        Args:
            home: the folder that holds layout/ and departments.toml.
            pki: signatories of the departments.
            renderer: of the same home.
            waiting: receipts under way at most; beyond it MAKER_BUSY, at once.
        """
        self._pki = pki
        self._renderer = renderer
        self._department: Final = receipts_department(home)
        self._places = threading.BoundedSemaphore(waiting)

    def make(self, receipt: Receipt) -> bytes:
        """Make one receipt: PDF/A-3a and PDF/UA-1, signed, with its JWS attached.

        Raises:
            CertificateError: MAKER_BUSY, GLYPH_MISSING, RENDER_FAILED and those of the keys.
        """
        if not self._places.acquire(blocking=False):
            raise CertificateError(ErrorCode.MAKER_BUSY)
        try:
            return self._made(receipt)
        finally:
            self._places.release()

    def _made(self, receipt: Receipt) -> bytes:
        department, made_at = self._department, receipt.made_at
        signatory = self._pki.signatory(department, now=made_at)
        until = signatory.certificate.not_valid_after_utc
        told = receipt.page(department, signer_until=until)
        return sign_pdf(
            self._renderer.pdf(TEMPLATE, told, created=made_at),
            signatory=signatory,
            signed_at=made_at,
            field_label=f"{department.names.zh} 电子签名 Electronic signature",
        )
