"""One kind of certificate, ready for use: from evidence to facts, or to a refusal."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import jsonschema_rs

from certificates.departments import Bilingual, Department
from certificates.errors import CertificateError, ErrorCode, FactRefused
from certificates.evidence import Evidence, Facts
from certificates.moments import SHANGHAI
from certificates.spec.fields import FieldSpec
from certificates.spec.forms import found
from certificates.spec.takings import Pick, Record, Taking
from certificates.spec.types import TypeSpec


@dataclass(frozen=True, slots=True, kw_only=True)
class CertificateType:
    """A type.toml with its department, its page and the schema of its values."""

    spec: TypeSpec
    department: Department
    template: str
    """Path of the page's .typ file below the folder of data, with a slash in front."""
    schema: jsonschema_rs.Draft202012Validator
    source_names: Mapping[str, Bilingual]
    """What each source of the type is called."""

    @property
    def code(self) -> str:
        """The folder's name."""
        return self.spec.code

    @property
    def titles(self) -> Bilingual:
        """What people call it."""
        return self.spec.titles

    @property
    def level(self) -> str:
        """How surely the applicant must have been recognised, e.g. `L1`."""
        return self.spec.level

    @property
    def validity(self) -> dt.timedelta:
        """From issue to expiry."""
        return dt.timedelta(days=self.spec.validity_days)

    def needs(self) -> dict[str, tuple[str, ...]]:
        """Return, for each source, the members to ask it for; nothing else is needed."""
        return {source: tuple(sorted(asked)) for source, asked in self.spec.asked().items()}

    def keepable(self) -> frozenset[str]:
        """Return the sources whose earlier answer will do while they fail."""
        return frozenset(
            source
            for source, terms in self.spec.sources.items()
            if terms.on_stale == "provisional" and not terms.live
        )

    def facts(self, evidence: Mapping[str, Evidence], *, now: dt.datetime) -> Facts:
        """Derive what is certified.

        1. Every source of the type has answered. 2. Those that must be live are. 3. No record is
        too old or kept, unless the type lets it be. 4. No refusal holds. 5. Every value that is
        stated is there. 6. Each is what the type says it is.

        Args:
            evidence: by source.
            now: the moment of issue.

        Raises:
            CertificateError: FIELD_MISSING (1, 5), SOURCE_NOT_LIVE (2), DATA_STALE (3),
                FACT_REFUSED (4), FIELDS_INVALID (4 to 6).
        """
        self._require_answers(evidence)  # 1
        self._require_live(evidence)  # 2
        provisional = self._is_provisional(evidence, now=now)  # 3
        today = now.astimezone(SHANGHAI).date()
        taken = {
            one.name: _taken(one, evidence[one.source].records, today=today)
            for one in self.spec.takings()
        }
        self._refuse(taken)  # 4
        values = {one.name: _stated(one, taken[one.name]) for one in self.spec.fields}  # 5
        if not self.schema.is_valid(values):  # 6
            raise CertificateError(ErrorCode.FIELDS_INVALID, self.code)
        predicates = {one.name: one.holds(taken[one.fact]) for one in self.spec.predicates}
        return Facts(values=values, predicates=predicates, provisional=provisional)

    def _require_answers(self, evidence: Mapping[str, Evidence]) -> None:
        for source in self.spec.sources:
            if source not in evidence:
                raise CertificateError(ErrorCode.FIELD_MISSING, source, source=source)

    def _require_live(self, evidence: Mapping[str, Evidence]) -> None:
        for source, terms in self.spec.sources.items():
            if terms.live and not evidence[source].live:
                raise CertificateError(ErrorCode.SOURCE_NOT_LIVE, source, source=source)

    def _is_provisional(self, evidence: Mapping[str, Evidence], *, now: dt.datetime) -> bool:
        stale = {
            source: terms
            for source, terms in self.spec.sources.items()
            if not evidence[source].live
            or now - evidence[source].as_of > dt.timedelta(hours=terms.max_age_hours)
        }
        for source, terms in stale.items():
            if terms.on_stale == "fail":
                raise CertificateError(ErrorCode.DATA_STALE, source, source=source)
        return bool(stale)

    def _refuse(self, taken: Mapping[str, Any]) -> None:
        sources = {one.name: one.source for one in self.spec.takings()}
        for refusal in self.spec.refusals:
            value = taken[refusal.fact]
            if refusal.holds(value):
                said = refusal.said(value)
                raise FactRefused(
                    reason=refusal.name, source=sources[refusal.fact], zh=said.zh, en=said.en
                )


def _taken(one: Taking, records: Sequence[Record], *, today: dt.date) -> Any:  # noqa: ANN401 - JSON
    if isinstance(one, FieldSpec) and one.is_table:
        return _rows(one, records)
    return one.taken(records, today=today)


def _rows(table: FieldSpec, records: Sequence[Record]) -> list[dict[str, Any]]:
    counting = table.counting(records)
    if table.pick is Pick.LATEST:
        counting.reverse()
    return [
        {column.name: found(record, column.path) for column in table.columns} for record in counting
    ]


def _stated(field: FieldSpec, value: Any) -> Any:  # noqa: ANN401 - JSON
    if not _is_whole(field, value):
        words = f"{field.source}: {field.name}"
        raise CertificateError(ErrorCode.FIELD_MISSING, words, source=field.source)
    return value


def _is_whole(field: FieldSpec, value: Any) -> bool:  # noqa: ANN401 - JSON
    if not field.is_table:
        return value is not None or field.optional
    needed = [one.name for one in field.columns if not one.optional]
    cells = [row[name] for row in value for name in needed]
    return bool(value or field.optional) and None not in cells
