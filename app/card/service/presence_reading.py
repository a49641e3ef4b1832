"""Reading a presence token back: who stood before this terminal, and whether their card is good."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from app.card.errors import (
    CARD_FROZEN,
    CARD_LOST,
    CODE_REVOKED,
    PRESENCE_EXPIRED,
    PRESENCE_INVALID,
    refuse_terminal,
)
from app.card.service.presence import PRESENCE_TYPE
from app.card.states import CardState
from app.core.access.principals import Terminal
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import ErrorKind
from app.core.jose.errors import JoseRefused, Reason
from app.core.jose.tokens import PublicRing, TokenPolicy, verify_token
from app.core.statements import Tx, rows

_PRESENT: Final = """
SELECT presented.id, presented.purpose, card.person_id, card.state, token.agent_id
FROM presentations AS presented JOIN cards AS card ON card.id = presented.card_id
JOIN code_grants AS code ON code.id = presented.grant_id
JOIN card_tokens AS token ON token.id = code.token_id
WHERE presented.id = %(id)s AND presented.terminal_id = %(terminal)s
  AND presented.purpose = %(purpose)s
"""
_HOLD: Final = """
SELECT card.state FROM cards AS card JOIN presentations AS presented ON presented.card_id = card.id
WHERE presented.id = %(id)s FOR SHARE OF card
"""
_REFUSALS: Final[Mapping[str, ErrorKind]] = {
    CardState.FROZEN: CARD_FROZEN,
    CardState.LOST: CARD_LOST,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Present:
    """Somebody who stood before a terminal."""

    presentation_id: str
    person_id: str
    purpose: str
    alias: str = field(repr=False)
    """Their name at this merchant, the same at each visit."""
    mandate_id: str | None = None
    """The family mandate by which somebody else showed the code."""
    agent_id: str | None = None
    """Who that was."""
    amount_cap: int | None = None
    """What a purchase may cost, fen, where the code was capped."""


class PresenceReader:
    """Believes the tokens that `PresenceTokens` made."""

    def __init__(self, *, database: Database, clock: Clock, issuer: str, ring: PublicRing) -> None:
        """Take the ports; `ring` is the signing ring "presence"."""
        self._database = database
        self._clock = clock
        self._issuer = issuer
        self._ring = ring

    def verify(self, token: str, terminal: Terminal) -> Present:
        """Tell who was present.

        1. The token is ours, of this type, for this very terminal, and has not ended.
        2. The presentation it names is on record with the same terminal and purpose.
        3. The card is active now.

        Raises:
            DomainError: PRESENCE_INVALID, PRESENCE_EXPIRED, CARD_FROZEN, CARD_LOST or
                CODE_REVOKED, each with an action.
        """
        now = self._clock.now()
        policy = TokenPolicy(
            typ=PRESENCE_TYPE,
            algorithms=frozenset({"ES256"}),
            issuer=self._issuer,
            audience=terminal.terminal_id,
            required=frozenset({"sub", "jti", "iat", "purpose"}),
        )
        try:
            claims = verify_token(token, policy=policy, ring=self._ring, now=now).claims  # 1
        except JoseRefused as refused:
            late = refused.reason is Reason.EXPIRED
            raise refuse_terminal(PRESENCE_EXPIRED if late else PRESENCE_INVALID) from None
        found = self._database.look(
            _PRESENT,
            {
                "id": str(claims["jti"]),
                "terminal": terminal.terminal_id,
                "purpose": str(claims["purpose"]),
            },
        )
        if not found:  # 2
            raise refuse_terminal(PRESENCE_INVALID)
        presentation_id, purpose, person_id, state, agent_id = found[0]
        _require_active(state)  # 3
        mandate_id, amount_cap = claims.get("mandate_id"), claims.get("amount_cap")
        return Present(
            presentation_id=presentation_id,
            person_id=person_id,
            purpose=purpose,
            alias=str(claims["sub"]),
            mandate_id=None if mandate_id is None else str(mandate_id),
            agent_id=agent_id,
            amount_cap=None if amount_cap is None else int(str(amount_cap)),
        )

    def require_usable(self, tx: Tx, presentation_id: str) -> None:
        """Hold the card of a presentation in its active state until the transaction ends.

        A freeze that comes first refuses the payment; one that comes second waits for it.

        Raises:
            DomainError: CARD_FROZEN, CARD_LOST or CODE_REVOKED.
        """
        ((state,),) = rows(tx, _HOLD, {"id": presentation_id})
        _require_active(state)


def _require_active(state: str) -> None:
    if state != CardState.ACTIVE:
        raise refuse_terminal(_REFUSALS.get(state, CODE_REVOKED))
