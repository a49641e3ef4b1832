"""One line of an insurance office's file, checked before anything is done with it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Annotated, Final

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from stdnum.cn import ric

from app.settlement.errors import IMPORT_FILE_UNREADABLE

LONGEST_LINE: Final = 4096
"""Bytes."""
MOST_FEN: Final = 100_000_000
"""Into one account at one time: a million yuan."""


class EnrolmentRecord(BaseModel):
    """Who is insured where."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    citizen_number: str
    name: Annotated[str, Field(min_length=1, max_length=60)]
    region: Annotated[str, Field(pattern=r"^[0-9]{6}$")]
    scheme: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,59}$")]
    since: date
    until: date | None = None
    opening_fen: Annotated[int, Field(ge=0, le=MOST_FEN, strict=True)] = 0
    """What the own account holds when it comes to us; credited once."""
    monthly_fen: Annotated[int, Field(ge=0, le=MOST_FEN, strict=True)] = 0

    @field_validator("citizen_number")
    @classmethod
    def _number(cls, value: str) -> str:
        # The area code is not looked up: those of the demonstration are not assigned.
        if len(value) != 18 or ric.calc_check_digit(value[:17] + "0") != value[17]:  # noqa: PLR2004
            raise ValueError
        born_of(value)
        return value

    @model_validator(mode="after")
    def _lasts(self) -> EnrolmentRecord:
        if self.until is not None and self.until <= self.since:
            raise ValueError
        return self


def born_of(citizen_number: str) -> date:
    """The birthday that a citizen number holds (GB 11643).

    Raises:
        ValueError: it holds none.
    """
    digits = citizen_number[6:14]
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))


def age_on(born: date, day: date) -> int:
    """Whole years of age on a day."""
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def read_records(path: Path) -> Iterator[tuple[int, EnrolmentRecord | str]]:
    """Read a file of JSON lines: each line's number, and its record or the reason it has none.

    A line at a time, so the file may be of any length. Empty lines are passed over.

    Raises:
        DomainError: IMPORT_FILE_UNREADABLE.
    """
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(LONGEST_LINE + 1):
                number += 1
                if len(line) > LONGEST_LINE:
                    _skip(file.readline, line)
                    yield number, "line_too_long"
                elif line.strip():
                    yield number, _record(line)
    except OSError:
        raise IMPORT_FILE_UNREADABLE() from None


def _skip(readline: object, line: bytes) -> None:
    while not line.endswith(b"\n") and callable(readline):
        line = readline(LONGEST_LINE)
        if not line:
            return


def _record(line: bytes) -> EnrolmentRecord | str:
    try:
        return EnrolmentRecord.model_validate_json(line)
    except ValidationError as wrong:
        first = wrong.errors(include_input=False, include_url=False, include_context=False)[0]
        member = str(first["loc"][0]) if first["loc"] else ""
        return f"invalid:{member}" if member else "invalid"
