"""What other services may read of certificates: the log's line, and the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from sqlalchemy import select

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import NOT_FOUND
from app.core.fields import FieldCipher, Place
from app.documents.models import Certificate, CertificateFile
from app.documents.ports import Workbench
from app.documents.records import Holder
from app.documents.service.confirmations import confirmed_times
from app.documents.service.levels import require_level
from app.documents.service.views import view_of


class Asker(Protocol):
    """A person who asks for something made of their certificate."""

    @property
    def person_id(self) -> str:
        """Who."""
        ...

    @property
    def level(self) -> str:
        """Assurance level of the face verification behind the token."""
        ...

    @property
    def device(self) -> str:
        """Thumbprint of the key of the device they use."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LentCertificate:
    """The log's line of a certificate."""

    id: str
    person_id: str
    type: str
    status: str
    """Its state, and `expired` as soon as its time is over."""
    valid_until: datetime
    provisional: bool
    """Not confirmed, so far."""


class CertificateLending:
    """Reads for services that make something of a certificate; they record the look themselves."""

    def __init__(
        self, *, workbench: Workbench, database: Database, cipher: FieldCipher, clock: Clock
    ) -> None:
        """Take the ports."""
        self._workbench = workbench
        self._database = database
        self._cipher = cipher
        self._clock = clock

    def of_holder(self, asker: Asker, certificate_id: str) -> LentCertificate:
        """A certificate of this person.

        Raises:
            DomainError: NOT_FOUND, the same for an unknown id and for another's;
                INSUFFICIENT_USER_AUTHENTICATION when the type asks for a surer recognition.
        """
        found = self._read(certificate_id)
        if found is None or found.person_id != asker.person_id:
            raise NOT_FOUND()
        holder = Holder(person_id=asker.person_id, level=asker.level, device=asker.device)
        require_level(holder, self._workbench.type(found.type).level)
        return found

    def known(self, certificate_id: str) -> LentCertificate:
        """A certificate that exists; its state stays what it is until the transaction ends.

        Raises:
            DomainError: NOT_FOUND.
        """
        found = self._read(certificate_id)
        if found is None:
            raise NOT_FOUND()
        return found

    def file(self, certificate_id: str) -> bytes:
        """The signed file of a certificate that exists."""
        with self._database.transaction() as tx:
            sealed = tx.get_one(CertificateFile, certificate_id).pdf
        return self._cipher.open(sealed, Place("certificate_files", "pdf", certificate_id))

    def _read(self, certificate_id: str) -> LentCertificate | None:
        # Locked against changes of state: what is made of it is made of what holds now.
        query = select(Certificate).where(Certificate.id == certificate_id)
        with self._database.transaction() as tx:
            row = tx.scalar(query.with_for_update(read=True))
            confirmed = confirmed_times(tx, [row])
        if row is None:
            return None
        view = view_of(
            row,
            titles=self._workbench.titles(row.type),
            now=self._clock.now(),
            confirmed_at=confirmed.get(row.id),
        )
        return LentCertificate(
            id=row.id,
            person_id=row.person_id,
            type=row.type,
            status=view.status,
            valid_until=row.valid_until,
            provisional=view.provisional,
        )
