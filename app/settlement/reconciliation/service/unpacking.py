"""Opening the archive a merchant sends: one plain file, bounded before and while it is read."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import Final

from app.settlement.reconciliation.errors import RECONCILIATION_FILE

MOST_PACKED: Final = 2 * 1024 * 1024
"""Bytes of the archive."""
MOST_UNPACKED: Final = 8 * 1024 * 1024
"""Bytes of the file in it."""
_MOST_RATIO: Final = 100
_SLACK: Final = 64 * 1024
_METHODS: Final = frozenset({zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED})
_ENCRYPTED: Final = 0x1
_BROKEN: Final = (
    zipfile.BadZipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
)
"""What the library raises at bytes that are no archive it can read."""


def unpack(archive: bytes) -> bytes:
    """The one file of an archive; its name says nothing to us.

    1. The archive is not larger than is taken.
    2. It holds one member, a file, not encrypted, stored or deflated.
    3. What the member says of its size is within bounds, and within a hundred times its packed
       size: more is a bomb.
    4. No more than that is ever unpacked, whatever the member said; the checksum fits.

    Raises:
        DomainError: RECONCILIATION_FILE.
    """
    if len(archive) > MOST_PACKED:  # 1
        raise RECONCILIATION_FILE()
    try:
        with zipfile.ZipFile(io.BytesIO(archive)) as opened:
            member = _only(opened.infolist())  # 2
            most = _bound(member)  # 3
            with opened.open(member) as file:
                data = file.read(most + 1)  # 4
                if len(data) > most or file.read(1):
                    raise RECONCILIATION_FILE()
    except _BROKEN:
        raise RECONCILIATION_FILE() from None
    return data


def _only(members: list[zipfile.ZipInfo]) -> zipfile.ZipInfo:
    if len(members) != 1:
        raise RECONCILIATION_FILE()
    member = members[0]
    encrypted = bool(member.flag_bits & _ENCRYPTED)
    if member.is_dir() or encrypted or member.compress_type not in _METHODS:
        raise RECONCILIATION_FILE()
    return member


def _bound(member: zipfile.ZipInfo) -> int:
    allowed = member.compress_size * _MOST_RATIO + _SLACK
    if member.file_size > min(MOST_UNPACKED, allowed):
        raise RECONCILIATION_FILE()
    return min(member.file_size, MOST_UNPACKED)
