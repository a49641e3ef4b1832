"""Putting a card on a device: the first time, on a further device, and after a loss."""

from __future__ import annotations

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit import actions
from app.audit.service import AccessLog
from app.card.errors import CARD_CANCELLED, CARD_FROZEN
from app.card.models import SCHEME, Card, CardToken
from app.card.service.rows import live_token, lock_card, move_card
from app.card.service.views import CardView, holder_as_actor, view
from app.card.states import TOKEN_MOVES, CancelReason, CardState, TokenState, sources
from app.core.access.principals import Citizen
from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id


class CardBinding:
    """Binds cards to devices."""

    def __init__(self, *, database: Database, clock: Clock, accesses: AccessLog) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock
        self._accesses = accesses

    def bind(self, citizen: Citizen) -> CardView:
        """Put the person's card on the calling device, making one where there is none.

        Naturally repeatable: a device that already has the card keeps it, and its face
        verification counts as renewed. A lost card is replaced by a new one. The route's guard
        must have asked for a fresh face.

        Raises:
            DomainError: CARD_FROZEN: a frozen card is first unfrozen, on purpose.
                CARD_CANCELLED: the person is recorded as dead.
        """
        with self._database.transaction() as tx:
            _require_alive(tx, citizen.person_id)
            made = self._ensure_card(tx, citizen.person_id)
            card = lock_card(tx, citizen.person_id)
            if card.state is CardState.FROZEN:
                raise CARD_FROZEN()
            if move_card(tx, card.id, CardState.REISSUED, self._clock.now()):
                made = self._ensure_card(tx, citizen.person_id, replaces=card.id)
                card = lock_card(tx, citizen.person_id)
            bound = self._ensure_token(tx, card.id, citizen)
            self._renew_token(tx, card.id, citizen)
            move_card(tx, card.id, CardState.ACTIVE, self._clock.now())
            card = lock_card(tx, citizen.person_id)
            self._accesses.record(
                person_id=citizen.person_id,
                actor=holder_as_actor(citizen),
                action=actions.CARD_BOUND,
                purpose="card",
            )
        return view(card, TokenState.ACTIVE, is_new=made or bound)

    def _ensure_card(self, tx: Session, person_id: str, replaces: str | None = None) -> bool:
        # The index `uq_cards_one_open` decides between two requests at once.
        now = self._clock.now()
        fresh = (
            insert(Card)
            .values(
                id=new_id("crd", now),
                person_id=person_id,
                scheme=SCHEME,
                state=CardState.ISSUED,
                replaces=replaces,
                created_at=now,
                state_changed_at=now,
            )
            .on_conflict_do_nothing()
            .returning(Card.id)
        )
        return tx.scalar(fresh) is not None

    def _ensure_token(self, tx: Session, card_id: str, citizen: Citizen) -> bool:
        if tx.scalars(live_token(card_id, citizen.thumbprint)).one_or_none() is not None:
            return False
        now = self._clock.now()
        tx.add(
            CardToken(
                id=new_id("ctk", now),
                card_id=card_id,
                thumbprint=citizen.thumbprint,
                state=TokenState.PENDING,
                level=citizen.level,
                verified_at=citizen.authenticated_at,
                created_at=now,
                state_changed_at=now,
            )
        )
        tx.flush()
        return True

    def _renew_token(self, tx: Session, card_id: str, citizen: Citizen) -> None:
        able = (TokenState.ACTIVE, *sources(TOKEN_MOVES, TokenState.ACTIVE))
        tx.execute(
            update(CardToken)
            .where(
                CardToken.card_id == card_id,
                CardToken.thumbprint == citizen.thumbprint,
                CardToken.state.in_(able),
            )
            .values(
                state=TokenState.ACTIVE,
                level=citizen.level,
                verified_at=func.greatest(CardToken.verified_at, citizen.authenticated_at),
                state_changed_at=self._clock.now(),
            )
            .execution_options(synchronize_session=False)
        )


def _require_alive(tx: Session, person_id: str) -> None:
    dead = select(Card.id).where(
        Card.person_id == person_id, Card.cancel_reason == CancelReason.DEATH
    )
    if tx.scalar(dead.limit(1)) is not None:
        raise CARD_CANCELLED()
