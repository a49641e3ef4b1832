"""The states of a waitlist entry and their moves; a trigger refuses every other move."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final


class EntryState(StrEnum):
    """A wish for a place that nobody has yet."""

    WAITING = "WAITING"
    OFFERED = "OFFERED"
    """A place is kept for them until the deadline of its appointment."""
    BOOKED = "BOOKED"
    """They took it, or it was booked at once: from here on the appointments speak."""
    DECLINED = "DECLINED"
    LAPSED = "LAPSED"
    """The deadline passed without an answer."""
    WITHDRAWN = "WITHDRAWN"
    CLOSED = "CLOSED"
    """Their days are over, or the session they wait for is."""


class SkipReason(StrEnum):
    """Why an entry was passed over for a place."""

    QUOTA = "QUOTA"
    """There is an appointment in this department, or with this doctor, on that day already."""
    OVERLAP = "OVERLAP"
    """There is another appointment at that time."""
    RESTRICTED = "RESTRICTED"
    """Missed appointments keep the person from booking."""
    MANDATE = "MANDATE"
    """The mandate to book for somebody has ended."""
    TOO_LATE = "TOO_LATE"
    """The place begins before an offer of it would have run out."""
    TOO_FEW_FOR_GROUP = "TOO_FEW_FOR_GROUP"
    """Fewer places were free than people want to go together."""


_S: Final = EntryState
ENTRY_MOVES: Final[Mapping[EntryState, frozenset[EntryState]]] = MappingProxyType(
    {
        _S.WAITING: frozenset({_S.OFFERED, _S.BOOKED, _S.WITHDRAWN, _S.CLOSED}),
        # Back to WAITING where the hospital took the place away: nobody loses their turn by that.
        _S.OFFERED: frozenset({_S.BOOKED, _S.DECLINED, _S.LAPSED, _S.WAITING}),
        _S.BOOKED: frozenset(),
        _S.DECLINED: frozenset(),
        _S.LAPSED: frozenset(),
        _S.WITHDRAWN: frozenset(),
        _S.CLOSED: frozenset(),
    }
)
OPEN: Final = (_S.WAITING, _S.OFFERED)
"""What counts against the number of entries a person may have."""
