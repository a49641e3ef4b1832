"""Credentials for phones, and what tills fetch and upload."""

from __future__ import annotations

from flask import Response, jsonify
from flask_openapi import APIBlueprint, Tag

from app.card.errors import ACTIONS, ALL, OFFLINE_KEYS_INVALID
from app.card.offline_models import ACCEPTED
from app.card.offline_schemas import (
    OfflineCredentialsBody,
    OfflineCredentialsReply,
    OutcomeReply,
    RevocationsQuery,
    UploadBody,
    UploadsBody,
    UploadsReply,
)
from app.card.service.offline.issuing import OfflineIssuing, WantedKey
from app.card.service.offline.judging import Sale, SoldLine
from app.card.service.offline.publishing import OfflinePublishing
from app.card.service.offline.uploading import OfflineUploading, Outcome, Upload
from app.core.access.guards import citizen, public, terminal
from app.core.access.principals import Citizen, Terminal, caller
from app.core.errors import ErrorKind
from app.core.http.languages import preferred_language
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from codes.errors import MalformedError
from codes.keys import base64url, read_base64url
from codes.revocations import MEDIA_TYPE

blueprint = APIBlueprint("offline_codes", __name__, abp_tags=[Tag(name="card")])
_KINDS = {kind.code: kind for kind in ALL}


@blueprint.post(
    "/v1/card/offline-credentials",
    summary="Credentials for codes without a network",
    responses={201: OfflineCredentialsReply},
)
@citizen()
@idempotent()
def issue(body: OfflineCredentialsBody) -> Response:
    """One for each key; they supersede the phone's earlier ones."""
    batch = service(OfflineIssuing).issue(caller(Citizen), _wanted(body))
    return reply(
        OfflineCredentialsReply(
            credentials=[base64url(one) for one in batch.credentials],
            expires_at=batch.expires_at,
            cap_fen=batch.cap_fen,
        ),
        201,
    )


@blueprint.get("/.well-known/card-keys", summary="Keys of offline codes")
@public
def keys() -> Response:
    """The public keys that sign credentials and revocations (RFC 7517), the next one included."""
    response = jsonify(service(OfflinePublishing).keys())
    response.headers["Cache-Control"] = "public, max-age=300"
    return response


@blueprint.get(
    "/.well-known/card-revocations",
    summary="Revoked offline credentials",
    responses={200: {"description": "COSE_Sign1", "content": {MEDIA_TYPE: {}}}},
)
@public
def revocations(query: RevocationsQuery) -> Response:
    """The next signed piece of the list; whoever fetches it does not say whom they look at."""
    data = service(OfflinePublishing).revocations(query.since)
    response = Response(data, 200, content_type=MEDIA_TYPE)
    response.headers["Cache-Control"] = "public, max-age=30"
    return response


@blueprint.post(
    "/v1/terminal/uploads", summary="Upload offline codes", responses={200: UploadsReply}
)
@terminal(scope="card.decode")
def upload(body: UploadsBody) -> Response:
    """Each is judged on its own, once: a repeat gets the first verdict."""
    uploads = [_upload(one) for one in body.uploads]
    outcomes = service(OfflineUploading).take(caller(Terminal), uploads)
    return reply(UploadsReply(outcomes=[_outcome(one) for one in outcomes]))


def _wanted(body: OfflineCredentialsBody) -> list[WantedKey]:
    wanted = []
    for index, one in enumerate(body.keys):
        try:
            point, proof = read_base64url(one.key), read_base64url(one.proof)
        except MalformedError:
            raise OFFLINE_KEYS_INVALID(pointer=f"/keys/{index}") from None
        wanted.append(WantedKey(point=point, proof=proof))
    return wanted


def _upload(body: UploadBody) -> Upload:
    lines = [
        SoldLine(item=line.item, quantity=line.quantity, amount_fen=line.amount_fen)
        for line in body.sale.lines
    ]
    return Upload(code=body.code, sale=Sale(sale_id=body.sale.sale_id, lines=lines))


def _outcome(outcome: Outcome) -> OutcomeReply:
    kind = None if outcome.verdict == ACCEPTED else _KINDS[outcome.verdict]
    return OutcomeReply(
        sale_id=outcome.sale_id,
        verdict=outcome.verdict,
        detail=None if kind is None else _words(kind),
        action=None if kind is None else ACTIONS[kind].value,
        upload_id=outcome.upload_id,
        repeated=outcome.repeated,
        presence_token=outcome.presence_token,
        expires_at=outcome.expires_at,
    )


def _words(kind: ErrorKind) -> str:
    return kind.zh if preferred_language() == "zh-CN" else kind.en
