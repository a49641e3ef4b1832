"""/v1/verifications: show a live face, step by step."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, Final

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import phone
from app.core.access.principals import Phone, caller
from app.core.http.callers import caller_address
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.identity.routes.hints import hint
from app.identity.routes.uploads import read_upload
from app.identity.schemas.receipts import ReceiptReply
from app.identity.schemas.verifications import (
    AnswerReply,
    NoticeReply,
    PartPath,
    SessionPath,
    SessionReply,
    StepPartReply,
    StepPath,
    StepReply,
    VerificationBody,
)
from app.identity.service.answers import Answer
from app.identity.service.receipts import Receipts
from app.identity.service.sessions import StepKey
from app.identity.service.steps import StepService
from app.identity.service.verifications import Claimed, SessionView, VerificationService

_UPLOAD: Final[dict[str, Any]] = {
    "requestBody": {
        "required": True,
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["manifest", "frames"],
                    "properties": {
                        "manifest": {
                            "type": "string",
                            "description": (
                                'JSON {"frames":[{"seq":0,"t_ms":0,"hash":"<hex>"}],"shown_ms":0}; '
                                "shown_ms with a light step only"
                            ),
                        },
                        "frames": {
                            "type": "array",
                            "items": {"type": "string", "format": "binary"},
                        },
                    },
                }
            }
        },
    }
}
blueprint = APIBlueprint(
    "verifications",
    __name__,
    url_prefix="/v1/verifications",
    abp_tags=[Tag(name="verifications")],
)


@blueprint.post("", summary="Begin a verification", responses={201: SessionReply})
@phone
@idempotent()
def begin(body: VerificationBody) -> Response:
    """Begin a session and reveal its first step. The answer never tells who is registered."""
    view = service(VerificationService).begin(
        Claimed(
            citizen_number=body.citizen_number,
            name=body.name,
            purpose=body.purpose,
            text_version=body.consent.text_version,
            variants=frozenset(body.capabilities.variants),
            thumbprint=caller(Phone).thumbprint,
            address=caller_address(),
        )
    )
    return reply(_session(view), 201, {"Location": f"/v1/verifications/{view.id}"})


@blueprint.get("/<id>", summary="How a verification stands", responses={200: SessionReply})
@phone
def view(path: SessionPath) -> Response:
    """The state of one's own session; of any other, 404."""
    thumbprint = caller(Phone).thumbprint
    return reply(_session(service(VerificationService).view(path.id, thumbprint)))


@blueprint.post(
    "/<id>/steps/<int:n>",
    summary="Answer a step",
    responses={200: AnswerReply},
    openapi_extensions=_UPLOAD,
)
@phone
def answer(path: StepPath) -> Response:
    """Send the frames of the step that is due, or what its parts have left of them.

    The same content again gets the same answer.
    """
    key = StepKey(session_id=path.id, n=path.n, thumbprint=caller(Phone).thumbprint)
    return reply(_answer(_submitted(key)))


@blueprint.post(
    "/<id>/steps/<int:n>/parts/<int:k>",
    summary="Send a part of a step",
    responses={200: StepPartReply},
    openapi_extensions=_UPLOAD,
)
@phone
def send_part(path: PartPath) -> Response:
    """Send frames while the step is still being filmed, so that the verdict follows the last one.

    Parts are numbered from 0 in each step; the last frames go to the step itself. The same content
    again gets the same answer.
    """
    key = StepKey(session_id=path.id, n=path.n, part=path.k, thumbprint=caller(Phone).thumbprint)
    return reply(_part(_submitted(key)))


@blueprint.get(
    "/<id>/receipt", summary="The receipt of a verification", responses={200: ReceiptReply}
)
@phone
def receipt(path: SessionPath) -> Response:
    """The signed receipt of one's own session, once it has passed or failed."""
    found = service(Receipts).of(path.id, caller(Phone).thumbprint)
    return reply(ReceiptReply(receipt=found.text, digest=found.digest))


def _submitted(key: StepKey) -> Answer:
    steps = service(StepService)
    steps.admit(key)  # before the body is read
    return steps.submit(key, read_upload(), address=caller_address())


def _session(found: SessionView) -> SessionReply:
    return SessionReply.model_validate(
        {
            "id": found.id,
            "status": found.status,
            "variant": found.variant,
            "steps": found.steps,
            "expires_at": found.expires_at,
            "step": None if found.step is None else StepReply.model_validate(found.step),
            "retry_code": found.retry_code,
        }
    )


def _part(told: Answer) -> StepPartReply:
    return StepPartReply.model_validate(
        {
            "id": told.id,
            "status": told.status,
            "received": told.received,
            "next_part": told.next_part,
            "retry_code": told.retry_code,
            "hint": hint(told.retry_code),
        }
    )


def _answer(told: Answer) -> AnswerReply:
    return AnswerReply.model_validate(
        {
            "id": told.id,
            "status": told.status,
            "step": None if told.step is None else StepReply.model_validate(told.step),
            "level": told.level,
            "code": told.code,
            "code_expires_at": told.code_expires_at,
            "notice": None if told.notice is None else NoticeReply(**asdict(told.notice)),
            "retry_code": told.retry_code,
            "hint": hint(told.retry_code),
        }
    )
