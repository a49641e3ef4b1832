"""The token of a device that may show codes now."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Final

from sqlalchemy.orm import Session

from app.card.errors import (
    CARD_FACE_TOO_OLD,
    CARD_FROZEN,
    CARD_LOST,
    CARD_NOT_FOUND,
    CARD_NOT_ON_DEVICE,
)
from app.card.models import CardToken
from app.card.service.rows import hold_card, live_token
from app.card.states import CardState, TokenState
from app.core.access.principals import Citizen

_REFUSALS: Final = {CardState.FROZEN: CARD_FROZEN, CardState.LOST: CARD_LOST}


def usable_token(
    tx: Session, citizen: Citizen, *, now: datetime, face_max_age: timedelta
) -> CardToken:
    """Lock the caller's token, if it may show codes.

    1. The person's card is active, and cannot be frozen until this transaction ends.
    2. The card is on the calling device, whose row is locked: one new code at a time.
    3. The face behind it was verified recently enough.

    Raises:
        DomainError: CARD_NOT_FOUND, CARD_FROZEN, CARD_LOST, CARD_NOT_ON_DEVICE or
            CARD_FACE_TOO_OLD.
    """
    card = hold_card(tx, citizen.person_id)
    if card.state is not CardState.ACTIVE:  # 1
        raise _REFUSALS.get(card.state, CARD_NOT_FOUND)()
    query = live_token(card.id, citizen.thumbprint).with_for_update(key_share=True)
    token = tx.scalars(query).one_or_none()
    if token is None or token.state is TokenState.PENDING:  # 2
        raise CARD_NOT_ON_DEVICE()
    if token.state is TokenState.STALE or token.verified_at < now - face_max_age:  # 3
        raise CARD_FACE_TOO_OLD()
    return token
