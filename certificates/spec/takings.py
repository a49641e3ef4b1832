"""How one value is taken out of the records of one source."""

import datetime as dt
from collections.abc import Mapping, Sequence
from enum import StrEnum, auto
from typing import Any, Self

from pydantic import Field, model_validator

from certificates.errors import CertificateError, ErrorCode
from certificates.spec.conditions import Condition, Plain
from certificates.spec.forms import Place, Spec, Word, first_member, found

Record = Mapping[str, Any]


class Rule(StrEnum):
    """What is made of the records."""

    VALUE = auto()
    """A member of the record that `pick` chooses."""
    COUNT = auto()
    """How many there are."""
    SUM = auto()
    """Of a member that is a whole number."""
    EARLIEST = auto()
    """The smallest of a member, such as the first day."""
    LATEST = auto()
    """The largest."""
    YEARS = auto()
    """Full years from a day in the chosen record to the day of issue."""


class Pick(StrEnum):
    """Which record counts where there may be several."""

    ONLY = auto()
    """There may be no second one."""
    EARLIEST = auto()
    """The first by the member `by`."""
    LATEST = auto()
    """The last by the member `by`."""


class Taking(Spec):
    """A value: whence, of which records, made how."""

    name: Word
    source: Word
    rule: Rule = Field(default=Rule.VALUE, strict=False)
    path: Place | None = None
    where: tuple[Condition, ...] = Field(default=(), strict=False)
    """Only records of which all of these hold."""
    pick: Pick = Field(default=Pick.ONLY, strict=False)
    by: Place | None = None
    otherwise: Plain | None = None
    """The value where the source, asked just now, has no record that counts."""

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.path is None) != (self.rule is Rule.COUNT) and not self.is_table:
            msg = "path: every rule but count needs one"
            raise ValueError(msg)
        if (self.by is None) != (self.pick is Pick.ONLY):
            msg = "by: goes with pick"
            raise ValueError(msg)
        return self

    @property
    def is_table(self) -> bool:
        """Whether it states records, not a value of them."""
        return False

    def members(self) -> set[str]:
        """Return the members of a record that must be asked for."""
        places = [self.path, self.by, *(one.path for one in self.where)]
        return {first_member(place) for place in places if place is not None}

    def taken(self, records: Sequence[Record], *, today: dt.date) -> Any:  # noqa: ANN401 - JSON
        """Return the value; None where there is none.

        Raises:
            CertificateError: FIELDS_INVALID for records that do not allow one.
        """
        counting = self.counting(records)
        value = self._made(counting, today=today)
        return self.otherwise if value is None and not counting else value

    def counting(self, records: Sequence[Record]) -> list[Record]:
        """Return the records that count, in the order of `by` where it is given."""
        kept = [one for one in records if self._counts(one)]
        return kept if self.by is None else sorted(kept, key=self._order)

    def _counts(self, record: Record) -> bool:
        return all(one.holds(found(record, one.path)) for one in self.where)

    def _order(self, record: Record) -> tuple[bool, str]:
        value = found(record, self.by or "")
        if value is not None and not isinstance(value, str):
            raise self._invalid()
        return value is not None, value or ""

    def _made(self, records: list[Record], *, today: dt.date) -> Any:  # noqa: ANN401 - JSON
        if self.rule is Rule.COUNT:
            return len(records)
        if self.rule is Rule.VALUE:
            return self._of_chosen(records)
        if self.rule is Rule.YEARS:
            day = self._of_chosen(records)
            return None if day is None else _years(self._day(day), today)
        return self._of_all([found(one, self.path or "") for one in records])

    def _of_chosen(self, records: list[Record]) -> Any:  # noqa: ANN401 - JSON
        if not records:
            return None
        if self.pick is Pick.ONLY and len(records) > 1:
            raise self._invalid()
        return found(records[-1 if self.pick is Pick.LATEST else 0], self.path or "")

    def _of_all(self, values: list[Any]) -> Any:  # noqa: ANN401 - JSON
        present = [one for one in values if one is not None]
        if self.rule is Rule.SUM:
            if not all(isinstance(one, int) for one in present):
                raise self._invalid()
            return sum(present) if values else None
        if not all(isinstance(one, str) for one in present):
            raise self._invalid()
        return (
            min(present, default=None) if self.rule is Rule.EARLIEST else max(present, default=None)
        )

    def _day(self, value: object) -> dt.date:
        try:
            return dt.date.fromisoformat(str(value))
        except ValueError:
            raise self._invalid() from None

    def _invalid(self) -> CertificateError:
        return CertificateError(ErrorCode.FIELDS_INVALID, self.name, source=self.source)


def _years(since: dt.date, today: dt.date) -> int:
    had = (today.month, today.day) >= (since.month, since.day)
    return today.year - since.year - (not had)
