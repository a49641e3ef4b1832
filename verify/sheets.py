"""Tables that operators hand in as CSV (RFC 4180), read line by line and strictly."""

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TextIO

from verify.errors import Code, SheetRefused

MAX_ROWS: Final = 1_000_000
MAX_BYTES: Final = 512 * 1024 * 1024
"""A million rows of two paths each."""
MAX_CELL: Final = 1024
"""Characters."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """What a table's header must and may name."""

    required: frozenset[str]
    optional: frozenset[str] = frozenset()
    aliases: tuple[tuple[str, str], ...] = ()
    """Other names that are taken for one of these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One line."""

    number: int
    """Line of the file, as a spreadsheet shows it: the header is 1."""
    cells: Mapping[str, str]
    """Column → text without surrounding blanks; optional columns that are absent are empty."""

    def wrong(self, *, column: str) -> SheetRefused:
        """Return the refusal of one cell."""
        return SheetRefused(Code.SHEET_ROW_WRONG, self.number, column)


def read_rows(path: Path, columns: Columns, *, max_rows: int = MAX_ROWS) -> Iterator[Row]:
    """Yield the lines of a table, in any order of columns; blank lines are skipped.

    Raises:
        SheetRefused: SHEET_UNREADABLE, SHEET_TOO_LARGE, SHEET_HEADER_WRONG, or SHEET_ROW_WRONG for
            a line with too few, too many or too long cells.
    """
    try:
        if path.stat().st_size > MAX_BYTES:
            raise SheetRefused(Code.SHEET_TOO_LARGE)
        with path.open(encoding="utf-8-sig", newline="") as file:
            yield from _rows(file, columns, max_rows)
    except (OSError, UnicodeDecodeError) as error:
        raise SheetRefused(Code.SHEET_UNREADABLE) from error


def _rows(file: TextIO, columns: Columns, max_rows: int) -> Iterator[Row]:
    reader = csv.reader(file, strict=True)
    names: tuple[str, ...] | None = None
    count = 0
    try:
        for cells in reader:
            if not any(cells):
                continue
            if names is None:
                names = _header(cells, columns)
                continue
            count += 1
            if count > max_rows:
                raise SheetRefused(Code.SHEET_TOO_LARGE)
            yield _row(reader.line_num, names, cells, columns)
    except csv.Error as error:
        raise SheetRefused(Code.SHEET_ROW_WRONG, reader.line_num) from error
    if names is None:
        raise SheetRefused(Code.SHEET_HEADER_WRONG, 1)


def _header(cells: list[str], columns: Columns) -> tuple[str, ...]:
    aliases = dict(columns.aliases)
    names = tuple(aliases.get(name, name) for name in (c.strip().lower() for c in cells))
    known = columns.required | columns.optional
    if len(set(names)) != len(names) or not columns.required <= set(names) <= known:
        raise SheetRefused(Code.SHEET_HEADER_WRONG, 1)
    return names


def _row(number: int, names: tuple[str, ...], cells: list[str], columns: Columns) -> Row:
    if len(cells) != len(names) or any(len(cell) > MAX_CELL for cell in cells):
        raise SheetRefused(Code.SHEET_ROW_WRONG, number)
    given = dict(zip(names, (cell.strip() for cell in cells), strict=True))
    return Row(number=number, cells={**dict.fromkeys(columns.optional, ""), **given})
