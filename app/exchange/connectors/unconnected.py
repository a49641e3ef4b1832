"""A department that is not connected here: its sources are known, and refuse."""

from __future__ import annotations

from typing import NoReturn

from app.exchange.errors import ExchangeFailed, Failure
from app.exchange.ports import Request


class Unconnected:
    """Stands where the settings give no way to a department."""

    def ask(self, request: Request) -> NoReturn:
        """Refuse.

        Raises:
            ExchangeFailed: NOT_CONNECTED.
        """
        del request
        raise ExchangeFailed(Failure.NOT_CONNECTED)
