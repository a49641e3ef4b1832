"""POST /v1/verification-receipts/checks: is this receipt ours?"""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import public
from app.core.http.callers import caller_address
from app.core.http.replies import reply
from app.core.http.services import service
from app.identity.schemas.receipts import (
    ContentsReply,
    QuestionReply,
    QuestionsReply,
    ReceiptCheckBody,
    ReceiptCheckReply,
)
from app.identity.service.receipt_checks import NOT_EXAMINED, OK, ReceiptCheck, ReceiptChecks

blueprint = APIBlueprint(
    "verification_receipts",
    __name__,
    url_prefix="/v1/verification-receipts",
    abp_tags=[Tag(name="public")],
)


@blueprint.post("/checks", summary="Check a receipt", responses={200: ReceiptCheckReply})
@public
def check(body: ReceiptCheckBody) -> Response:
    """Judge the receipt of a verification that somebody was shown."""
    found = service(ReceiptChecks).check(body.receipt, address=caller_address())
    return reply(_told(found))


def _told(found: ReceiptCheck) -> ReceiptCheckReply:
    questions = {question.value: _question(code) for question, code in found.codes.items()}
    contents = (
        None if found.contents is None else ContentsReply.model_validate(dict(found.contents))
    )
    return ReceiptCheckReply(
        valid=found.valid, checks=QuestionsReply(**questions), contents=contents
    )


def _question(code: str) -> QuestionReply:
    return QuestionReply(ok=None if code == NOT_EXAMINED else code == OK, code=code)
