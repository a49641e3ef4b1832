"""/v1/operator/terminals: tills, their purposes and their keys."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import operator
from app.core.access.principals import Operator, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.partners.routes.replies import terminal_reply
from app.partners.schemas import (
    KeyAddressBody,
    KeyBody,
    KeyPath,
    PartnerPath,
    TerminalBody,
    TerminalPatch,
    TerminalReply,
    TerminalsQuery,
    TerminalsReply,
)
from app.partners.scopes import READ_SCOPE, WRITE_SCOPE
from app.partners.service.directory import PartnerDirectory
from app.partners.service.onboarding import Onboarding
from app.partners.service.rotation import TerminalChanges
from app.partners.service.standing import PartnerStanding

blueprint = APIBlueprint(
    "operator_terminals",
    __name__,
    url_prefix="/v1/operator/terminals",
    abp_tags=[Tag(name="operator")],
)


@blueprint.post("", summary="Add a terminal", responses={201: TerminalReply})
@operator(scope=WRITE_SCOPE)
@idempotent()
def add(body: TerminalBody) -> Response:
    """Register a till by its public keys, or by where they are published.

    The answer's `client_id` is what it logs in with.
    """
    client_id = service(Onboarding).add_terminal(
        merchant_id=body.merchant_id,
        jwks=None
        if body.jwks is None
        else [key.model_dump(exclude_none=True) for key in body.jwks.keys],
        jwks_uri=body.jwks_uri,
        purposes=body.purposes,
        scopes=body.scopes,
        by=caller(Operator).operator_id,
    )
    return _told(client_id, status=201)


@blueprint.get("", summary="All terminals, or a merchant's", responses={200: TerminalsReply})
@operator(scope=READ_SCOPE)
def page(query: TerminalsQuery) -> Response:
    """Newest first."""
    found = service(PartnerDirectory).terminals(
        merchant_id=query.merchant_id, before=query.cursor, limit=query.limit
    )
    return reply(
        TerminalsReply(items=[terminal_reply(one) for one in found.items], next=found.next)
    )


@blueprint.get("/<id>", summary="One terminal", responses={200: TerminalReply})
@operator(scope=READ_SCOPE)
def read(path: PartnerPath) -> Response:
    """One terminal."""
    return _told(path.id)


@blueprint.patch("/<id>", summary="Set a terminal's purposes", responses={200: TerminalReply})
@operator(scope=WRITE_SCOPE)
@idempotent()
def change(path: PartnerPath, body: TerminalPatch) -> Response:
    """Set the purposes it may ask for, from its next request on."""
    service(TerminalChanges).set_purposes(path.id, body.purposes, by=caller(Operator).operator_id)
    return _told(path.id)


@blueprint.post("/<id>/suspension", summary="Stop a terminal", responses={200: TerminalReply})
@operator(scope=WRITE_SCOPE)
@idempotent()
def suspend(path: PartnerPath) -> Response:
    """Stop it at once, with the tokens it holds."""
    service(PartnerStanding).suspend_terminal(path.id, by=caller(Operator).operator_id)
    return _told(path.id)


@blueprint.post("/<id>/resumption", summary="Let a terminal in", responses={200: TerminalReply})
@operator(scope=WRITE_SCOPE)
@idempotent()
def resume(path: PartnerPath) -> Response:
    """Let it in again."""
    service(PartnerStanding).resume_terminal(path.id, by=caller(Operator).operator_id)
    return _told(path.id)


@blueprint.post("/<id>/keys", summary="Add a terminal's key", responses={201: TerminalReply})
@operator(scope=WRITE_SCOPE)
@idempotent()
def add_key(path: PartnerPath, body: KeyBody) -> Response:
    """Add a key beside those it has, five at most: first add the new, then remove the old."""
    service(TerminalChanges).add_key(
        path.id, body.key.model_dump(exclude_none=True), by=caller(Operator).operator_id
    )
    return _told(path.id, status=201)


@blueprint.delete(
    "/<id>/keys/<kid>", summary="Remove a terminal's key", responses={200: TerminalReply}
)
@operator(scope=WRITE_SCOPE)
@idempotent()
def remove_key(path: KeyPath) -> Response:
    """Remove a key; one at least remains."""
    service(TerminalChanges).remove_key(path.id, path.kid, by=caller(Operator).operator_id)
    return _told(path.id)


@blueprint.put(
    "/<id>/key-address",
    summary="Take a terminal's keys from an address",
    responses={200: TerminalReply},
)
@operator(scope=WRITE_SCOPE)
@idempotent()
def set_key_address(path: PartnerPath, body: KeyAddressBody) -> Response:
    """Those it had, here or at another address, log in no more from now on."""
    by = caller(Operator).operator_id
    service(TerminalChanges).set_key_address(path.id, body.jwks_uri, by=by)
    return _told(path.id)


def _told(client_id: str, status: int = 200) -> Response:
    return reply(terminal_reply(service(PartnerDirectory).terminal(client_id)), status)
