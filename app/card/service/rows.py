"""Reading and locking the rows of a card.

Every transaction of a holder locks in the same order, card then token then codes. A terminal's
decode locks its code first and then, by the foreign key of its presentation, touches the card
with KEY SHARE; so cards are locked with NO KEY UPDATE, which lets that pass. Plain FOR UPDATE
would make a freeze and a decode wait for each other in a circle.
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from app.card.errors import CARD_NOT_FOUND
from app.card.models import SCHEME, Card, CardToken, CodeGrant
from app.card.states import CARD_MOVES, OPEN_CARD, CardState, GrantState, TokenState, sources


def read_card(tx: Session, person_id: str) -> Card:
    """The person's card, unlocked.

    Raises:
        DomainError: CARD_NOT_FOUND.
    """
    return _one(tx, _open_card(person_id))


def hold_card(tx: Session, person_id: str) -> Card:
    """The person's card, held in its state: others may read it, nobody may change it meanwhile.

    Raises:
        DomainError: CARD_NOT_FOUND.
    """
    return _one(tx, _open_card(person_id).with_for_update(read=True))


def lock_card(tx: Session, person_id: str) -> Card:
    """The person's card, locked for a change.

    Raises:
        DomainError: CARD_NOT_FOUND.
    """
    return _one(tx, _open_card(person_id).with_for_update(key_share=True))


def move_card(tx: Session, card_id: str, state: CardState, now: datetime) -> bool:
    """Move a card to a state if the table of moves allows it from where it is now."""
    change = (
        update(Card)
        .where(Card.id == card_id, Card.state.in_(sources(CARD_MOVES, state)))
        .values(state=state, state_changed_at=now)
        .returning(Card.id)
        .execution_options(synchronize_session=False)
    )
    return tx.scalar(change) is not None


def live_token(card_id: str, thumbprint: str) -> Select[CardToken]:
    """The query for a card's token on a device."""
    return (
        select(CardToken)
        .where(
            CardToken.card_id == card_id,
            CardToken.thumbprint == thumbprint,
            CardToken.state != TokenState.REVOKED,
            CardToken.mandate_id.is_(None),  # the holder's own, not one an agent shows codes by
        )
        .execution_options(populate_existing=True)
    )


def revoke_codes(tx: Session, card_id: str, now: datetime) -> None:
    """End every live code of a card, on all devices."""
    tokens = select(CardToken.id).where(CardToken.card_id == card_id)
    tx.execute(
        update(CodeGrant)
        .where(CodeGrant.token_id.in_(tokens), CodeGrant.state == GrantState.ISSUED)
        .values(state=GrantState.REVOKED, ended_at=now)
        .execution_options(synchronize_session=False)
    )


def revoke_tokens(tx: Session, card_id: str, now: datetime) -> None:
    """Cut every device off a card."""
    tx.execute(
        update(CardToken)
        .where(CardToken.card_id == card_id, CardToken.state != TokenState.REVOKED)
        .values(state=TokenState.REVOKED, state_changed_at=now)
        .execution_options(synchronize_session=False)
    )


def _open_card(person_id: str) -> Select[Card]:
    return (
        select(Card)
        .where(Card.person_id == person_id, Card.scheme == SCHEME, Card.state.in_(OPEN_CARD))
        .execution_options(populate_existing=True)
    )


def _one(tx: Session, query: Select[Card]) -> Card:
    # A wait for a lock can end with the row replaced by a new card; the second look finds that.
    found = tx.scalars(query).one_or_none() or tx.scalars(query).one_or_none()
    if found is None:
        raise CARD_NOT_FOUND()
    return found
