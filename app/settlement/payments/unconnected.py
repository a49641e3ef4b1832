"""In place of a payment provider that no setting names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from app.settlement.payments.errors import PAYMENTS_NOT_CONNECTED
from app.settlement.payments.ports import CashStatus


class NoPayments:
    """Collects nothing; every call raises PAYMENTS_NOT_CONNECTED."""

    def create(self, order_id: str, amount: int) -> CashStatus:  # noqa: ARG002 - as the port
        """Refuse."""
        _refuse()

    def query(self, order_id: str) -> CashStatus:  # noqa: ARG002
        """Refuse."""
        _refuse()

    def close(self, order_id: str) -> CashStatus:  # noqa: ARG002
        """Refuse."""
        _refuse()

    def refund(self, order_id: str, refund_id: str, amount: int) -> CashStatus:  # noqa: ARG002
        """Refuse."""
        _refuse()


class NoKeys:
    """Believes nobody."""

    def current(self) -> Sequence[Ed25519PublicKey]:
        """Refuse."""
        _refuse()

    def renewed(self) -> Sequence[Ed25519PublicKey]:
        """Refuse."""
        _refuse()


def _refuse() -> NoReturn:
    raise PAYMENTS_NOT_CONNECTED()
