"""Cards without a device: for those who have codes on paper, or shown by a parent."""

from __future__ import annotations

from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.card.models import SCHEME, Card
from app.card.service.rows import lock_card, move_card
from app.card.states import CardState
from app.core.clock import Clock
from app.core.ids import new_id


class CardIssuing:
    """Makes cards that are on no device."""

    def __init__(self, *, clock: Clock) -> None:
        """Take the clock."""
        self._clock = clock

    def ensure(self, tx: Session, person_id: str) -> Card:
        """The person's card, locked; made and active where there is none.

        One that is frozen or lost stays so: only its holder undoes that.

        Args:
            tx: the caller's transaction.
            person_id: whose.
        """
        now = self._clock.now()
        tx.execute(
            insert(Card)
            .values(
                id=new_id("crd", now),
                person_id=person_id,
                scheme=SCHEME,
                state=CardState.ISSUED,
                created_at=now,
                state_changed_at=now,
            )
            .on_conflict_do_nothing()
        )
        card = lock_card(tx, person_id)
        if card.state is CardState.ISSUED:
            move_card(tx, card.id, CardState.ACTIVE, now)
            card = lock_card(tx, person_id)
        return card
