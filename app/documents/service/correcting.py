"""Ends certificates made from a record that is another one now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import select

from app.audit.service import Actor
from app.core.database import Database
from app.core.errors import DomainError
from app.documents.models import SUSPENDED, VALID, Certificate, CertificateSource
from app.documents.moves import Reason
from app.documents.service.standing import NOT_MOVED, CertificateStanding
from app.outbox.ports import Message, Postponed


class CorrectionRules(Protocol):
    """What a correction does to certificates of a type."""

    def after_correction(self, code: str) -> str:
        """`revoked` or `superseded`; never nothing."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChange:
    """What a source now says of somebody."""

    person_id: str
    source: str
    record_version: str | None
    """The new one; None: it no longer knows the person."""
    changed_at: datetime
    """When it became so, or when it was found to be so; by the source's clock."""


class Correcting:
    """Follows lineage from a record to every certificate that was made from it."""

    def __init__(
        self,
        *,
        database: Database,
        standing: CertificateStanding,
        rules: CorrectionRules,
        names: Mapping[str, str],
    ) -> None:
        """Take the ports; `names` are what holders read of each source."""
        self._database = database
        self._standing = standing
        self._rules = rules
        self._names = dict(names)

    def __call__(self, message: Message, /) -> Postponed | None:
        """Handle a message of the topic `record.changed`."""
        said = message.payload
        self.apply(
            RecordChange(
                person_id=said["person"],
                source=said["source"],
                record_version=said["record_version"],
                changed_at=datetime.fromisoformat(said["changed_at"]),
            )
        )
        return None

    def apply(self, change: RecordChange) -> int:
        """End every live certificate made from another version of the record.

        1. Found by lineage: the person, the source, another version than the new one.
        2. One that was made of what the record said later is left alone: the source was asked
           after this change.
        3. By the rule of its type it is revoked or superseded, never kept. One that has ended
           meanwhile stays as it is, so that the same change twice does nothing more.

        Returns:
            How many were ended.
        """
        lineage = CertificateSource
        query = (
            select(Certificate.id, Certificate.type)
            .join(lineage, lineage.certificate_id == Certificate.id)
            .where(
                Certificate.person_id == change.person_id,
                Certificate.state.in_((VALID, SUSPENDED)),
                lineage.source == change.source,
                lineage.record_version.is_distinct_from(change.record_version),  # 1
                lineage.as_of <= change.changed_at,  # 2
            )
            .order_by(Certificate.id)
        )
        with self._database.transaction() as tx:
            found = tx.execute(query).all()
            return sum(self._end(change.source, row.id, row.type) for row in found)

    def _end(self, source: str, certificate_id: str, type_code: str) -> int:
        by = Actor(kind="system", id=source, name=self._names.get(source, source))
        try:
            self._standing.move(  # 3
                certificate_id,
                to=self._rules.after_correction(type_code),
                reason=Reason.RECORD_CORRECTED,
                by=by,
            )
        except DomainError as refused:
            if refused.kind.code not in NOT_MOVED:
                raise
            return 0
        return 1
