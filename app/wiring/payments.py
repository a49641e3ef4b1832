"""The cash part: the payment provider that settings name, and who hears what it tells."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from urllib.parse import urlsplit

from app.outbox.ports import Topic
from app.settlement.payments.calling import SECONDS, HttpProvider
from app.settlement.payments.ports import NoticeKeys, PaymentEvents
from app.settlement.payments.published import PublishedKeys
from app.settlement.payments.service.alerts import PaymentAlerts
from app.settlement.payments.service.handing import PaymentHanding
from app.settlement.payments.service.orders import PaymentBook
from app.settlement.payments.service.paying import ProviderPayments
from app.settlement.payments.service.receiving import PAYMENT_EVENT, PaymentNotices
from app.settlement.payments.unconnected import NoKeys, NoPayments
from app.wiring.infrastructure import Infrastructure

Payments = ProviderPayments | NoPayments
"""What collects the cash part, or refuses to; as `app.settlement.ports.CashPayments` asks."""


def build_payments(
    shared: Infrastructure, closing: ExitStack, *, seconds: float = SECONDS
) -> Payments:
    """What collects and returns the cash part.

    Args:
        shared: what every service stands on.
        closing: takes what has to be closed in the end.
        seconds: of one call to the provider.
    """
    url, token = shared.settings.payments_url, shared.settings.payments_token
    if url is None or token is None:
        return NoPayments()
    provider = HttpProvider(base_url=url, token=token.get_secret_value(), seconds=seconds)
    closing.callback(provider.close)
    return ProviderPayments(
        provider=provider,
        book=PaymentBook(database=shared.database, clock=shared.clock),
        alerts=build_alerts(shared),
        clock=shared.clock,
    )


def build_notices(shared: Infrastructure, closing: ExitStack) -> dict[type, object]:
    """What takes the provider's notifications."""
    receiver = PaymentNotices(
        database=shared.database,
        clock=shared.clock,
        outbox=shared.outbox,
        keys=_keys(shared, closing),
        alerts=build_alerts(shared),
    )
    return {PaymentNotices: receiver}


def build_alerts(shared: Infrastructure) -> PaymentAlerts:
    """What somebody has to look at."""
    return PaymentAlerts(database=shared.database, clock=shared.clock)


def payment_topics(shared: Infrastructure, events: PaymentEvents) -> Mapping[str, Topic]:
    """Who handles the outbox's messages about payments."""
    return {PAYMENT_EVENT: Topic(handler=PaymentHanding(database=shared.database, events=events))}


def _keys(shared: Infrastructure, closing: ExitStack) -> NoticeKeys:
    if shared.settings.payments_jwks is None:
        return NoKeys()
    address = urlsplit(shared.settings.payments_jwks)
    origin = f"{address.scheme}://{address.netloc}"
    published = HttpProvider(base_url=origin, token=None)
    closing.callback(published.close)
    path = address.path or "/"
    return PublishedKeys(lambda: published.get(path + (f"?{address.query}" * bool(address.query))))
