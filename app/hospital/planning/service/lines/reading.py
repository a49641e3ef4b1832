"""A file as records and refusals, a line at a time.

Whatever a line is, the next one is read: each has a number, and a record or a reason it has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import IO, Final

from pydantic import ValidationError

from app.core.errors import ErrorKind
from app.hospital.planning.errors import (
    IMPORT_LINE_INVALID,
    IMPORT_LINE_TOO_LONG,
    IMPORT_TOO_MANY_LINES,
)
from app.hospital.planning.service.lines.records import RECORDS, Record

MOST_BYTES: Final = 10 * 1024 * 1024
MOST_LINES: Final = 20_000
LONGEST_LINE: Final = 48 * 1024
"""Bytes: five hundred listed windows fit in."""
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """A line that was not taken."""

    line: int
    kind: ErrorKind
    pointer: str | None = None
    """JSON pointer to the field; in a CSV file its column."""
    about: str | None = None
    """The record's id where it could be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """A line that could be read."""

    line: int
    record: Record


def require_few_lines(data: bytes) -> None:
    """Bound the lines before the first is read.

    Raises:
        DomainError: IMPORT_TOO_MANY_LINES.
    """
    if data.count(b"\n") > MOST_LINES + 1:
        raise IMPORT_TOO_MANY_LINES(members={"most": MOST_LINES})


def numbered(file: IO[bytes]) -> Iterator[tuple[int, bytes | None]]:
    """Each line that is not empty, from 1 and without its end; None: longer than is read."""
    number = 0
    while line := file.readline(LONGEST_LINE + 1):
        number += 1
        if number == 1:
            line = line.removeprefix(_BOM)
        if len(line) > LONGEST_LINE and not line.endswith(b"\n"):
            _skip(file)
            yield number, None
        elif line.strip():
            yield number, line.rstrip(b"\r\n")


def read_ndjson(lines: Iterable[tuple[int, bytes | None]]) -> Iterator[Read | Refused]:
    """Lines of JSON objects, each with its `kind`."""
    for number, line in lines:
        if line is None:
            yield Refused(line=number, kind=IMPORT_LINE_TOO_LONG)
            continue
        try:
            yield Read(line=number, record=RECORDS.validate_json(line, strict=True))
        except ValidationError as wrong:
            yield refused(number, wrong)


def refused(number: int, wrong: ValidationError, *, about: str | None = None) -> Refused:
    """What is wrong with a line first."""
    first = wrong.errors(include_input=False, include_url=False, include_context=False)[0]
    if first["type"] == "json_invalid":
        return Refused(line=number, kind=IMPORT_LINE_INVALID)
    if first["type"].startswith("union_tag"):
        return Refused(line=number, kind=IMPORT_LINE_INVALID, pointer="/kind")
    pointer = "".join(f"/{_escaped(step)}" for step in first["loc"][1:])  # first: the kind
    return Refused(line=number, kind=IMPORT_LINE_INVALID, pointer=pointer or None, about=about)


def _escaped(step: str | int) -> str:
    return str(step)[:60].replace("~", "~0").replace("/", "~1")


def _skip(file: IO[bytes]) -> None:
    while rest := file.readline(LONGEST_LINE):
        if rest.endswith(b"\n"):
            return
