"""How a certificate stands and how it came to stand there, for operators: nothing of its holder."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import NOT_FOUND
from app.documents.models import Certificate, CertificateChange
from app.documents.moves import Reason
from app.documents.ports import Workbench
from app.documents.service.confirmations import confirmed_times
from app.documents.service.views import CertificateView, view_of

READ_SCOPE: Final = "certificates.read"
SUSPEND_SCOPE: Final = "certificates.suspend"
"""And to end the suspension."""
REVOKE_SCOPE: Final = "certificates.revoke"
HOLDER: Final = "holder"
"""Stands in the history for the person whose certificate it is."""
_MOST_STEPS: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One change."""

    at: datetime
    status: str
    reason: str
    by: str
    """Opaque: an operator, a member of staff, a source, the system, or `holder`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OverseenCertificate:
    """A certificate as an operator sees it."""

    view: CertificateView
    steps: Sequence[Step]
    """Newest first, the latest hundred."""

    @property
    def reason(self) -> str | None:
        """Why it stands where it does; None: it has stood there since issue."""
        moves = (one.reason for one in self.steps if one.reason != Reason.CONFIRMED)
        return next(moves, None)


class CertificateOversight:
    """Shows certificates to operators."""

    def __init__(
        self, *, workbench: Workbench, database: Database, accesses: AccessLog, clock: Clock
    ) -> None:
        """Take the ports."""
        self._workbench = workbench
        self._database = database
        self._accesses = accesses
        self._clock = clock

    def read(self, certificate_id: str, *, by: Actor) -> OverseenCertificate:
        """One certificate, by its id; the look is written into its holder's access log.

        Raises:
            DomainError: NOT_FOUND.
        """
        with self._database.transaction() as tx:
            row = tx.get(Certificate, certificate_id)
            if row is None:
                raise NOT_FOUND()
            steps = _steps(tx, row)
            confirmed_at = confirmed_times(tx, [row]).get(row.id)
            self._accesses.record(
                person_id=row.person_id,
                actor=by,
                action=actions.CERTIFICATE_READ,
                purpose=f"certificate:{row.type}",
                fields=("number", "status"),
            )
        titles = self._workbench.titles(row.type)
        view = view_of(row, titles=titles, now=self._clock.now(), confirmed_at=confirmed_at)
        return OverseenCertificate(view=view, steps=steps)


def _steps(tx: Session, row: Certificate) -> list[Step]:
    change = CertificateChange
    query = select(change).where(change.certificate_id == row.id)
    found = tx.scalars(query.order_by(change.id.desc()).limit(_MOST_STEPS)).all()
    return [
        Step(
            at=one.at,
            status=one.state,
            reason=one.reason,
            by=HOLDER if one.changed_by == row.person_id else one.changed_by,
        )
        for one in found
    ]
