"""/v1/operator/paper-codes: codes on paper, for people without a phone."""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.card.schemas import PaperCodesBody, PaperCodesReply, SheetPath, SheetReply
from app.card.service.paper import PAPER_SCOPE, PaperCodes, SheetOrder
from app.core.access.guards import operator
from app.core.access.principals import Operator, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent

_REPEATABLE: Final = timedelta(minutes=5)
blueprint = APIBlueprint(
    "paper_codes",
    __name__,
    url_prefix="/v1/operator/paper-codes",
    abp_tags=[Tag(name="operator")],
)


@blueprint.post("", summary="Print one-use codes", responses={201: PaperCodesReply})
@operator(scope=PAPER_SCOPE)
@idempotent(keep=_REPEATABLE)
def print_codes(body: PaperCodesBody) -> Response:
    """Up to ten for a person who verified their face once. They end the sheet before.

    The answer is the only place where the codes stand in clear, and can be repeated for five
    minutes.
    """
    order = SheetOrder(
        citizen_number=body.citizen_number,
        name=body.name,
        purpose=body.purpose,
        count=body.count,
        life=timedelta(days=body.days),
        amount_cap=body.amount_cap,
    )
    sheet = service(PaperCodes).print(order, by=caller(Operator).operator_id)
    return reply(
        PaperCodesReply(
            sheet_id=sheet.id,
            expires_at=sheet.expires_at,
            codes=list(sheet.codes),
            svg=sheet.svg,
        ),
        201,
    )


@blueprint.post("/<id>/revocation", summary="End a sheet", responses={200: SheetReply})
@operator(scope=PAPER_SCOPE)
@idempotent()
def revoke(path: SheetPath) -> Response:
    """End all its codes at once, as when the paper is lost."""
    ended = service(PaperCodes).revoke(path.id, by=caller(Operator).operator_id)
    return reply(SheetReply(sheet_id=path.id, revoked=ended))
