"""A file as a pile of updates, each with a cross-reference table of its own (ISO 32000-1, 7.5.6).

Our writers write tables, so cross-reference streams and hybrids count as somebody else's form.
"""

import re
from dataclasses import dataclass
from typing import Final

from certificates.reading.objects import Value, read_value, skip
from certificates.reading.refusals import Refused, foreign_form
from certificates.verdicts import Integrity

_MOST_REVISIONS: Final = 16
_TAIL: Final = re.compile(rb"startxref[\r\n]{1,2}([0-9]{1,10})[\r\n]{1,2}%%EOF(?:\r\n|\n|\r)?")
_EOF: Final = b"%%EOF"
_EOF_WITHIN: Final = 1024
"""Readers look for it in so many last bytes (ISO 32000-1, Annex H.3, note 18)."""
_TABLE: Final = re.compile(rb"xref(?:\r\n|\n|\r)")
_SECTION: Final = re.compile(rb"([0-9]{1,10}) ([0-9]{1,10}) ?(?:\r\n|\n|\r)")
_ENTRY: Final = re.compile(rb"([0-9]{10}) ([0-9]{5}) ([nf])(?: \r| \n|\r\n)")
_ENTRY_LENGTH: Final = 20
_TRAILER: Final = re.compile(rb"trailer(?=[\x00\t\n\x0c\r <])")


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One update, or the first writing."""

    start: int
    end: int
    """After its %%EOF and one end of line."""
    offsets: dict[int, int]
    """Where each of its objects starts, by number."""
    trailer: dict[str, Value]
    table: int
    """Where its table starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revisions:
    """All of a file's, oldest first, and how far they reach."""

    all: tuple[Revision, ...]
    end: int
    """Anything from here on belongs to no revision."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Table:
    offsets: dict[int, int]
    trailer: dict[str, Value]
    start: int
    end: int


def read_revisions(data: bytes, *, most_objects: int) -> Revisions:
    """Read a file's tables from the last one backwards.

    Security checks:
        1. each table lies before the one that names it: no loop, no forward jump;
        2. there are no more revisions and entries than the limits;
        3. each object lies in the revision that lists it;
        4. what is encrypted is not read.

    Raises:
        Refused: TRUNCATED, TOO_MANY_OBJECTS, ENCRYPTED, FOREIGN_FORM.
    """
    tail = _TAIL.match(data, max(data.rfind(b"startxref"), 0))
    if tail is None:
        ended = data.find(_EOF, max(len(data) - _EOF_WITHIN, 0)) >= 0
        raise foreign_form() if ended else Refused(Integrity.TRUNCATED)
    tables = _tables(data, int(tail[1]), most_objects)
    found: list[Revision] = []
    for table in reversed(tables):
        start = found[-1].end if found else 0
        found.append(_revision(table, start))
    return Revisions(all=tuple(found), end=found[-1].end)


def _tables(data: bytes, last: int, most_objects: int) -> list[_Table]:
    tables: list[_Table] = []
    at, room = last, most_objects
    while True:
        table = _table(data, at, room)
        tables.append(table)
        room -= len(table.offsets)
        if "/Encrypt" in table.trailer:  # 4
            raise Refused(Integrity.ENCRYPTED)
        if "/Prev" not in table.trailer:
            return tables
        before = table.trailer["/Prev"]
        if type(before) is not int or not 0 < before < at:  # 1
            raise foreign_form()
        if len(tables) == _MOST_REVISIONS:  # 2
            raise Refused(Integrity.TOO_MANY_OBJECTS)
        at = before


def _table(data: bytes, start: int, room: int) -> _Table:
    head = _TABLE.match(data, start)
    if head is None:
        raise foreign_form()
    at, offsets = head.end(), dict[int, int]()
    while section := _SECTION.match(data, at):
        first, count = int(section[1]), int(section[2])
        if count > room - len(offsets):  # 2
            raise Refused(Integrity.TOO_MANY_OBJECTS)
        at = _entries(data, section.end(), range(first, first + count), offsets)
    trailer = _TRAILER.match(data, skip(data, at))
    if trailer is None:
        raise foreign_form()
    words, at = read_value(data, trailer.end())
    tail = _TAIL.match(data, skip(data, at))
    if not isinstance(words, dict) or "/XRefStm" in words:
        raise foreign_form()
    if tail is None or int(tail[1]) != start:
        raise foreign_form()
    return _Table(offsets=offsets, trailer=words, start=start, end=tail.end())


def _entries(data: bytes, at: int, numbers: range, offsets: dict[int, int]) -> int:
    for number in numbers:
        entry = _ENTRY.match(data, at)
        if entry is None or number in offsets:
            raise foreign_form()
        if entry[3] == b"n":
            if entry[2] != b"00000":
                raise foreign_form()
            offsets[number] = int(entry[1])
        elif number:  # ours free nothing but the head of the list
            raise foreign_form()
        at += _ENTRY_LENGTH
    return at


def _revision(table: _Table, start: int) -> Revision:
    inside = range(start, table.start)
    if table.start < start or not all(at in inside for at in table.offsets.values()):  # 3
        raise foreign_form()
    return Revision(
        start=start,
        end=table.end,
        offsets=table.offsets,
        trailer=table.trailer,
        table=table.start,
    )
