"""What came of something a hospital sent."""

from __future__ import annotations

from enum import StrEnum


class Outcome(StrEnum):
    """What came of a record that was taken."""

    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
