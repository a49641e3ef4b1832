"""The nightly comparison: does each source still say what live certificates were made from?

It finds what no feed told: sources without one, and a feed that was begun anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final, Protocol

import structlog
from sqlalchemy import func, select, tuple_

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.documents.models import SUSPENDED, VALID, Certificate, CertificateSource
from app.documents.ports import Persons, RecordSource, SourceRecord
from app.documents.service.correcting import Correcting, RecordChange

_PAGE: Final = 200
log = structlog.get_logger("documents")


class Needs(Protocol):
    """Knows what types ask of sources."""

    def fields_of(self, code: str, source: str) -> tuple[str, ...]:
        """The fields a type asks a source for; empty where type or source is gone."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """What came of a run."""

    asked: int
    unanswered: int
    """Records that could not be compared: their source is unknown here, failed, or had failed."""
    ended: int
    """Certificates."""
    stopped: bool
    """More had to be ended than was allowed; an operator looks first."""


@dataclass(frozen=True, slots=True)
class _Record:
    """A record behind live certificates; one of them stands for all in the question."""

    person_id: str
    source: str
    certificate_id: str
    type: str


class RecordComparing:
    """Asks each source anew about each record behind a live certificate."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        sources: Mapping[str, RecordSource],
        persons: Persons,
        needs: Needs,
        correcting: Correcting,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._sources = dict(sources)
        self._persons = persons
        self._needs = needs
        self._correcting = correcting

    def run(self, *, most_ended: int) -> Comparison:
        """Compare everything once.

        1. One question a person and source, for one field: the version is the whole record's.
           The person sees it in their access log.
        2. A source that fails is asked no more in this run, and nothing is concluded from it.
        3. When more than `most_ended` certificates would end, it stops: a source that has lost
           its data must not take everybody's certificates with it.

        Args:
            most_ended: certificates of one run.
        """
        asked = unanswered = ended = 0
        failed: set[str] = set()
        for row in self._records():
            change = None if row.source in failed else self._asked(row, failed)  # 1, 2
            if change is None:
                unanswered += 1
                continue
            asked += 1
            ended += self._correcting.apply(change)
            if ended >= most_ended:  # 3
                log.error("comparison_stopped", source=row.source, count=ended)
                return Comparison(asked=asked, unanswered=unanswered, ended=ended, stopped=True)
        return Comparison(asked=asked, unanswered=unanswered, ended=ended, stopped=False)

    def _records(self) -> Iterator[_Record]:
        lineage, last = CertificateSource, ("", "")
        place = tuple_(Certificate.person_id, lineage.source)
        query = (
            select(
                Certificate.person_id,
                lineage.source,
                func.max(Certificate.id).label("certificate_id"),
                func.max(Certificate.type).label("type"),
            )
            .join(lineage, lineage.certificate_id == Certificate.id)
            .where(Certificate.state.in_((VALID, SUSPENDED)))
            .where(Certificate.valid_until > self._clock.now())
            .group_by(Certificate.person_id, lineage.source)
            .order_by(Certificate.person_id, lineage.source)
            .limit(_PAGE)
        )
        while True:
            with self._database.transaction() as tx:
                found = tx.execute(query.where(place > last)).all()
            for row in found:
                yield _Record(*row)
            if len(found) < _PAGE:
                return
            last = (found[-1].person_id, found[-1].source)

    def _asked(self, row: _Record, failed: set[str]) -> RecordChange | None:
        """What the source says now; None: there is no answer to conclude from.

        Args:
            row: the record.
            failed: takes the source where it failed.
        """
        source = self._sources.get(row.source)
        fields = self._needs.fields_of(row.type, row.source)[:1]
        if source is None or not fields:
            return None
        person, now = self._persons.identity_of(row.person_id), self._clock.now()
        try:
            found: SourceRecord | None = source.lookup(
                citizen_number=person.citizen_number,
                name=person.name,
                fields=fields,
                purpose=f"certificate:{row.type}",
                case_id=row.certificate_id,
                person_id=row.person_id,
                kept=False,
            )
        except DomainError:
            failed.add(row.source)
            return None
        if found is not None and not found.live:
            return None
        return RecordChange(
            person_id=row.person_id,
            source=row.source,
            record_version=None if found is None else found.record_version,
            changed_at=now if found is None else found.as_of,
        )
