"""A certificate as its holder and those who check it see it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from app.documents.models import EXPIRED, VALID, Certificate
from app.documents.records import Logged, Titles
from app.documents.service.places import Place, place_of


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateView:
    """What the log holds of a certificate; nothing of the person."""

    id: str
    type: str
    titles: Titles
    number: str
    version: int
    status: str
    """Its state, and `expired` as soon as its time is over."""
    issued_at: datetime
    valid_until: datetime
    provisional: bool
    """Not confirmed, so far."""
    confirmed_at: datetime | None = None
    """When a department confirmed what a provisional one was made of."""
    archived_at: datetime | None = None
    """When its file was upgraded for the long term; None: not yet."""
    place: Place | None = None
    """Where its status is published."""

    @property
    def signature_level(self) -> str:
        """The PAdES level of the file that is handed out."""
        return "B-B" if self.archived_at is None else "B-LTA"


def view_of(
    row: Certificate,
    *,
    titles: Titles,
    now: datetime,
    archived_at: datetime | None = None,
    confirmed_at: datetime | None = None,
) -> CertificateView:
    """The view of a row at a moment."""
    over = row.state == VALID and row.valid_until <= now
    return CertificateView(
        id=row.id,
        type=row.type,
        titles=titles,
        number=row.number,
        version=row.version,
        status=EXPIRED if over else row.state,
        issued_at=row.issued_at,
        valid_until=row.valid_until,
        provisional=row.provisional and confirmed_at is None,
        confirmed_at=confirmed_at,
        archived_at=archived_at,
        place=place_of(row),
    )


def logged(row: Certificate, *, confirmed_at: datetime | None) -> Logged:
    """What a check judges a row by."""
    return Logged(
        number=row.number,
        state=row.state,
        issued_at=row.issued_at,
        valid_until=row.valid_until,
        provisional=row.provisional and confirmed_at is None,
    )


def check_code_text(certificate_id: str, code: str) -> str:
    """What is hashed of a check code: bound to its certificate, so no hash fits another."""
    return f"{certificate_id}\n{code}"


CHECK_CODE_USE = "certificate-check-code"
"""The use under which check codes are hashed."""
