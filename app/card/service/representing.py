"""Codes of another's card: what an agent shows by a family mandate."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit.service import Actor
from app.card.errors import CARD_FACE_TOO_OLD, CARD_OF_PRINCIPAL_UNUSABLE
from app.card.models import Card, CardToken, CodeGrant
from app.card.policy import CardPolicy
from app.card.ports import Mandates
from app.card.service.rows import hold_card
from app.card.states import CardState, GrantState, TokenState
from app.core.access.principals import Citizen
from app.core.clock import Clock
from app.core.errors import DomainError
from app.core.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """An agent's device that may show a code of the principal's card."""

    token_id: str
    """Locked."""
    principal_id: str
    until: datetime
    """When the mandate ends, and no code lives longer."""
    actor: Actor
    """The agent, as the principal's log names them."""


class Representation:
    """Lets agents show codes of the card of whoever gave them a mandate."""

    def __init__(self, *, mandates: Mandates, clock: Clock, policy: CardPolicy) -> None:
        """Take the ports."""
        self._mandates = mandates
        self._clock = clock
        self._policy = policy

    def token(self, tx: Session, citizen: Citizen, mandate_id: str, purpose: str) -> Acting:
        """The principal's card on the agent's device, made at the first code.

        1. The mandate is the caller's, active and for the purpose; it cannot be revoked until this
        transaction ends.
        2. The principal's card is active, and cannot be frozen until then. Why it is not stays
        untold: that is the principal's own affair.
        3. The agent's face was verified recently enough.
        4. The device's row is locked: one new code at a time.

        Raises:
            DomainError: what `Mandates.hold` raises, CARD_OF_PRINCIPAL_UNUSABLE or
                CARD_FACE_TOO_OLD.
        """
        held = self._mandates.hold(
            tx, mandate_id=mandate_id, agent_id=citizen.person_id, purpose=purpose
        )  # 1
        card = _active_card(tx, held.principal_id)  # 2
        if citizen.authenticated_at < self._clock.now() - self._policy.face_max_age:  # 3
            raise CARD_FACE_TOO_OLD()
        token_id = self._ensured(tx, card, citizen, mandate_id)  # 4
        return Acting(
            token_id=token_id,
            principal_id=held.principal_id,
            until=held.expires_at,
            actor=Actor(kind="family", id=mandate_id, name=held.agent_name),
        )

    def _ensured(self, tx: Session, card: Card, citizen: Citizen, mandate_id: str) -> str:
        now = self._clock.now()
        tx.execute(
            insert(CardToken)
            .values(
                id=new_id("ctk", now),
                card_id=card.id,
                thumbprint=citizen.thumbprint,
                mandate_id=mandate_id,
                agent_id=citizen.person_id,
                state=TokenState.ACTIVE,
                level=citizen.level,
                verified_at=citizen.authenticated_at,
                created_at=now,
                state_changed_at=now,
            )
            .on_conflict_do_nothing()
        )
        renewed = (
            update(CardToken)
            .where(
                CardToken.card_id == card.id,
                CardToken.mandate_id == mandate_id,
                CardToken.thumbprint == citizen.thumbprint,
                CardToken.state.in_((TokenState.ACTIVE, TokenState.STALE)),
            )
            .values(
                state=TokenState.ACTIVE,
                level=citizen.level,
                verified_at=func.greatest(CardToken.verified_at, citizen.authenticated_at),
                state_changed_at=now,
            )
            .returning(CardToken.id)
            .execution_options(synchronize_session=False)
        )
        return tx.scalars(renewed).one()


class MandateCodes:
    """Ends what agents can show, when a mandate ends (`app.family.ports.ShownCodes`)."""

    def __init__(self, *, clock: Clock) -> None:
        """Take the clock."""
        self._clock = clock

    def end(self, tx: Session, mandate_id: str) -> None:
        """Revoke every device and code of a mandate, in the transaction of its end.

        The card is locked first, as by everybody who ends codes; so nobody waits in a circle.
        """
        now = self._clock.now()
        tokens = select(CardToken.id).where(CardToken.mandate_id == mandate_id)
        cards = select(CardToken.card_id).where(CardToken.mandate_id == mandate_id)
        tx.execute(
            select(Card.id)
            .where(Card.id.in_(cards))
            .order_by(Card.id)
            .with_for_update(key_share=True)
        )
        tx.execute(
            update(CardToken)
            .where(CardToken.mandate_id == mandate_id, CardToken.state != TokenState.REVOKED)
            .values(state=TokenState.REVOKED, state_changed_at=now)
            .execution_options(synchronize_session=False)
        )
        tx.execute(
            update(CodeGrant)
            .where(CodeGrant.token_id.in_(tokens), CodeGrant.state == GrantState.ISSUED)
            .values(state=GrantState.REVOKED, ended_at=now)
            .execution_options(synchronize_session=False)
        )


def _active_card(tx: Session, person_id: str) -> Card:
    try:
        card = hold_card(tx, person_id)
    except DomainError:
        raise CARD_OF_PRINCIPAL_UNUSABLE() from None
    if card.state is not CardState.ACTIVE:
        raise CARD_OF_PRINCIPAL_UNUSABLE()
    return card
