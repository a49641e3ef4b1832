"""/v1/terminal/reconciliations: a merchant's day against ours."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from flask import Response, request
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import terminal
from app.core.access.principals import Terminal, caller
from app.core.errors import TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, DomainError
from app.core.http.problems import problem_response
from app.core.http.replies import reply
from app.core.http.services import service
from app.settlement.errors import action_of
from app.settlement.reconciliation.routes.writing import day_reply
from app.settlement.reconciliation.schemas import (
    DayPath,
    DetailBody,
    ReconciliationBody,
    ReconciliationReply,
)
from app.settlement.reconciliation.service.days import DayReport, ReconciliationDays, Sent
from app.settlement.reconciliation.service.lines import (
    KINDS,
    SETTLEMENT,
    Figures,
    Line,
    Totals,
    totals_of,
)
from app.settlement.reconciliation.service.reading_lines import read_lines
from app.settlement.reconciliation.service.unpacking import MOST_PACKED, unpack
from app.settlement.scopes import SCOPE

_ZIP: Final = "application/zip"
_CONTENT: Final[dict[str, Any]] = {
    "required": True,
    "content": {_ZIP: {"schema": {"type": "string", "format": "binary"}}},
}
blueprint = APIBlueprint(
    "reconciliation",
    __name__,
    url_prefix="/v1/terminal/reconciliations",
    abp_tags=[Tag(name="reconciliation")],
)


@blueprint.errorhandler(DomainError)
def _tell_cashier(refusal: DomainError) -> Response:
    """Every refusal of these routes says what is to be done next."""
    refusal.members.setdefault("action", action_of(refusal).value)
    return problem_response(refusal)


@blueprint.post("", summary="Compare a day", responses={200: ReconciliationReply})
@terminal(scope=SCOPE)
def send(body: ReconciliationBody) -> Response:
    """Totals, and details where there are few; a whole day of many goes as a file.

    The same day against the same books is the same comparison, however often it is sent.
    """
    sent = Sent(
        day=body.date,
        form="json",
        totals={kind: Totals(**dict(getattr(body.totals, kind))) for kind in KINDS},
        lines=None if body.lines is None else _lines(body.lines),
    )
    return _reply(service(ReconciliationDays).send(caller(Terminal), sent))


@blueprint.put(
    "/<date>/file",
    summary="Compare a day by its file",
    responses={200: ReconciliationReply},
    request_body=_CONTENT,
)
@terminal(scope=SCOPE)
def send_file(path: DayPath) -> Response:
    """The details in the national shape (3202), zipped; the totals are what they add up to."""
    lines = read_lines(unpack(_body()))
    sent = Sent(day=path.date, form="tsv", totals=totals_of(lines), lines=lines)
    return _reply(service(ReconciliationDays).send(caller(Terminal), sent))


@blueprint.get("/<date>", summary="How a day stands", responses={200: ReconciliationReply})
@terminal(scope=SCOPE)
def read(path: DayPath) -> Response:
    """The latest comparison, and what of it is still open."""
    return _reply(service(ReconciliationDays).read(caller(Terminal), path.date))


def _reply(report: DayReport) -> Response:
    headers = {"Idempotent-Replayed": "true"} if report.replayed else {}
    return reply(day_reply(report), 200, headers)


def _body() -> bytes:
    """The archive, bounded before it is read."""
    if request.mimetype != _ZIP:
        raise UNSUPPORTED_MEDIA_TYPE()
    if (request.content_length or 0) > MOST_PACKED:
        raise TOO_LARGE()
    # A body without a length is cut here, silently: one byte more shows that it was cut.
    request.max_content_length = MOST_PACKED + 1
    data = request.get_data(cache=False)
    if len(data) > MOST_PACKED:
        raise TOO_LARGE()
    return data


def _lines(bodies: Sequence[DetailBody]) -> list[Line]:
    return [
        Line(
            kind=one.kind,
            msgid=one.msgid,
            id=one.settlement_id if one.kind == SETTLEMENT else None,
            settlement_id=None if one.kind == SETTLEMENT else one.settlement_id,
            figures=Figures(fund=one.fund, account=one.account, cash=one.cash),
        )
        for one in bodies
    ]
