"""Collects the facts a certificate states: the fields it names, from the sources it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from app.documents.errors import NO_RECORD
from app.documents.ports import PersonFacts, RecordSource, SourceRecord
from app.documents.records import DocumentType


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The records behind one certificate."""

    by_source: Mapping[str, SourceRecord] = field(repr=False)

    @property
    def records(self) -> dict[str, Mapping[str, Any]]:
        """For each source the record as it came."""
        return {source: found.record for source, found in self.by_source.items()}

    @property
    def as_of(self) -> dict[str, datetime]:
        """For each source when its record was true."""
        return {source: found.as_of for source, found in self.by_source.items()}


class Gatherer:
    """Asks the departments."""

    def __init__(self, sources: Mapping[str, RecordSource]) -> None:
        """Take the sources by the names that types use."""
        self._sources = dict(sources)

    def require(self, kinds: tuple[DocumentType, ...]) -> None:
        """Refuse to begin with a type whose facts nobody can give.

        Raises:
            ValueError: naming the type and the sources that are missing.
        """
        for kind in kinds:
            missing = kind.needs.keys() - self._sources.keys()
            if missing:
                msg = f"certificate type {kind.code} needs {sorted(missing)}"
                raise ValueError(msg)

    def gather(
        self, kind: DocumentType, *, person: PersonFacts, person_id: str, certificate_id: str
    ) -> Gathered:
        """Ask each source the type names for the fields it names, and for nothing else.

        Raises:
            DomainError: CERTIFICATE_NO_RECORD, or the source's own refusal.
        """
        found: dict[str, SourceRecord] = {}
        for source, fields in sorted(kind.needs.items()):
            record = self._sources[source].lookup(
                citizen_number=person.citizen_number,
                name=person.name,
                fields=fields,
                purpose=f"certificate:{kind.code}",
                case_id=certificate_id,
                person_id=person_id,
            )
            if record is None:
                raise NO_RECORD()
            found[source] = record
        return Gathered(by_source=found)
