"""Receipts on paper: the same signed receipt as a page, for whoever may have it."""

from __future__ import annotations

from app.core.access.principals import Citizen, Terminal
from app.settlement.receipts.ports import ReceiptPrinter
from app.settlement.receipts.service.codes import Printed, ReceiptCodes
from app.settlement.receipts.service.making import SettlementReceipts, SignedReceipt


class PrintedReceipts:
    """Makes files. A page is laid out when the transaction that read the purchase is over."""

    def __init__(
        self, *, receipts: SettlementReceipts, printer: ReceiptPrinter, codes: ReceiptCodes
    ) -> None:
        """Take who signs, who lays out, and who writes the QR's address."""
        self._receipts = receipts
        self._printer = printer
        self._codes = codes

    def for_holder(self, citizen: Citizen, settlement_id: str) -> bytes:
        """The receipt of a purchase of the caller's; a signed PDF.

        Raises:
            DomainError: as `SettlementReceipts.for_holder`; BUSY.
        """
        return self._printed(self._receipts.for_holder(citizen, settlement_id))

    def for_terminal(self, terminal: Terminal, settlement_id: str) -> bytes:
        """The receipt of a purchase that the caller settled; a signed PDF.

        Raises:
            DomainError: as `SettlementReceipts.for_terminal`; BUSY.
        """
        return self._printed(self._receipts.for_terminal(terminal, settlement_id))

    def _printed(self, signed: SignedReceipt) -> bytes:
        claims = signed.claims
        return self._printer.receipt(
            claims,
            names=signed.names,
            signed=signed.text,
            check_url=self._codes.address(Printed.of(claims)),
            check_page=self._codes.page,
        )
