"""The one statement that uses a code up, and the second look when it did not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from app.card.errors import (
    CARD_FROZEN,
    CARD_LOST,
    CODE_EXPIRED,
    CODE_PURPOSE_MISMATCH,
    CODE_REVOKED,
    CODE_SUPERSEDED,
    CODE_UNKNOWN,
    CODE_USED,
)
from app.card.models import Card, CardToken, CodeGrant
from app.card.states import CardState, GrantState, TokenState
from app.core.errors import ErrorKind

_ENDED: Final = {
    GrantState.CONSUMED: CODE_USED,
    GrantState.EXPIRED: CODE_EXPIRED,
    GrantState.SUPERSEDED: CODE_SUPERSEDED,
    GrantState.REVOKED: CODE_REVOKED,
}
_NOT_ACTIVE: Final = {CardState.FROZEN: CARD_FROZEN, CardState.LOST: CARD_LOST}


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumed:
    """A code that this caller, and nobody else, used up."""

    grant_id: str
    card_id: str
    person_id: str
    mode: str
    mandate_id: str | None = None
    """By which an agent showed it, who is `agent_id`."""
    agent_id: str | None = None
    amount_cap: int | None = None
    """Fen."""


def consume(
    tx: Session, *, hashes: Sequence[bytes], purpose: str, terminal_id: str, now: datetime
) -> Consumed | None:
    """Use a code up: one conditional update, so at most one caller ever gets a row back.

    All conditions stand in the statement: the code is live, of this purpose, and its device's
    token and its card are active. A freeze ends live codes under its own lock on the card, so a
    decode that waits for such a row looks at it again and finds it ended.

    Args:
        tx: the transaction; its commit is the consumption.
        hashes: the keyed hashes the code may be stored under.
        purpose: the purpose the terminal names.
        terminal_id: who consumes.
        now: the present moment.

    Returns:
        What was consumed, or None: `refusal_of` then tells why.
    """
    statement = (
        update(CodeGrant)
        .where(
            CodeGrant.code_hash.in_(hashes),
            CodeGrant.state == GrantState.ISSUED,
            CodeGrant.expires_at > now,
            CodeGrant.purpose == purpose,
            CardToken.id == CodeGrant.token_id,
            CardToken.state == TokenState.ACTIVE,
            Card.id == CardToken.card_id,
            Card.state == CardState.ACTIVE,
        )
        .values(state=GrantState.CONSUMED, ended_at=now, terminal_id=terminal_id)
        .returning(
            CodeGrant.id.label("grant_id"),
            Card.id.label("card_id"),
            Card.person_id,
            CodeGrant.mode,
            CardToken.mandate_id,
            CardToken.agent_id,
            CodeGrant.amount_cap,
        )
        .execution_options(synchronize_session=False)
    )
    row = tx.execute(statement).mappings().one_or_none()
    return None if row is None else Consumed(**row)


def refusal_of(tx: Session, *, hashes: Sequence[bytes], purpose: str, now: datetime) -> ErrorKind:
    """Why a code was not consumed: the first cause that holds.

    1. There is no such code.
    2. It has ended, in one of four ways.
    3. Its time is over.
    4. It is for another purpose, and stays usable for its own.
    5. Its card or its device is not active.
    """
    query = (
        select(CodeGrant.state, CodeGrant.expires_at, CodeGrant.purpose, Card.state)
        .join(CardToken, CardToken.id == CodeGrant.token_id)
        .join(Card, Card.id == CardToken.card_id)
        .where(CodeGrant.code_hash.in_(hashes))
    )
    row = tx.execute(query).one_or_none()
    if row is None:  # 1
        return CODE_UNKNOWN
    state, expires_at, of_purpose, card_state = row
    if state in _ENDED:  # 2
        return _ENDED[state]
    if expires_at <= now:  # 3
        return CODE_EXPIRED
    if of_purpose != purpose:  # 4
        return CODE_PURPOSE_MISMATCH
    return _NOT_ACTIVE.get(card_state, CODE_REVOKED)  # 5
