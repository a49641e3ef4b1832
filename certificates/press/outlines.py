"""Fonts as Typst embeds them: Compact Font Format (Adobe TN 5176), keyed by CID, one of a subset.

Typst writes each letter's outline (a Type 2 charstring, TN 5177) without subroutines. So outlines
of one font can be put together anew by copying: each needs only its group, the Private DICT that
its widths and hints refer to.
"""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

_NOTICES: Final = ((1,), (12, 0))
"""Notice or Copyright."""
_CHAR_STRINGS: Final = (17,)
_PRIVATE: Final = (18,)
_GROUPS: Final = (12, 36)
_GROUP_OF: Final = (12, 37)
_NAME: Final = (12, 38)
STANDARD_STRINGS: Final = 391
"""Strings below this number are not in the file (TN 5176, appendix A)."""
_ESCAPE, _SHORT, _LONG, _REAL = 12, 28, 29, 30
_LAST_DIGIT: Final = 0xF
_LAST_SINGLE = 246

Operator = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Outline:
    """A letter's shape."""

    program: bytes
    group: bytes
    """The name of its Font DICT."""


@dataclass(frozen=True, slots=True)
class Embedded:
    """A font out of a file."""

    name: bytes
    notice: bytes
    notice_as: Operator
    """The operator under which the notice stands."""
    matrix: bytes
    """Operands of FontMatrix, as written."""
    box: bytes
    """Operands of FontBBox, as written; of the whole font."""
    groups: Mapping[bytes, bytes]
    """Private DICTs by the names of their groups."""
    outlines: Sequence[Outline]
    """By CID."""

    @property
    def bounds(self) -> list[int]:
        """The box that holds every letter, in thousandths."""
        return list(_integers(self.box))


def take_apart(data: bytes) -> Embedded:
    """Read a font that Typst wrote a moment ago; never an upload.

    Raises:
        struct.error, LookupError, ValueError: not such a font.
    """
    names, at = _index(data, data[2])
    tops, at = _index(data, at)
    strings, _ = _index(data, at)
    top = dict(_entries(tops[0]))
    notice = next(entry for entry in _NOTICES if entry in top)
    programs, _ = _index(data, _integer(top[_CHAR_STRINGS]))
    groups = [_group(data, told, strings) for told in _index(data, _integer(top[_GROUPS]))[0]]
    chosen = _choices(data, _integer(top[_GROUP_OF]), len(programs))
    return Embedded(
        name=names[0],
        notice=_string(strings, top[notice]),
        notice_as=notice,
        matrix=top[(12, 7)],
        box=top[(5,)],
        groups=dict(groups),
        outlines=[
            Outline(program, groups[group][0])
            for program, group in zip(programs, chosen, strict=True)
        ],
    )


def _group(data: bytes, told: bytes, strings: Sequence[bytes]) -> tuple[bytes, bytes]:
    entries = dict(_entries(told))
    size, at = _integers(entries[_PRIVATE])
    name = _string(strings, entries[_NAME]) if _NAME in entries else b"Letters"
    return name, data[at : at + size]


def _choices(data: bytes, at: int, letters: int) -> bytes:
    """Read FDSelect: which group each letter belongs to (formats 0 and 3)."""
    if data[at] == 0:
        return data[at + 1 : at + 1 + letters]
    (count,) = struct.unpack_from(">H", data, at + 1)
    ranges = [struct.unpack_from(">HB", data, at + 3 + 3 * number) for number in range(count)]
    (end,) = struct.unpack_from(">H", data, at + 3 + 3 * count)
    ends = [first for first, _ in ranges[1:]] + [end]
    return b"".join(
        bytes([group]) * (last - first) for (first, group), last in zip(ranges, ends, strict=True)
    )


def _index(data: bytes, at: int) -> tuple[list[bytes], int]:
    """Read an INDEX; return its members and where it ends."""
    (count,) = struct.unpack_from(">H", data, at)
    if count == 0:
        return [], at + 2
    size, first = data[at + 2], at + 3
    offsets = [
        int.from_bytes(data[first + number * size : first + (number + 1) * size])
        for number in range(count + 1)
    ]
    base = first + (count + 1) * size - 1
    members = [data[base + start : base + end] for start, end in pairwise(offsets)]
    return members, base + offsets[-1]


def _entries(told: bytes) -> Iterator[tuple[Operator, bytes]]:
    """Read a DICT: each operator with its operands as written."""
    start = at = 0
    while at < len(told):
        first = told[at]
        if first < _SHORT:  # an operator: none from 22 to 27 is in use
            end = at + (2 if first == _ESCAPE else 1)
            yield tuple(told[at:end]), told[start:at]
            start = at = end
        else:
            at += _width(told, at)


def _width(told: bytes, at: int) -> int:
    """Return how many bytes an operand takes."""
    first = told[at]
    if first == _REAL:
        end = at + 1
        while _LAST_DIGIT not in divmod(told[end], 16):
            end += 1
        return end + 1 - at
    if first in {_SHORT, _LONG}:
        return 3 if first == _SHORT else 5
    return 1 if first <= _LAST_SINGLE else 2


def _integers(operands: bytes) -> Iterator[int]:
    at = 0
    while at < len(operands):
        width = _width(operands, at)
        yield _decoded(operands[at : at + width])
        at += width


def _decoded(operand: bytes) -> int:
    first = operand[0]
    if first in {_SHORT, _LONG}:
        return int.from_bytes(operand[1:], signed=True)
    if first <= _LAST_SINGLE:
        return first - 139
    positive = first <= 250  # noqa: PLR2004 - TN 5176, table 3
    return (
        (first - 247) * 256 + operand[1] + 108
        if positive
        else (251 - first) * 256 - operand[1] - 108
    )


def _integer(operands: bytes) -> int:
    return next(_integers(operands))


def _string(strings: Sequence[bytes], operands: bytes) -> bytes:
    return strings[_integer(operands) - STANDARD_STRINGS]
