"""Why a key ring cannot be used."""

from __future__ import annotations

from enum import StrEnum, unique


@unique
class Fault(StrEnum):
    """Stable names; none carries a path or anything of a key."""

    UNKNOWN_RING = "unknown_ring"
    DIRECTORY_TOO_OPEN = "directory_too_open"
    """Others than its owner may enter the directory (it must be 0700)."""
    FILE_TOO_OPEN = "file_too_open"
    """Others than its owner may use the file (it must be 0600)."""
    UNREADABLE = "unreadable"
    """The system refuses to make, read or replace the file."""
    MISSING = "missing"
    """The file was there and is gone."""
    MALFORMED = "malformed"
    NO_ACTIVE_KEY = "no_active_key"
    """Every key lies in the future or is withdrawn."""


class KeysUnusable(Exception):  # noqa: N818 - says what is so, as the caller will report it
    """A key ring must not or cannot be used. The service cannot go on without it."""

    def __init__(self, ring: str, fault: Fault) -> None:
        """Refuse.

        Args:
            ring: the ring's name, or empty for all.
            fault: what is wrong.
        """
        super().__init__(f"{ring}: {fault.value}" if ring else fault.value)
        self.ring = ring
        self.fault = fault
