"""Issues certificates."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy.orm import Session

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher, Place
from app.core.ids import new_id
from app.documents.models import VALID, Certificate, CertificateFile, CertificateSource
from app.documents.ports import Persons, Workbench
from app.documents.records import DocumentType, Holder, MadeDocument, Order
from app.documents.service.gathering import Gathered, Gatherer
from app.documents.service.levels import require_level
from app.documents.service.places import allot
from app.documents.service.versions import (
    Version,
    next_version,
    refuse_if_suspended,
    supersede,
)
from app.documents.service.views import (
    CHECK_CODE_USE,
    CertificateView,
    check_code_text,
    view_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedCertificate:
    """A new certificate, and what only its holder is told, once."""

    view: CertificateView
    check_code: str = field(repr=False)
    check_url: str = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Draft:
    id: str
    kind: DocumentType
    holder: Holder
    now: datetime
    check_code: str = field(repr=False)


class CertificateIssuing:
    """Makes a certificate of facts that departments vouch for."""

    def __init__(
        self,
        *,
        workbench: Workbench,
        gatherer: Gatherer,
        persons: Persons,
        database: Database,
        accesses: AccessLog,
        cipher: FieldCipher,
        clock: Clock,
    ) -> None:
        """Take the ports."""
        self._workbench = workbench
        self._gatherer = gatherer
        self._persons = persons
        self._database = database
        self._accesses = accesses
        self._cipher = cipher
        self._clock = clock

    def issue(self, holder: Holder, type_code: str) -> IssuedCertificate:
        """Issue a certificate; the valid one of this type, if any, is superseded by it.

        1. The type exists and its sources are connected. 2. The holder was recognised surely
        enough for it. 3. None of theirs is suspended. 4. The departments give the facts it states,
        asked all at once while nothing is locked. 5. It is made and signed. 6. The earlier version
        ends, this one begins and the look is recorded: all of it or nothing.

        Raises:
            DomainError: a kind of `app.documents.errors`, a source's refusal, or
                INSUFFICIENT_USER_AUTHENTICATION.
        """
        kind = self._workbench.type(type_code)  # 1
        self._gatherer.require(kind)  # 1
        require_level(holder, kind.level)  # 2
        now = self._clock.now()
        draft = _Draft(
            id=new_id("cer", now),
            kind=kind,
            holder=holder,
            now=now.replace(microsecond=0),
            check_code=self._workbench.new_check_code(),
        )
        owner = {"person_id": holder.person_id, "type_code": kind.code}
        with self._database.separate() as tx:
            refuse_if_suspended(tx, **owner)  # 3
        gathered = self._gather(draft)  # 4
        with self._database.transaction() as tx:
            version = next_version(tx, **owner)
            supersede(tx, now=now, **owner)  # 6
            refuse_if_suspended(tx, **owner)  # 3, again: it may have come in between
            made = self._make(draft, gathered, version)  # 5
            row = self._store(tx, draft, gathered, version, made)
            self._record(draft)
        return IssuedCertificate(
            view=view_of(row, titles=kind.titles, now=draft.now),
            check_code=draft.check_code,
            check_url=made.check_url,
        )

    def _gather(self, draft: _Draft) -> Gathered:
        return self._gatherer.gather(
            draft.kind,
            person=self._persons.identity_of(draft.holder.person_id),
            person_id=draft.holder.person_id,
            certificate_id=draft.id,
        )

    def _make(self, draft: _Draft, gathered: Gathered, version: Version) -> MadeDocument:
        return self._workbench.make(
            Order(
                type_code=draft.kind.code,
                certificate_id=draft.id,
                serial=version.serial_text,
                version=version.version,
                check_code=draft.check_code,
                evidence=gathered.evidence,
                issued_at=draft.now,
            )
        )

    def _store(
        self,
        tx: Session,
        draft: _Draft,
        gathered: Gathered,
        version: Version,
        made: MadeDocument,
    ) -> Certificate:
        code = check_code_text(draft.id, draft.check_code)
        row = Certificate(
            id=draft.id,
            person_id=draft.holder.person_id,
            type=draft.kind.code,
            number=made.number,
            serial=version.serial,
            version=version.version,
            state=VALID,
            issued_at=made.issued_at,
            valid_until=made.valid_until,
            provisional=made.provisional,
            sha256=bytes.fromhex(made.sha256),
            check_code_hash=self._cipher.index(CHECK_CODE_USE, code),
            signer=made.signer,
            **allot(tx, now=draft.now, randbelow=secrets.randbelow),
        )
        tx.add(row)
        tx.flush()
        sealed = self._cipher.seal(made.pdf, Place("certificate_files", "pdf", draft.id))
        tx.add(CertificateFile(id=draft.id, pdf=sealed))
        tx.add_all(_lineage(draft.id, gathered))
        tx.flush()
        return row

    def _record(self, draft: _Draft) -> None:
        self._accesses.record(
            person_id=draft.holder.person_id,
            actor=Actor(kind="self", id=draft.holder.device, name="本人"),
            action=actions.CERTIFICATE_ISSUED,
            purpose=f"certificate:{draft.kind.code}",
            fields=sorted({name for names in draft.kind.needs.values() for name in names}),
        )


def _lineage(certificate_id: str, gathered: Gathered) -> list[CertificateSource]:
    return [
        CertificateSource(
            certificate_id=certificate_id,
            source=source,
            exchange_id=found.exchange_id,
            record_version=found.record_version,
            as_of=found.as_of,
            live=found.live,
        )
        for source, found in gathered.by_source.items()
    ]
