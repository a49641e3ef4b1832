"""Receipts of purchases: for the holder, for the till that settled, and the check for anybody."""

from __future__ import annotations

from typing import Any, Final

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import citizen, public, terminal
from app.core.access.principals import Citizen, Terminal, caller
from app.core.errors import DomainError
from app.core.http.callers import caller_address
from app.core.http.replies import reply
from app.core.http.services import service
from app.settlement.receipts.schemas import (
    SettlementReceiptCheckBody,
    SettlementReceiptCheckReply,
    SettlementReceiptReply,
    StandingReply,
)
from app.settlement.receipts.service.checking import SettlementReceiptChecks, Standing
from app.settlement.receipts.service.codes import Printed, ReceiptCodes
from app.settlement.receipts.service.making import SettlementReceipts, SignedReceipt
from app.settlement.receipts.service.printing import PrintedReceipts
from app.settlement.routes.refusing import tell_cashier
from app.settlement.schemas.asked import SettlementPath
from app.settlement.scopes import SCOPE

_PDF: Final = "application/pdf"
_FILE: Final[Any] = {200: {"description": "The PDF", "content": {_PDF: {}}}}
holder = APIBlueprint(
    "purchase_receipts", __name__, url_prefix="/v1/card", abp_tags=[Tag(name="card")]
)
till = APIBlueprint(
    "settlement_receipts", __name__, url_prefix="/v1/terminal", abp_tags=[Tag(name="settlement")]
)
checks = APIBlueprint(
    "receipt_checks", __name__, url_prefix="/v1/receipt-checks", abp_tags=[Tag(name="public")]
)
till.register_error_handler(DomainError, tell_cashier)


@holder.get(
    "/purchases/<id>/receipt",
    summary="Receipt of a purchase",
    responses={200: SettlementReceiptReply},
)
@citizen()
def of_purchase(path: SettlementPath) -> Response:
    """Signed now: what was bought, who paid what and why, and what came back so far."""
    signed = service(SettlementReceipts).for_holder(caller(Citizen), path.id)
    return reply(_signed(signed))


@holder.get("/purchases/<id>/receipt.pdf", summary="Receipt as a signed file", responses=_FILE)
@citizen()
def print_purchase(path: SettlementPath) -> Response:
    """The same as a page: signed, with the receipt attached."""
    return _file(service(PrintedReceipts).for_holder(caller(Citizen), path.id), path.id)


@till.get(
    "/settlements/<id>/receipt",
    summary="Receipt of a settlement",
    responses={200: SettlementReceiptReply},
)
@terminal(scope=SCOPE)
def of_settlement(path: SettlementPath) -> Response:
    """The same, for the till that settled it."""
    signed = service(SettlementReceipts).for_terminal(caller(Terminal), path.id)
    return reply(_signed(signed))


@till.get("/settlements/<id>/receipt.pdf", summary="Receipt as a signed file", responses=_FILE)
@terminal(scope=SCOPE)
def print_settlement(path: SettlementPath) -> Response:
    """The same as a page, for the till that settled it."""
    return _file(service(PrintedReceipts).for_terminal(caller(Terminal), path.id), path.id)


@checks.post("", summary="Check a receipt", responses={200: SettlementReceiptCheckReply})
@public
def check(body: SettlementReceiptCheckBody) -> Response:
    """Whether a receipt of a purchase is genuine, and what happened since."""
    found = service(SettlementReceiptChecks).check(body.receipt, address=caller_address())
    return reply(
        SettlementReceiptCheckReply(
            genuine=found.standing is not None,
            code=found.code,
            standing=None if found.standing is None else _standing(found.standing),
        )
    )


def _signed(signed: SignedReceipt) -> SettlementReceiptReply:
    address = service(ReceiptCodes).address(Printed.of(signed.claims))
    return SettlementReceiptReply(receipt=signed.text, check_url=address)


def _file(data: bytes, settlement_id: str) -> Response:
    response = Response(data, 200, content_type=_PDF)
    response.headers["Content-Disposition"] = f'attachment; filename="{settlement_id}.pdf"'
    return response


def _standing(found: Standing) -> StandingReply:
    return StandingReply(
        settlement_id=found.settlement_id,
        status=found.status,  # type: ignore[arg-type]
        total=found.total,
        returned=found.returned,
        since=list(found.since),  # type: ignore[arg-type]
    )
