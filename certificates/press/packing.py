"""Streams packed in pieces (zlib, RFC 1950), so that what never changes is packed once."""

import zlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final, Self

_HEAD: Final = b"\x78\x9c"
_LAST: Final = b"\x03\x00"
"""An empty block that says it is the last (RFC 1951, 3.2.6)."""
_QUICK, _WELL = 1, 9
_STORED_MOST: Final = 0xFFFF


@dataclass(frozen=True, slots=True)
class Piece:
    """Bytes and how they are packed; a piece refers to no other, so any may follow any."""

    plain: bytes = field(repr=False)
    packed: bytes = field(repr=False)

    @classmethod
    def stored(cls, plain: bytes) -> Self:
        """Take bytes as they are, for what is short or hardly grows smaller."""
        starts = range(0, len(plain), _STORED_MOST)
        blocks = (_block(plain[start : start + _STORED_MOST]) for start in starts)
        return cls(plain, b"".join(blocks))

    @classmethod
    def quick(cls, plain: bytes) -> Self:
        """Pack what is used once."""
        return cls(plain, _packed(plain, _QUICK))

    @classmethod
    def well(cls, plain: bytes) -> Self:
        """Pack what is used again and again."""
        return cls(plain, _packed(plain, _WELL))


def packed(pieces: Iterable[Piece]) -> bytes:
    """Return one zlib stream of several pieces."""
    parts, check = [_HEAD], 1
    for piece in pieces:
        parts.append(piece.packed)
        check = zlib.adler32(piece.plain, check)
    return b"".join((*parts, _LAST, check.to_bytes(4)))


def _block(plain: bytes) -> bytes:
    """Write a block without compression (RFC 1951, 3.2.4)."""
    return b"\0%b%b%b" % (
        len(plain).to_bytes(2, "little"),
        (len(plain) ^ _STORED_MOST).to_bytes(2, "little"),
        plain,
    )


def _packed(plain: bytes, level: int) -> bytes:
    packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
    return packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH)
