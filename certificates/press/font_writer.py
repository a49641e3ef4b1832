"""A font put together from outlines: Compact Font Format, keyed by CID (Adobe TN 5176)."""

import struct
from collections.abc import Mapping, Sequence
from itertools import accumulate
from typing import Final

from certificates.press.outlines import STANDARD_STRINGS, Embedded, Operator, Outline

_HEADER: Final = b"\x01\x00\x04\x04"
_ROS: Final = (12, 30)
_MATRIX: Final = (12, 7)
_BOX: Final = (5,)
_CHARSET: Final = (15,)
_CHAR_STRINGS: Final = (17,)
_PRIVATE: Final = (18,)
_CID_COUNT: Final = (12, 34)
_GROUPS: Final = (12, 36)
_GROUP_OF: Final = (12, 37)
_NAME: Final = (12, 38)
_UNIT: Final = b"\x8c\x8b\x8b\x8c\x8b\x8b"
"""The operands 1 0 0 1 0 0: groups do not change the font's matrix."""
_CHARSET_LENGTH: Final = 5


class FontWriter:
    """Puts outlines of one font together."""

    def __init__(self, font: Embedded, groups: Mapping[bytes, bytes]) -> None:
        """Write down what does not depend on the letters.

        Args:
            font: any subset of the font.
            groups: all that the letters may belong to, at most 255.
        """
        self._numbers = {name: number for number, name in enumerate(groups)}
        self._font = font
        self._names = _indexed([font.name])
        self._strings = _indexed([b"Adobe", b"Identity", font.notice, *groups]) + b"\0\0"
        top = len(self._top(charset=0, chosen=0, programs=0))
        self._charset_at = len(_HEADER) + len(self._names) + top + len(self._strings)
        self._groups = _groups(list(groups.values()), self._charset_at + _CHARSET_LENGTH)

    def group(self, outline: Outline) -> int:
        """Return the number of an outline's group; KeyError if the writer does not know it."""
        return self._numbers[outline.group]

    def start(self, groups: bytes, lengths: Sequence[int]) -> bytes:
        """Return the font up to its outlines, which follow one after the other.

        Args:
            groups: a byte a letter, in the order of CIDs; the first is .notdef.
            lengths: of the outlines, in the same order.
        """
        letters = len(groups)
        chosen_at = self._charset_at + _CHARSET_LENGTH + len(self._groups)
        top = self._top(
            charset=self._charset_at, chosen=chosen_at, programs=chosen_at + 1 + letters
        )
        charset = struct.pack(">BHH", 2, 1, letters - 2)
        offsets = struct.pack(f">{letters + 1}I", *accumulate(lengths, initial=1))
        return b"".join(
            (
                *(_HEADER, self._names, top, self._strings, charset, self._groups),
                *(b"\0", groups, struct.pack(">HB", letters, 4), offsets),
            )
        )

    def _top(self, *, charset: int, chosen: int, programs: int) -> bytes:
        font, sid = self._font, STANDARD_STRINGS
        entries: tuple[tuple[Operator, bytes], ...] = (
            (_ROS, _number(sid) + _number(sid + 1) + _number(0)),
            (font.notice_as, _number(sid + 2)),
            (_MATRIX, font.matrix),
            (_BOX, font.box),
            (_CHARSET, _number(charset)),
            (_CHAR_STRINGS, _number(programs)),
            (_CID_COUNT, _number(65_535)),
            (_GROUPS, _number(charset + _CHARSET_LENGTH)),
            (_GROUP_OF, _number(chosen)),
        )
        return _indexed([b"".join(told + bytes(name) for name, told in entries)])


def _groups(privates: Sequence[bytes], at: int) -> bytes:
    """Write the INDEX of Font DICTs and the Private DICTs behind it."""
    size = len(_indexed([_group_dict(0, 0, 0)] * len(privates)))
    starts = accumulate((len(one) for one in privates), initial=at + size)
    dicts = [
        _group_dict(STANDARD_STRINGS + 3 + number, len(private), start)
        for number, (private, start) in enumerate(zip(privates, starts, strict=False))
    ]
    return _indexed(dicts) + b"".join(privates)


def _group_dict(name: int, size: int, at: int) -> bytes:
    private = _number(size) + _number(at) + bytes(_PRIVATE)
    return _UNIT + bytes(_MATRIX) + private + _number(name) + bytes(_NAME)


def _indexed(members: Sequence[bytes]) -> bytes:
    offsets = accumulate((len(one) for one in members), initial=1)
    told = struct.pack(f">{len(members) + 1}I", *offsets)
    return struct.pack(">HB", len(members), 4) + told + b"".join(members)


def _number(value: int) -> bytes:
    return struct.pack(">Bi", 29, value)
