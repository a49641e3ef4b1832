"""/v1/operator/verifications: how verifications end, counted; never a person."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import operator
from app.core.http.replies import reply
from app.core.http.services import service
from app.identity.schemas.outcomes import CountedOutcomeReply, OutcomesQuery, OutcomesReply
from app.identity.service.outcomes import FEWEST, OUTCOMES_SCOPE, VerificationOutcomes

blueprint = APIBlueprint(
    "operator_verifications",
    __name__,
    url_prefix="/v1/operator/verifications",
    abp_tags=[Tag(name="operator")],
)


@blueprint.get("/outcomes", summary="How verifications end", responses={200: OutcomesReply})
@operator(scope=OUTCOMES_SCOPE)
def outcomes(query: OutcomesQuery) -> Response:
    """Ended sessions by time, status and retry code. Counts below five are not told."""
    found = service(VerificationOutcomes).each(query.each)
    items = [
        CountedOutcomeReply.model_validate(
            {
                "begin": one.begin,
                "status": one.status,
                "retry_code": one.retry_code,
                "count": one.count,
            }
        )
        for one in found.counts
    ]
    return reply(
        OutcomesReply(
            each=query.each, since=found.since, until=found.until, fewest=FEWEST, items=items
        )
    )
