"""What the calendar needs of others."""

from __future__ import annotations

from collections.abc import Collection
from typing import Protocol

from app.core.statements import Tx


class Agents(Protocol):
    """Who acts for whom; the family service implements it, through wiring."""

    def held_by(self, tx: Tx, agent_id: str) -> Collection[str]:
        """The mandates by which somebody may deal with others' appointments now."""
        ...
