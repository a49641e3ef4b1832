"""A person's own certificates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import NOT_FOUND
from app.core.fields import FieldCipher
from app.documents.models import Certificate
from app.documents.ports import Workbench
from app.documents.records import Holder
from app.documents.service.archives import archived_times, newest_file
from app.documents.service.confirmations import confirmed_times
from app.documents.service.levels import require_level
from app.documents.service.views import CertificateView, view_of


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldingsPage:
    """Some certificates, newest first, and the cursor of the next page."""

    items: Sequence[CertificateView]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfFile:
    """A certificate's file."""

    number: str
    data: bytes = field(repr=False)


class CertificateHoldings:
    """Shows a person their own certificates, and nobody else's."""

    def __init__(
        self,
        *,
        workbench: Workbench,
        database: Database,
        accesses: AccessLog,
        cipher: FieldCipher,
        clock: Clock,
    ) -> None:
        """Take the ports."""
        self._workbench = workbench
        self._database = database
        self._accesses = accesses
        self._cipher = cipher
        self._clock = clock

    def page(self, holder: Holder, *, before: str | None, limit: int) -> HoldingsPage:
        """All versions of all certificates of a person, newest first.

        Args:
            holder: whose.
            before: cursor: the last id of the page before.
            limit: certificates a page.
        """
        query = select(Certificate).where(Certificate.person_id == holder.person_id)
        if before is not None:
            query = query.where(Certificate.id < before)
        with self._database.transaction() as tx:
            rows = tx.scalars(query.order_by(Certificate.id.desc()).limit(limit + 1)).all()
            times = archived_times(tx, [row.id for row in rows])
            confirmed = confirmed_times(tx, rows)
            self._record(holder, actions.CERTIFICATE_LISTED, purpose="certificates", fields=())
        shown = [
            self._view(row, archived_at=times.get(row.id), confirmed_at=confirmed.get(row.id))
            for row in rows[:limit]
        ]
        return HoldingsPage(items=shown, next=shown[-1].id if len(rows) > limit else None)

    def get(self, holder: Holder, certificate_id: str) -> CertificateView:
        """One certificate.

        Raises:
            DomainError: NOT_FOUND, the same for an unknown id and for another's.
        """
        with self._database.transaction() as tx:
            row = _owned(tx, holder, certificate_id)
            archived_at = archived_times(tx, [row.id]).get(row.id)
            confirmed_at = confirmed_times(tx, [row]).get(row.id)
            self._record(
                holder,
                actions.CERTIFICATE_READ,
                purpose=f"certificate:{row.type}",
                fields=("number", "status"),
            )
        return self._view(row, archived_at=archived_at, confirmed_at=confirmed_at)

    def pdf(self, holder: Holder, certificate_id: str) -> PdfFile:
        """The signed file: the one for the long term, as soon as there is one.

        Raises:
            DomainError: NOT_FOUND as `get`; INSUFFICIENT_USER_AUTHENTICATION when the type asks
                for a surer recognition.
        """
        return self._file(holder, certificate_id, actions.CERTIFICATE_DOWNLOADED, fields=("file",))

    def check_url(self, holder: Holder, certificate_id: str) -> str:
        """The address in the certificate's QR, with its check code: for showing it to somebody.

        We keep the code as a hash only; it is read out of the file, so it takes what the file
        takes.

        Raises:
            DomainError: as `pdf`.
        """
        file = self._file(
            holder, certificate_id, actions.CERTIFICATE_READ, fields=("check_code", "number")
        )
        return self._workbench.check_url(file.data)

    def _file(
        self, holder: Holder, certificate_id: str, action: str, *, fields: tuple[str, ...]
    ) -> PdfFile:
        with self._database.transaction() as tx:
            row = _owned(tx, holder, certificate_id)
            require_level(holder, self._workbench.type(row.type).level)
            sealed, place = newest_file(tx, row.id)
            self._record(holder, action, purpose=f"certificate:{row.type}", fields=fields)
        return PdfFile(number=row.number, data=self._cipher.open(sealed, place))

    def _view(
        self, row: Certificate, *, archived_at: datetime | None, confirmed_at: datetime | None
    ) -> CertificateView:
        return view_of(
            row,
            titles=self._workbench.titles(row.type),
            now=self._clock.now(),
            archived_at=archived_at,
            confirmed_at=confirmed_at,
        )

    def _record(
        self, holder: Holder, action: str, *, purpose: str, fields: tuple[str, ...]
    ) -> None:
        self._accesses.record(
            person_id=holder.person_id,
            actor=Actor(kind="self", id=holder.device, name="本人"),
            action=action,
            purpose=purpose,
            fields=fields,
        )


def _owned(tx: Session, holder: Holder, certificate_id: str) -> Certificate:
    query = select(Certificate).where(
        Certificate.id == certificate_id, Certificate.person_id == holder.person_id
    )
    row = tx.scalar(query)
    if row is None:
        raise NOT_FOUND()
    return row
