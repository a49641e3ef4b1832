"""A partner's webhooks: each sees its own alone."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from app.core.errors import NOT_FOUND
from app.notifications.models import EndpointState, WebhookEndpoint


def all_of(tx: Session, merchant_id: str) -> Sequence[WebhookEndpoint]:
    """Those that were not removed, oldest first."""
    return tx.scalars(_owned(merchant_id).order_by(WebhookEndpoint.id)).all()


def owned(
    tx: Session, merchant_id: str, endpoint_id: str, *, hold: bool = False
) -> WebhookEndpoint:
    """One of them.

    Args:
        tx: of the reading.
        merchant_id: the partner.
        endpoint_id: the webhook.
        hold: whether nobody else may change it until the transaction ends.

    Raises:
        DomainError: NOT_FOUND, the same for another partner's and for one that was removed.
    """
    query = _owned(merchant_id).where(WebhookEndpoint.id == endpoint_id)
    if hold:
        query = query.with_for_update(key_share=True)
    found = tx.scalars(query.execution_options(populate_existing=True)).one_or_none()
    if found is None:
        raise NOT_FOUND()
    return found


def _owned(merchant_id: str) -> Select[WebhookEndpoint]:
    return select(WebhookEndpoint).where(
        WebhookEndpoint.merchant_id == merchant_id,
        WebhookEndpoint.state != EndpointState.REMOVED,
    )
