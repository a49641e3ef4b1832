"""The record of what was done to partners: who put them on the list, changed or stopped them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy import select

from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id
from app.partners.models import PartnerChange

COMMANDS: Final = "commands"
"""The actor of what is done at the command line."""
ADDRESS: Final = "jwks_uri"
"""Who changed a set of keys that is published elsewhere: whoever owns the address."""
MERCHANT_ADDED: Final = "merchant.added"
MERCHANT_SUSPENDED: Final = "merchant.suspended"
MERCHANT_RESUMED: Final = "merchant.resumed"
TERMINAL_ADDED: Final = "terminal.added"
TERMINAL_SUSPENDED: Final = "terminal.suspended"
TERMINAL_RESUMED: Final = "terminal.resumed"
TERMINAL_PURPOSES: Final = "terminal.purposes_set"
TERMINAL_KEY_ADDED: Final = "terminal.key_added"
TERMINAL_KEY_REMOVED: Final = "terminal.key_removed"
TERMINAL_KEY_ADDRESS: Final = "terminal.key_address_set"
ENROLMENT_MADE: Final = "terminal.enrolment_made"
"""A code for one more key; the detail is the enrolment, and the key's later actor too."""
ENROLMENT_REVOKED: Final = "terminal.enrolment_revoked"
TERMINAL_KEYS_FETCHED: Final = "terminal.keys_fetched"
"""The set at a terminal's address is another one than before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangesPage:
    """Some changes, newest first, and the cursor of the next page."""

    items: Sequence[PartnerChange]
    next: str | None


class PartnerChanges:
    """Writes and reads the record."""

    def __init__(self, *, database: Database, clock: Clock) -> None:
        """Take the ports."""
        self._database = database
        self._clock = clock

    def record(
        self,
        action: str,
        *,
        by: str,
        merchant_id: str,
        terminal_id: str | None = None,
        detail: Sequence[str] = (),
    ) -> None:
        """Add an event in the transaction under way, so that no change goes unrecorded.

        Args:
            action: a constant of this module.
            by: id of the operator, or `COMMANDS`.
            merchant_id: whom it concerns.
            terminal_id: None: the merchant as a whole.
            detail: such as the names of keys; nothing personal.
        """
        now = self._clock.now()
        with self._database.transaction() as tx:
            tx.flush()  # what it refers to goes first
            tx.add(
                PartnerChange(
                    id=new_id("pev", now),
                    merchant_id=merchant_id,
                    terminal_id=terminal_id,
                    at=now,
                    actor=by,
                    action=action,
                    detail=list(detail),
                )
            )

    def of_merchant(self, merchant_id: str, *, before: str | None, limit: int) -> ChangesPage:
        """What was done to a merchant and its terminals, newest first.

        Args:
            merchant_id: whom it concerned.
            before: cursor: the last id of the page before.
            limit: changes a page.
        """
        query = select(PartnerChange).where(PartnerChange.merchant_id == merchant_id)
        if before is not None:
            query = query.where(PartnerChange.id < before)
        with self._database.transaction() as tx:
            found = tx.scalars(query.order_by(PartnerChange.id.desc()).limit(limit + 1)).all()
        return ChangesPage(
            items=found[:limit], next=found[limit - 1].id if len(found) > limit else None
        )
