"""A type.toml as a whole: its members, and that they fit together."""

from collections.abc import Iterator
from typing import Literal, Self

from pydantic import Field, model_validator

from certificates.departments import Bilingual
from certificates.spec.fields import FieldSpec
from certificates.spec.forms import Spec, Word
from certificates.spec.refusals import Predicate, Refusal
from certificates.spec.sources import SourceTerms
from certificates.spec.takings import Rule, Taking


class TypeSpec(Spec):
    """One kind of certificate."""

    code: Word
    number_code: str = Field(pattern=r"^[0-9A-Z]{18}[0-9]{3}$")
    """21 characters of the identifier (GB/T 36903)."""
    version: str = Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")
    department: Word
    level: Literal["L1", "L2", "L3"]
    """How surely the applicant must have been recognised."""
    validity_days: int = Field(ge=1, le=3650)
    titles: Bilingual
    legal_basis: Bilingual
    statement: Bilingual
    """The sentence above the particulars."""
    on_correction: Literal["revoke", "supersede"] = "revoke"
    """What becomes of a certificate when a record it was made from is corrected: withdrawn where
    the fact no longer holds, superseded where it was true of its day and only a newer one says
    more."""
    remarks: Bilingual | None = None
    """What the reader should know, below the particulars."""
    sources: dict[Word, SourceTerms] = Field(min_length=1)
    facts: tuple[Taking, ...] = Field(default=(), strict=False)
    """Values that decide and are not printed."""
    fields: tuple[FieldSpec, ...] = Field(min_length=1, strict=False)
    refusals: tuple[Refusal, ...] = Field(default=(), strict=False)
    """Tried in their order."""
    predicates: tuple[Predicate, ...] = Field(default=(), strict=False)

    @model_validator(mode="after")
    def _distinct(self) -> Self:
        takings = [one.name for one in self.takings()]
        for label, names in (
            ("facts, fields", takings),
            ("refusals", [one.name for one in self.refusals]),
            ("predicates", [one.name for one in self.predicates]),
        ):
            if len(set(names)) != len(names):
                msg = f"{label}: two of one name"
                raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _joined(self) -> Self:
        takings = {one.name: one for one in self.takings()}
        for one in takings.values():
            if one.source not in self.sources:
                msg = f"{one.name}.source: not among sources"
                raise ValueError(msg)
        tests: list[Refusal | Predicate] = [*self.refusals, *self.predicates]
        for test in tests:
            if test.fact not in takings:
                msg = f"{test.name}.fact: neither a fact nor a field"
                raise ValueError(msg)
        for source, members in self.asked().items():
            if not members:
                msg = f"sources.{source}: nothing is asked of it"
                raise ValueError(msg)
        return self

    @model_validator(mode="after")
    def _nothing_needs_everything(self) -> Self:
        """Refuse a type that would take a kept or partial answer for "there is nothing"."""
        for source in self._silences():
            if not self.sources[source].live:
                msg = f"sources.{source}.live: must be true where silence is stated as a fact"
                raise ValueError(msg)
        return self

    def takings(self) -> Iterator[Taking]:
        """Yield facts, then fields."""
        yield from self.facts
        yield from self.fields

    def asked(self) -> dict[str, set[str]]:
        """Return, for each source, the members that are needed."""
        asked = {source: {*terms.asks} for source, terms in self.sources.items()}
        for one in self.takings():
            asked[one.source] |= one.members()
        return asked

    def _silences(self) -> Iterator[str]:
        """Yield sources whose having no record leads to a certificate that says so."""
        takings = {one.name: one for one in self.takings()}
        for one in takings.values():
            if one.otherwise is not None or (one.is_table and one in self._may_be_empty()):
                yield one.source
        for refusal in self.refusals:
            counts = takings[refusal.fact].rule is Rule.COUNT
            if refusal.missing is False or (counts and refusal.at_least is not None):
                yield takings[refusal.fact].source
        for predicate in self.predicates:
            counts = takings[predicate.fact].rule is Rule.COUNT
            if counts and not (predicate.at_least or 0) > 0:
                yield takings[predicate.fact].source

    def _may_be_empty(self) -> list[Taking]:
        return [one for one in self.fields if one.is_table and one.optional]
