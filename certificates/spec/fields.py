"""What a certificate states: one line, or a table of records."""

import re
from enum import StrEnum, auto
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from certificates.departments import Bilingual
from certificates.spec.forms import Place, Spec, Word, first_member
from certificates.spec.takings import Rule, Taking


class Kind(StrEnum):
    """What a value is, and thereby how it is printed."""

    TEXT = auto()
    DATE = auto()
    """YYYY-MM-DD."""
    MOMENT = auto()
    """Date and time with offset (RFC 3339); the minute is printed as written."""
    NUMBER = auto()
    """Whole, not negative; printed with its `unit`."""
    MONEY = auto()
    """Fen, whole; printed as yuan."""
    LIST = auto()
    """Texts, at least one."""
    IMAGE = auto()
    """A base64 JPEG."""
    TABLE = auto()
    """The records themselves, in `columns`; none is an empty table."""


class Unit(Bilingual):
    """What a number counts; `one` is the English singular."""

    one: str = Field(min_length=1, max_length=40)


class Printed(Spec):
    """A value with its label and the words it is printed in."""

    label: Bilingual
    kind: Kind = Field(default=Kind.TEXT, strict=False)
    optional: bool = False
    """Whether there may be no value; nothing is printed then."""
    values: dict[str, Bilingual] = Field(default_factory=dict)
    """Printed words of coded values; a value outside is refused unless `open`."""
    open: bool = False
    """Values outside `values` are printed as they are."""
    unit: Unit | None = None
    pattern: str | None = None
    """Regular expression (ECMA 262) that a text must match."""

    @field_validator("pattern")
    @classmethod
    def _compiles(cls, value: str | None) -> str | None:
        try:
            re.compile(value or "")
        except re.error:
            msg = "not a regular expression"
            raise ValueError(msg) from None
        return value

    @model_validator(mode="after")
    def _fitting(self) -> Self:
        texts = self.kind in {Kind.TEXT, Kind.LIST}
        if (self.values or self.open or self.pattern) and not texts:
            msg = "values, open and pattern are of texts"
            raise ValueError(msg)
        if self.open and not self.values:
            msg = "open: there are no values"
            raise ValueError(msg)
        if self.unit is not None and self.kind is not Kind.NUMBER:
            msg = "unit: only a number has one"
            raise ValueError(msg)
        return self


class Column(Printed):
    """One member of each record of a table."""

    name: Word
    path: Place

    @model_validator(mode="after")
    def _plain(self) -> Self:
        if self.kind in {Kind.IMAGE, Kind.TABLE}:
            msg = "kind: a column holds no image and no table"
            raise ValueError(msg)
        return self


class FieldSpec(Printed, Taking):
    """One thing a certificate states, and where it comes from."""

    disclosure: Literal["always", "predicate", "never"]
    """How far later presentations may reveal it; `never` is printed, not in the data attached."""
    columns: tuple[Column, ...] = Field(default=(), strict=False)
    shape: Literal["rows", "cards"] = "rows"
    """Of a table: a line a record, or for long texts a block a record."""

    @property
    def is_table(self) -> bool:
        """Whether it states records, not a value of them."""
        return self.kind is Kind.TABLE

    @model_validator(mode="after")
    def _table(self) -> Self:
        if self.is_table != bool(self.columns):
            msg = "columns: a table has some, nothing else has"
            raise ValueError(msg)
        if self.is_table and (self.path or self.rule is not Rule.VALUE):
            msg = "path, rule: a table has columns instead"
            raise ValueError(msg)
        names = [one.name for one in self.columns]
        if len(set(names)) != len(names):
            msg = "columns: two of one name"
            raise ValueError(msg)
        return self

    def members(self) -> set[str]:
        """Return the members of a record that must be asked for."""
        return super().members() | {first_member(one.path) for one in self.columns}
