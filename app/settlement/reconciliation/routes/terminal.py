"""/v1/terminal/reconciliations: a merchant's day against ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, Final

from flask import Response, request
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import terminal
from app.core.access.principals import Terminal, caller
from app.core.errors import TOO_LARGE, UNSUPPORTED_MEDIA_TYPE, DomainError
from app.core.http.replies import reply
from app.core.http.services import service
from app.settlement.reconciliation.routes.writing import day_reply
from app.settlement.reconciliation.schemas import (
    DayPath,
    DetailBody,
    FilePath,
    NetReply,
    PeriodBody,
    PeriodReply,
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
from app.settlement.reconciliation.service.outcome_file import file_name, file_of
from app.settlement.reconciliation.service.outcomes import TSV, ReconciliationOutcomes
from app.settlement.reconciliation.service.periods import Counted, Period, ReconciliationPeriods
from app.settlement.reconciliation.service.reading_lines import read_lines
from app.settlement.reconciliation.service.unpacking import MOST_PACKED, unpack
from app.settlement.routes.refusing import tell_cashier
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
blueprint.register_error_handler(DomainError, tell_cashier)


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
    sent = Sent(day=path.date, form=TSV, totals=totals_of(lines), lines=lines)
    return _reply(service(ReconciliationDays).send(caller(Terminal), sent))


@blueprint.get(
    "/files/<id>",
    summary="What a file's comparison found",
    responses={200: {"content": {_ZIP: {"schema": {"type": "string", "format": "binary"}}}}},
)
@terminal(scope=SCOPE)
def outcome(path: FilePath) -> Response:
    """The differences in the national shape, zipped; for ninety days."""
    found = service(ReconciliationOutcomes).of_file(caller(Terminal), path.id)
    response = Response(file_of(found), content_type=_ZIP)
    name = f"{file_name(found).removesuffix('.txt')}.zip"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.post("/periods", summary="Compare a period", responses={200: PeriodReply})
@terminal(scope=SCOPE)
def compare_period(body: PeriodBody) -> Response:
    """Totals alone, of 31 days at most. It has no effect."""
    period = Period(begin=body.begin, end=body.end)
    counted = Counted(
        purpose=body.purpose,
        region=body.region,
        schemes=None if body.scheme is None else [body.scheme],
        refunds=body.refunds,
    )
    theirs = dict(body.totals)
    report = service(ReconciliationPeriods).compare(caller(Terminal), period, counted, theirs)
    return reply(
        PeriodReply(
            begin=body.begin,
            end=body.end,
            code=report.code,  # type: ignore[arg-type]
            differing=list(report.differing),
            theirs=NetReply(**report.theirs),
            ours=NetReply(**asdict(report.ours)),
        )
    )


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
