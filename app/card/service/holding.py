"""What a holder does with a card they have: look, freeze, unfreeze, report it lost."""

from __future__ import annotations

from sqlalchemy.orm import Session

from app.audit import actions
from app.audit.service import AccessLog
from app.card.errors import CARD_LOST, CARD_NOT_FOUND
from app.card.models import Card
from app.card.service.offline.revoking import revoke_of_card
from app.card.service.rows import (
    live_token,
    lock_card,
    move_card,
    read_card,
    revoke_codes,
    revoke_tokens,
)
from app.card.service.views import CardView, holder_as_actor, view
from app.card.states import CardState
from app.core.access.principals import Citizen
from app.core.clock import Clock
from app.core.database import Database


class CardHolding:
    """A holder's use cases."""

    def __init__(self, *, database: Database, clock: Clock, accesses: AccessLog) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._accesses = accesses

    def read(self, citizen: Citizen) -> CardView:
        """The person's card.

        Raises:
            DomainError: CARD_NOT_FOUND.
        """
        with self._database.transaction() as tx:
            card = read_card(tx, citizen.person_id)
            self._record(citizen, actions.CARD_READ)
            return _on_device(tx, card, citizen)

    def freeze(self, citizen: Citizen) -> CardView:
        """Stop the card at once, on every device; codes already shown end in the same transaction.

        Credentials for offline codes end too, and tills hear of it with their next list.

        Freezing a frozen card changes nothing.

        Raises:
            DomainError: CARD_NOT_FOUND or CARD_LOST.
        """
        with self._database.transaction() as tx:
            card = self._move(tx, citizen, CardState.FROZEN)
            revoke_codes(tx, card.id, self._clock.now())
            revoke_of_card(tx, card.id, self._clock.now())
            self._record(citizen, actions.CARD_FROZEN)
            return _on_device(tx, card, citizen)

    def unfreeze(self, citizen: Citizen) -> CardView:
        """Let a frozen card work again. Codes ended by the freeze stay ended.

        The route's guard must have asked for a fresh face: whoever took the phone must not undo
        the holder's freeze.

        Raises:
            DomainError: CARD_NOT_FOUND or CARD_LOST.
        """
        with self._database.transaction() as tx:
            card = self._move(tx, citizen, CardState.ACTIVE)
            self._record(citizen, actions.CARD_UNFROZEN)
            return _on_device(tx, card, citizen)

    def report_loss(self, citizen: Citizen) -> CardView:
        """End the card on every device, with its codes, in one transaction (挂失).

        Reporting a lost card changes nothing.

        Raises:
            DomainError: CARD_NOT_FOUND.
        """
        with self._database.transaction() as tx:
            card = self._move(tx, citizen, CardState.LOST)
            revoke_tokens(tx, card.id, self._clock.now())
            revoke_codes(tx, card.id, self._clock.now())
            revoke_of_card(tx, card.id, self._clock.now())
            self._record(citizen, actions.CARD_LOSS_REPORTED)
            return _on_device(tx, card, citizen)

    def _move(self, tx: Session, citizen: Citizen, state: CardState) -> Card:
        card = lock_card(tx, citizen.person_id)
        before = card.state
        if not move_card(tx, card.id, state, self._clock.now()) and before is not state:
            raise CARD_LOST() if before is CardState.LOST else CARD_NOT_FOUND()
        return read_card(tx, citizen.person_id)

    def _record(self, citizen: Citizen, action: str) -> None:
        self._accesses.record(
            person_id=citizen.person_id,
            actor=holder_as_actor(citizen),
            action=action,
            purpose="card",
        )


def _on_device(tx: Session, card: Card, citizen: Citizen) -> CardView:
    token = tx.scalars(live_token(card.id, citizen.thumbprint)).one_or_none()
    return view(card, None if token is None else token.state)
