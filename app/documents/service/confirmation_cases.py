"""What is in doubt of a provisional certificate, and what its departments say of it now."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Protocol

from sqlalchemy import select

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.documents.models import SUSPENDED, VALID, Certificate, CertificateSource
from app.documents.ports import Persons, RecordSource, SourceRecord
from app.documents.service.correcting import RecordChange

PURPOSE_END: Final = ":confirmation"
"""Ends the purpose of these questions: the person sees that it was not for a new certificate."""
_UNASKED: Final = "SOURCE_UNKNOWN"
"""Its type or its source is gone, so there is nobody to ask."""
_NOT_RECENT: Final = "ANSWER_TOO_OLD"
_GONE: Final = timedelta(days=1)
"""How long one may wait whose type no longer says it."""


class ProvisionalTerms(Protocol):
    """Knows what a type lets be provisional; `app.wiring.type_book`."""

    def fields_of(self, code: str, source: str) -> tuple[str, ...]:
        """The fields a type asks a source for; empty where type or source is gone."""
        ...

    def provisional_terms(self, code: str) -> Mapping[str, timedelta]:
        """How old an answer may be, for each source whose older one will do for a while."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """An answer that was not of the moment."""

    source: str
    record_version: str
    as_of: datetime
    max_age: timedelta
    """How old an answer may be without making a certificate provisional."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ConfirmationCase:
    """A live certificate that is provisional."""

    certificate_id: str
    person_id: str
    type: str
    issued_at: datetime
    doubts: tuple[Doubt, ...]

    @property
    def until(self) -> datetime:
        """When it is recalled, unconfirmed: the age an answer may have, counted from issue."""
        return self.issued_at + min((one.max_age for one in self.doubts), default=_GONE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Said:
    """What came of the questions; neither: all say what they said before."""

    changes: tuple[RecordChange, ...]
    """What is another record now, or none."""
    failure: str | None
    """Why one of them brought nothing to go by: a code."""


class ConfirmationCases:
    """Opens cases and asks."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        sources: Mapping[str, RecordSource],
        persons: Persons,
        terms: ProvisionalTerms,
    ) -> None:
        """Take the ports; `sources` by the names that types use."""
        self._database = database
        self._clock = clock
        self._sources = dict(sources)
        self._persons = persons
        self._terms = terms

    def open(self, certificate_id: str) -> ConfirmationCase | None:
        """The case of a provisional certificate; None where it has ended, or its time is over."""
        lineage = select(CertificateSource).where(
            CertificateSource.certificate_id == certificate_id
        )
        with self._database.transaction() as tx:
            row = tx.get_one(Certificate, certificate_id)
            answers = tx.scalars(lineage.order_by(CertificateSource.source)).all()
        if row.state not in (VALID, SUSPENDED) or row.valid_until <= self._clock.now():
            return None
        terms = self._terms.provisional_terms(row.type)
        lenient = [one for one in answers if one.source in terms]
        # Where each was live, one was older than wished; which, nobody wrote down.
        doubtful = [one for one in lenient if not one.live] or lenient
        return ConfirmationCase(
            certificate_id=row.id,
            person_id=row.person_id,
            type=row.type,
            issued_at=row.issued_at,
            doubts=tuple(_doubt(one, terms[one.source]) for one in doubtful),
        )

    def ask(self, case: ConfirmationCase) -> Said:
        """Ask each department in doubt, live, the very question the certificate was made of.

        Call it in no transaction: it takes as long as the departments do together.
        """
        answers = [self._answer(case, doubt) for doubt in case.doubts] or [_UNASKED]
        failures = [one for one in answers if isinstance(one, str)]
        return Said(
            changes=tuple(one for one in answers if isinstance(one, RecordChange)),
            failure=next(iter(failures), None),
        )

    def _answer(self, case: ConfirmationCase, doubt: Doubt) -> RecordChange | str | None:
        """A change, why there is nothing to go by, or None: the same as before."""
        source = self._sources.get(doubt.source)
        fields = self._terms.fields_of(case.type, doubt.source)
        if source is None or not fields:
            return _UNASKED
        try:
            found = self._found(source, fields, case)
        except DomainError as refused:
            return refused.kind.code
        return self._compared(case, doubt, found)

    def _compared(
        self, case: ConfirmationCase, doubt: Doubt, found: SourceRecord | None
    ) -> RecordChange | str | None:
        """Compare an answer with the one in doubt.

        1. An answer that would make a new certificate provisional too settles nothing, nor does
        one that is older than the one in doubt. 2. Versions tell records apart, as in every
        comparison of lineage; that there is none any more is a change.
        """
        now = self._clock.now()
        if found is None:
            return _change(case, doubt, record_version=None, changed_at=now)  # 2
        if not found.live or found.as_of < max(doubt.as_of, now - doubt.max_age):
            return _NOT_RECENT  # 1
        if found.record_version == doubt.record_version:
            return None
        return _change(case, doubt, record_version=found.record_version, changed_at=found.as_of)

    def _found(
        self, source: RecordSource, fields: tuple[str, ...], case: ConfirmationCase
    ) -> SourceRecord | None:
        person = self._persons.identity_of(case.person_id)
        return source.lookup(
            citizen_number=person.citizen_number,
            name=person.name,
            fields=fields,
            purpose=f"certificate:{case.type}{PURPOSE_END}",
            case_id=case.certificate_id,
            person_id=case.person_id,
            kept=False,
        )


def _doubt(answer: CertificateSource, max_age: timedelta) -> Doubt:
    return Doubt(
        source=answer.source,
        record_version=answer.record_version,
        as_of=answer.as_of,
        max_age=max_age,
    )


def _change(
    case: ConfirmationCase, doubt: Doubt, *, record_version: str | None, changed_at: datetime
) -> RecordChange:
    return RecordChange(
        person_id=case.person_id,
        source=doubt.source,
        record_version=record_version,
        changed_at=changed_at,
    )
