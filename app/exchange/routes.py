"""/v1/operator: how the sources do, and contracts read anew."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import operator
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.exchange.following import ContractsInForce
from app.exchange.overview import RELOAD_SCOPE, SOURCES_SCOPE, WINDOW, SourceOverview, SourceState
from app.exchange.schemas import (
    ContractsReply,
    FaultsReply,
    LastFailureReply,
    ReloadedReply,
    SourceReply,
    SourcesReply,
    WindowReply,
)

blueprint = APIBlueprint(
    "operator_sources", __name__, url_prefix="/v1/operator", abp_tags=[Tag(name="operator")]
)


@blueprint.get("/sources", summary="How each source does", responses={200: SourcesReply})
@operator(scope=SOURCES_SCOPE)
def sources() -> Response:
    """Every source: its contract, its breaker, how fast and how reliably it answers."""
    return reply(SourcesReply(items=[_source(one) for one in service(SourceOverview).states()]))


@blueprint.post("/contracts/reload", summary="Read contracts anew", responses={200: ContractsReply})
@operator(scope=RELOAD_SCOPE)
@idempotent()
def reload() -> Response:
    """What passes its golden cases comes into force, in all processes within seconds.

    Where a contract does not, the one before stays in force, and the answer says why.
    """
    report = service(ContractsInForce).reload()
    return reply(
        ContractsReply(
            items=[
                ReloadedReply(source=one.source, contract=one.contract, refused=one.refused)
                for one in report
            ]
        )
    )


def _source(state: SourceState) -> SourceReply:
    terms, last = state.contract.terms, state.last_failure
    return SourceReply.model_validate(
        {
            "source": terms.source,
            "department": terms.department,
            "name_zh": terms.authority.zh,
            "name_en": terms.authority.en,
            "way": terms.way.value,
            "contract": terms.title,
            "circuit": state.circuit.value,
            "promised_p95_ms": terms.service.p95_ms,
            "window": _window(state),
            "last_success_at": state.last_success_at,
            "last_failure": last
            and LastFailureReply.model_validate(
                {"at": last.at, "failure": last.failure, "fault": last.fault}
            ),
        }
    )


def _window(state: SourceState) -> WindowReply:
    return WindowReply(
        minutes=int(WINDOW.total_seconds()) // 60,
        exchanges=state.exchanges,
        failed=state.failed,
        error_share=None if state.error_share is None else round(state.error_share, 4),
        faults=FaultsReply.model_validate(dict(state.faults)),
        kept=state.kept,
        p50_ms=state.p50_ms,
        p95_ms=state.p95_ms,
    )
