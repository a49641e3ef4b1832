"""What a presentation was made of: for services that act on a presence token."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.card.models import Card, CardToken, CodeGrant, Presentation


@dataclass(frozen=True, slots=True, kw_only=True)
class Presented:
    """One presentation."""

    person_id: str
    """The holder, who is the principal where an agent showed the code."""
    terminal_id: str
    purpose: str
    mandate_id: str | None
    """To be checked at commit, with `agent_id`."""
    agent_id: str | None
    amount_cap: int | None
    """Fen that may be paid at most."""


def presented(tx: Session, presentation_id: str) -> Presented | None:
    """What a presentation was made of, or None.

    Args:
        tx: the caller's transaction.
        presentation_id: the `jti` of a presence token that was verified.
    """
    query = (
        select(
            Card.person_id,
            Presentation.terminal_id,
            Presentation.purpose,
            CardToken.mandate_id,
            CardToken.agent_id,
            CodeGrant.amount_cap,
        )
        .join(CodeGrant, CodeGrant.id == Presentation.grant_id)
        .join(CardToken, CardToken.id == CodeGrant.token_id)
        .join(Card, Card.id == Presentation.card_id)
        .where(Presentation.id == presentation_id)
    )
    row = tx.execute(query).mappings().one_or_none()
    return None if row is None else Presented(**row)
