"""/v1/certificates/batch: several certificates with one request."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import citizen
from app.core.access.principals import Citizen, caller
from app.core.http.problems import problem_members
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.documents.records import Holder
from app.documents.routes.replies import certificate_members, titles_reply
from app.documents.schemas.batches import BatchBody, BatchItemReply, BatchPath, BatchReply
from app.documents.schemas.certificates import CertificateReply
from app.documents.service.batches.orders import BatchOrders, BatchView, ItemView

blueprint = APIBlueprint(
    "certificate_batches",
    __name__,
    url_prefix="/v1/certificates",
    abp_tags=[Tag(name="certificates")],
)


@blueprint.post("/batch", summary="Issue several certificates", responses={202: BatchReply})
@citizen()
@idempotent()
def place(body: BatchBody) -> Response:
    """Take in one to ten types; each is issued or refused on its own. Ask for it by its id."""
    view = service(BatchOrders).place(_holder(), body.types)
    return reply(_batch(view), 202, {"Location": f"/v1/certificates/batches/{view.id}"})


@blueprint.get("/batches/<id>", summary="How far a batch is", responses={200: BatchReply})
@citizen()
def read(path: BatchPath) -> Response:
    """A batch of the caller, for a day; another's is as unknown as one that never was."""
    return reply(_batch(service(BatchOrders).get(_holder(), path.id)))


def _batch(view: BatchView) -> BatchReply:
    return BatchReply(
        id=view.id,
        created_at=view.created_at,
        ended=view.ended,
        items=[_item(one) for one in view.items],
    )


def _item(view: ItemView) -> BatchItemReply:
    certificate = view.certificate
    return BatchItemReply(
        type=view.type,
        titles=titles_reply(view.titles),
        status=view.state,
        certificate=CertificateReply(**certificate_members(certificate)) if certificate else None,
        problem=problem_members(view.problem) if view.problem else None,
    )


def _holder() -> Holder:
    known = caller(Citizen)
    return Holder(person_id=known.person_id, level=known.level, device=known.thumbprint)
