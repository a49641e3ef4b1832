"""What the payment provider said that contradicts our records."""

from __future__ import annotations

import argparse

from app.commands.command import Add
from app.wiring.operations import operations
from config import Settings


def _alerts(settings: Settings, _: argparse.Namespace) -> object:
    with operations(settings) as work:
        return [
            {
                "id": one.id,
                "about": one.about,
                "reason": one.reason,
                "source": one.source,
                "count": one.count,
                "first_at": one.first_at.isoformat(),
                "last_at": one.last_at.isoformat(),
            }
            for one in work.payment_alerts.opened()
        ]


def _close_alert(settings: Settings, chosen: argparse.Namespace) -> object:
    with operations(settings) as work:
        work.payment_alerts.close(chosen.alert)
    return {"closed": chosen.alert}


def add_payments(add: Add) -> None:
    """Offer them."""
    add("payment-alerts", _alerts, "what the payment provider said that cannot be right")
    close = add("close-payment-alert", _close_alert, "set an alert aside that was dealt with")
    close.add_argument("alert", help="its id")
