"""Ending a card for good, on the word of an office: a death, a move."""

from __future__ import annotations

from typing import Final

from sqlalchemy import update
from sqlalchemy.orm import Session

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.card.errors import CARD_NOT_FOUND, OPERATOR_CARD_UNKNOWN
from app.card.models import Card
from app.card.ports import Register
from app.card.service.offline.revoking import revoke_of_card
from app.card.service.rows import lock_card, revoke_codes, revoke_tokens
from app.card.states import CARD_MOVES, CancelReason, CardState, sources
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.outbox.service.posting import Outbox

CANCEL_SCOPE: Final = "cards.cancel"
"""What an operator needs to cancel cards."""
CANCELLED: Final = "card.cancelled"
"""Topic of the outbox."""
OFFICE: Final = "社会保险经办机构"
"""What the holder reads of who it was."""


class CardCancelling:
    """Cancels cards."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        accesses: AccessLog,
        outbox: Outbox,
        register: Register,
    ) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._accesses = accesses
        self._outbox = outbox
        self._register = register

    def cancel(self, citizen_number: str, *, reason: CancelReason, by: Actor) -> str:
        """End a person's card on every device, with all its codes, in one transaction.

        Args:
            citizen_number: 18 characters.
            reason: after a death the person gets no other card.
            by: the office; the holder reads its name in the log.

        Returns:
            The card's id.

        Raises:
            DomainError: OPERATOR_CARD_UNKNOWN: there is no such person, or no card to be cancelled.
        """
        person_id = self._register.person_of(citizen_number)
        if person_id is None:
            raise OPERATOR_CARD_UNKNOWN()
        with self._database.transaction() as tx:
            card_id = self._end(tx, person_id, reason)
            self._accesses.record(
                person_id=person_id, actor=by, action=actions.CARD_CANCELLED, purpose="card"
            )
            self._outbox.post(CANCELLED, key=card_id, payload={"card": card_id})
        return card_id

    def _end(self, tx: Session, person_id: str, reason: CancelReason) -> str:
        card, now = _locked(tx, person_id), self._clock.now()
        tx.execute(
            update(Card)
            .where(Card.id == card.id, Card.state.in_(sources(CARD_MOVES, CardState.CANCELLED)))
            .values(state=CardState.CANCELLED, state_changed_at=now, cancel_reason=reason.value)
            .execution_options(synchronize_session=False)
        )
        revoke_tokens(tx, card.id, now)
        revoke_codes(tx, card.id, now)
        revoke_of_card(tx, card.id, now)
        return card.id


def _locked(tx: Session, person_id: str) -> Card:
    try:
        return lock_card(tx, person_id)
    except DomainError as refused:
        if refused.kind is not CARD_NOT_FOUND:
            raise
        raise OPERATOR_CARD_UNKNOWN() from None
