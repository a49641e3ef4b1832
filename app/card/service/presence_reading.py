"""Reading a presence token back: who stood before this terminal, and whether their card is good."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.card.errors import (
    CARD_FROZEN,
    CARD_LOST,
    CODE_REVOKED,
    PRESENCE_EXPIRED,
    PRESENCE_INVALID,
    refuse_terminal,
)
from app.card.models import Card, CardToken, CodeGrant, Presentation
from app.card.service.presence import PRESENCE_TYPE
from app.card.states import CardState
from app.core.access.principals import Terminal
from app.core.clock import Clock
from app.core.database import Database
from app.core.jose.errors import JoseRefused, Reason
from app.core.jose.tokens import PublicRing, TokenPolicy, verify_token

_REFUSALS: Final = {CardState.FROZEN: CARD_FROZEN, CardState.LOST: CARD_LOST}


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
        query = (
            select(
                Presentation.id,
                Presentation.purpose,
                Card.person_id,
                Card.state,
                CardToken.agent_id,
            )
            .join(Card, Card.id == Presentation.card_id)
            .join(CodeGrant, CodeGrant.id == Presentation.grant_id)
            .join(CardToken, CardToken.id == CodeGrant.token_id)
            .where(
                Presentation.id == str(claims["jti"]),
                Presentation.terminal_id == terminal.terminal_id,
                Presentation.purpose == str(claims["purpose"]),
            )
        )
        found = self._database.look(query)
        if not found:  # 2
            raise refuse_terminal(PRESENCE_INVALID)
        row = found[0]
        _require_active(row.state)  # 3
        mandate_id, amount_cap = claims.get("mandate_id"), claims.get("amount_cap")
        return Present(
            presentation_id=row.id,
            person_id=row.person_id,
            purpose=row.purpose,
            alias=str(claims["sub"]),
            mandate_id=None if mandate_id is None else str(mandate_id),
            agent_id=row.agent_id,
            amount_cap=None if amount_cap is None else int(str(amount_cap)),
        )

    def require_usable(self, tx: Session, presentation_id: str) -> None:
        """Hold the card of a presentation in its active state until the transaction ends.

        A freeze that comes first refuses the payment; one that comes second waits for it.

        Raises:
            DomainError: CARD_FROZEN, CARD_LOST or CODE_REVOKED.
        """
        query = (
            select(Card.state)
            .join(Presentation, Presentation.card_id == Card.id)
            .where(Presentation.id == presentation_id)
            .with_for_update(read=True, of=Card)
        )
        _require_active(tx.scalars(query).one())


def _require_active(state: CardState) -> None:
    if state is not CardState.ACTIVE:
        raise refuse_terminal(_REFUSALS.get(state, CODE_REVOKED))
