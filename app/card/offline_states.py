"""The states of an offline credential, and the moves between them."""

from __future__ import annotations

from enum import StrEnum
from types import MappingProxyType
from typing import Final

from app.card.states import Moves


class CredentialState(StrEnum):
    """One credential."""

    LIVE = "LIVE"
    SUPERSEDED = "SUPERSEDED"
    """The phone asked for new ones. What it shows of the old ones still counts when it is uploaded:
    a till without a network cannot know."""
    REVOKED = "REVOKED"
    """Killed by a freeze, a loss, a cancellation, or an old face."""
    CONSUMED = "CONSUMED"
    """Its one code was accepted."""


CREDENTIAL_MOVES: Final[Moves[CredentialState]] = MappingProxyType(
    {
        CredentialState.LIVE: frozenset(CredentialState) - {CredentialState.LIVE},
        CredentialState.SUPERSEDED: frozenset({CredentialState.REVOKED, CredentialState.CONSUMED}),
        # A code shown before the freeze and uploaded after it.
        CredentialState.REVOKED: frozenset({CredentialState.CONSUMED}),
        CredentialState.CONSUMED: frozenset(),
    }
)
