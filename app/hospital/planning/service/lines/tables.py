"""CSV files: one kind a file, named columns, a record a line (RFC 4180, no line breaks within)."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import Final, Literal

from pydantic import ValidationError

from app.hospital.models.planning import CHANNELS
from app.hospital.planning.errors import (
    IMPORT_COLUMNS_INVALID,
    IMPORT_LINE_INVALID,
    IMPORT_LINE_TOO_LONG,
)
from app.hospital.planning.service.lines.reading import Read, Refused, refused
from app.hospital.planning.service.lines.records import RECORDS

TableKind = Literal["campus", "department", "practitioner", "session", "holiday"]
_SESSION: Final = (
    "id",
    "department",
    "practitioner",
    "day",
    "half_day",
    "starts",
    "ends",
    "fee_class",
    "fee",
    "item_code",
)
REQUIRED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "campus": ("id", "name", "address", "latitude", "longitude"),
        "department": ("id", "campus", "name"),
        "practitioner": ("id", "name", "title"),
        "session": _SESSION,
        "holiday": ("day", "name"),
    }
)
_GIVES_BACK: Final = "gives_back_at_"
_POOLS: Final = (*CHANNELS, *(f"{_GIVES_BACK}{one}" for one in CHANNELS if one != "app"))
ALLOWED: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "campus": (),
        "department": ("active",),
        "practitioner": ("active",),
        "session": ("opens_at", "published", *_POOLS),
        "holiday": ("plan_as", "active"),
    }
)
"""Besides: a session's places are in a column a channel, named as it; windows cannot be listed."""


def read_csv(
    lines: Iterable[tuple[int, bytes | None]], *, kind: TableKind
) -> Iterator[Read | Refused]:
    """Lines of a CSV file, of which the first names the columns. An empty cell says nothing.

    Raises:
        DomainError: IMPORT_COLUMNS_INVALID.
    """
    remaining = iter(lines)
    columns = _columns(next(remaining, (1, b"")), kind)
    for number, line in remaining:
        if line is None:
            yield Refused(line=number, kind=IMPORT_LINE_TOO_LONG)
            continue
        cells = _cells(line)
        if cells is None or len(cells) != len(columns):
            yield Refused(line=number, kind=IMPORT_LINE_INVALID)
            continue
        yield _record(number, kind, dict(zip(columns, cells, strict=True)))


def _columns(first: tuple[int, bytes | None], kind: TableKind) -> list[str]:
    columns = [name.strip() for name in _cells(first[1] or b"") or []]
    known = {*REQUIRED[kind], *ALLOWED[kind]}
    missing = [name for name in REQUIRED[kind] if name not in columns]
    strange = [n for n, name in enumerate(columns, start=1) if name not in known]
    if missing or strange or len(set(columns)) != len(columns):
        raise IMPORT_COLUMNS_INVALID(members={"missing": missing, "unknown": strange})
    return columns


def _cells(line: bytes) -> list[str] | None:
    """The cells of one line; None where quotes do not close or the text is not UTF-8."""
    try:
        return next(csv.reader([line.decode()], strict=True), None)
    except (csv.Error, UnicodeDecodeError):
        return None


def _record(number: int, kind: TableKind, cells: dict[str, str]) -> Read | Refused:
    said: dict[str, object] = {name: text for name, text in cells.items() if text != ""}
    if kind == "session":
        said["pools"] = _pools(said)
    try:
        record = RECORDS.validate_python({**said, "kind": kind}, strict=False)
    except ValidationError as wrong:
        return refused(number, wrong, about=cells.get("id"))
    return Read(line=number, record=record)


def _pools(said: dict[str, object]) -> tuple[dict[str, object], ...]:
    """Take the columns of the channels out of a line, as pools."""
    pools: list[dict[str, object]] = []
    for channel in CHANNELS:
        size, gives_back_at = said.pop(channel, None), said.pop(f"{_GIVES_BACK}{channel}", None)
        if size is not None or gives_back_at is not None:
            pool = {"channel": channel, "size": size, "gives_back_at": gives_back_at}
            pools.append({name: value for name, value in pool.items() if value is not None})
    return tuple(pools)
