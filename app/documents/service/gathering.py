"""Collects the facts a certificate states: the fields it names, from the sources it names."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from app.core.errors import DomainError
from app.core.fan_out import FanOut
from app.documents.errors import NO_RECORD, TYPE_UNAVAILABLE, naming
from app.documents.ports import PersonFacts, RecordSource, SourceRecord
from app.documents.records import DocumentType, Evidence


@dataclass(frozen=True, slots=True, kw_only=True)
class Gathered:
    """The answers behind one certificate."""

    by_source: Mapping[str, SourceRecord] = field(repr=False)

    @property
    def evidence(self) -> dict[str, Evidence]:
        """What each source said."""
        return {
            source: Evidence(records=found.records, as_of=found.as_of, live=found.live)
            for source, found in self.by_source.items()
        }


class Gatherer:
    """Asks the departments."""

    def __init__(self, sources: Mapping[str, RecordSource], *, fan_out: FanOut) -> None:
        """Take the sources by the names that types use."""
        self._sources = dict(sources)
        self._fan_out = fan_out

    def can_ask(self, kind: DocumentType) -> bool:
        """Whether every source the type names is connected."""
        return kind.needs.keys() <= self._sources.keys()

    def require(self, kind: DocumentType) -> None:
        """Refuse a type whose facts nobody can give.

        Raises:
            DomainError: CERTIFICATE_TYPE_UNAVAILABLE.
        """
        if not self.can_ask(kind):
            raise TYPE_UNAVAILABLE()

    def gather(
        self, kind: DocumentType, *, person: PersonFacts, person_id: str, certificate_id: str
    ) -> Gathered:
        """Ask all sources at once for the fields the type names, and for nothing else.

        Call it before anything is locked: it takes as long as the slowest source.

        Raises:
            DomainError: CERTIFICATE_NO_RECORD, or the refusals of the sources in one.
        """
        asked = sorted(kind.needs.items())
        answers = self._fan_out.run(
            [
                partial(
                    self._sources[source].lookup,
                    citizen_number=person.citizen_number,
                    name=person.name,
                    fields=fields,
                    purpose=f"certificate:{kind.code}",
                    case_id=certificate_id,
                    person_id=person_id,
                    kept=source in kind.keepable,
                )
                for source, fields in asked
            ]
        )
        by_source = {source: answer for (source, _), answer in zip(asked, answers, strict=True)}
        _refuse_failed(by_source)
        return Gathered(by_source={s: _known(a, kind, s) for s, a in by_source.items()})


def _refuse_failed(answers: Mapping[str, SourceRecord | DomainError | None]) -> None:
    failed = {source: one for source, one in answers.items() if isinstance(one, DomainError)}
    if failed:
        raise _together(failed)


def _together(failed: Mapping[str, DomainError]) -> DomainError:
    """One refusal that names every source that failed, and when to come back to all of them."""
    refusals = list(failed.values())
    kind = replace(
        refusals[0].kind,
        zh="".join(dict.fromkeys(one.kind.zh for one in refusals)),
        en=" ".join(dict.fromkeys(one.kind.en for one in refusals)),
    )
    waits = [one.retry_after for one in refusals if one.retry_after is not None]
    return kind(retry_after=max(waits, default=None), members={"sources": sorted(failed)})


def _known(
    answer: SourceRecord | DomainError | None, kind: DocumentType, source: str
) -> SourceRecord:
    if answer is None or isinstance(answer, DomainError):
        names = kind.sources[source]
        raise naming(NO_RECORD, zh=names.zh, en=names.en)(members={"source": source})
    return answer
