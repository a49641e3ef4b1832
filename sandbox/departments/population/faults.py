"""How the registry can be slow or broken on purpose."""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass
from enum import StrEnum


class Failure(StrEnum):
    """What happens to every lookup while the fault is on."""

    NONE = "none"
    UNAVAILABLE = "unavailable"
    """503 with Retry-After."""
    GARBAGE = "garbage"
    """200 with a body that is no JSON."""
    HANG_UP = "hang-up"
    """The connection closes without an answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """The manners of one registry process."""

    failure: Failure = Failure.NONE
    fastest_ms: int = 20
    slowest_ms: int = 60
    """Each lookup is held back for a time between the two, drawn anew."""

    def wait(self) -> None:
        """Take the time a registry across town takes."""
        spread = self.slowest_ms - self.fastest_ms
        time.sleep((self.fastest_ms + secrets.randbelow(spread + 1)) / 1000)
