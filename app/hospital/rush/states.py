"""How a release is ordered, and how a ticket of it stands."""

from __future__ import annotations

from enum import StrEnum


class ReleaseMode(StrEnum):
    """Who comes first."""

    FIFO = "FIFO"
    """Whoever asked first."""
    LOTTERY = "LOTTERY"
    """Whoever is drawn first, among all who asked in time."""


class TicketState(StrEnum):
    """A ticket at a moment; told from its row and the clock."""

    UNDRAWN = "UNDRAWN"
    """The lottery has not been drawn."""
    WAITING = "WAITING"
    ADMITTED = "ADMITTED"
    """Its holder may take one place."""
    USED = "USED"
    LAPSED = "LAPSED"
    """The admission passed without a place."""
    ENDED = "ENDED"
    """The release is over or was withdrawn: no ticket is needed any more."""
