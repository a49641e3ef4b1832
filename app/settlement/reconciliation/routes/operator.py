"""/v1/operator/reconciliations: differences by age, and their end."""

from __future__ import annotations

from typing import Final

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import operator
from app.core.access.principals import Operator, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.settlement.reconciliation.routes.writing import difference_reply, page_reply
from app.settlement.reconciliation.schemas import (
    CursorReply,
    DifferencePath,
    DifferencesQuery,
    DifferencesReply,
    OperatorDifferenceReply,
    ProposalBody,
    WatchReply,
)
from app.settlement.reconciliation.service.closing import DifferenceClosing
from app.settlement.reconciliation.service.overview import DifferenceOverview, Wanted
from app.settlement.reconciliation.states import Compared, DifferenceClass

READ_SCOPE: Final = "reconciliation.read"
CLOSE_SCOPE: Final = "reconciliation.close"
blueprint = APIBlueprint(
    "operator_reconciliation",
    __name__,
    url_prefix="/v1/operator/reconciliations",
    abp_tags=[Tag(name="operator")],
)


@blueprint.get("", summary="Differences by age", responses={200: DifferencesReply})
@operator(scope=READ_SCOPE)
def differences(query: DifferencesQuery) -> Response:
    """The oldest first."""
    wanted = Wanted(
        open=query.status == "open",
        compared=None if query.compared is None else Compared(query.compared),
        kind=None if query.kind is None else DifferenceClass(query.kind),
        merchant_id=query.merchant_id,
    )
    page = service(DifferenceOverview).page(wanted, after=query.cursor, limit=query.limit)
    return reply(page_reply(page))


@blueprint.get("/watch", summary="The continuous comparison", responses={200: WatchReply})
@operator(scope=READ_SCOPE)
def watch() -> Response:
    """How often each comparison came to its end, and when it moved last."""
    items = [
        CursorReply(
            compared=one.compared,  # type: ignore[arg-type]
            rounds=one.rounds,
            moved_at=one.moved_at,
        )
        for one in service(DifferenceOverview).cursors()
    ]
    return reply(WatchReply(items=items))


@blueprint.get("/<id>", summary="One difference", responses={200: OperatorDifferenceReply})
@operator(scope=READ_SCOPE)
def difference(path: DifferencePath) -> Response:
    """All that is known of it."""
    return _reply(path.id)


@blueprint.post("/<id>/taking", summary="Look into it", responses={200: OperatorDifferenceReply})
@operator(scope=CLOSE_SCOPE)
@idempotent()
def take(path: DifferencePath) -> Response:
    """Say that the caller looks into it."""
    service(DifferenceClosing).take(caller(Operator), path.id)
    return _reply(path.id)


@blueprint.post(
    "/<id>/proposal", summary="Propose a booking", responses={200: OperatorDifferenceReply}
)
@operator(scope=CLOSE_SCOPE)
@idempotent()
def propose(path: DifferencePath, body: ProposalBody) -> Response:
    """Against suspense; another operator has to approve it."""
    service(DifferenceClosing).propose(caller(Operator), path.id, reason=body.reason)
    return _reply(path.id)


@blueprint.post(
    "/<id>/withdrawal", summary="Withdraw a proposal", responses={200: OperatorDifferenceReply}
)
@operator(scope=CLOSE_SCOPE)
@idempotent()
def withdraw(path: DifferencePath) -> Response:
    """Open it again."""
    service(DifferenceClosing).withdraw(path.id)
    return _reply(path.id)


@blueprint.post(
    "/<id>/approval", summary="Approve a booking", responses={200: OperatorDifferenceReply}
)
@operator(scope=CLOSE_SCOPE)
@idempotent()
def approve(path: DifferencePath) -> Response:
    """Book it: never by whoever proposed it."""
    service(DifferenceClosing).approve(caller(Operator), path.id)
    return _reply(path.id)


def _reply(difference_id: str) -> Response:
    page = service(DifferenceOverview).one(difference_id)
    return reply(difference_reply(page.items[0], page.now))
