"""Webhooks that were not told something: for operators, over all partners."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import func, select

from app.core.database import Database
from app.core.errors import NOT_FOUND
from app.notifications.models import DeadLetter, EndpointState, WebhookEndpoint

READ_SCOPE: Final = "webhooks.read"
REPLAY_SCOPE: Final = "webhooks.replay"
_SHOWN: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FailingWebhook:
    """A webhook that fails, is disabled, or has dead letters. Its address is the partner's own."""

    id: str
    merchant_id: str
    state: str
    failures: int
    """In a row."""
    failing_since: datetime | None
    letters: int
    """Dead letters that were not replayed."""
    oldest_died_at: datetime | None
    """Of those."""


class FailingWebhooks:
    """Reads them."""

    def __init__(self, *, database: Database) -> None:
        """Take the database."""
        self._database = database

    def most(self) -> Sequence[FailingWebhook]:
        """A hundred at most, those with the most dead letters first; removed ones are left out.

        Raises:
            DomainError: UNAVAILABLE.
        """
        hook, letter = WebhookEndpoint, DeadLetter
        lying = (
            select(
                letter.endpoint_id,
                func.count().label("letters"),
                func.min(letter.died_at).label("oldest"),
            )
            .where(letter.replayed_at.is_(None))
            .group_by(letter.endpoint_id)
            .subquery()
        )
        count = func.coalesce(lying.c.letters, 0)
        query = (
            select(hook, count, lying.c.oldest)
            .outerjoin(lying, lying.c.endpoint_id == hook.id)
            .where(hook.state != EndpointState.REMOVED)
            .where((count > 0) | (hook.failures > 0) | (hook.state == EndpointState.DISABLED))
            .order_by(count.desc(), hook.id)
            .limit(_SHOWN)
        )
        with self._database.transaction() as tx:
            return [_failing(one, letters, oldest) for one, letters, oldest in tx.execute(query)]

    def partner_of(self, endpoint_id: str) -> str:
        """The partner whose webhook it is.

        Raises:
            DomainError: NOT_FOUND, UNAVAILABLE.
        """
        query = select(WebhookEndpoint.merchant_id).where(
            WebhookEndpoint.id == endpoint_id, WebhookEndpoint.state != EndpointState.REMOVED
        )
        with self._database.transaction() as tx:
            found = tx.scalars(query).one_or_none()
        if found is None:
            raise NOT_FOUND()
        return found


def _failing(row: WebhookEndpoint, letters: int, oldest: datetime | None) -> FailingWebhook:
    return FailingWebhook(
        id=row.id,
        merchant_id=row.merchant_id,
        state=row.state.value,
        failures=row.failures,
        failing_since=row.failing_since,
        letters=letters,
        oldest_died_at=oldest,
    )
