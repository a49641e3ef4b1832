"""Rows as replies."""

from __future__ import annotations

from app.partners.models import Merchant, PartnerChange, Terminal
from app.partners.schemas import MerchantReply, PartnerChangeReply, TerminalReply


def merchant_reply(row: Merchant) -> MerchantReply:
    """A merchant on the wire."""
    return MerchantReply.model_validate(
        {
            "id": row.id,
            "name": row.name,
            "kind": row.kind,
            "region": row.region,
            "status": row.state,
            "created_at": row.created_at,
            "status_changed_at": row.state_changed_at,
        }
    )


def terminal_reply(row: Terminal) -> TerminalReply:
    """A terminal on the wire; of its keys the names alone."""
    return TerminalReply(
        client_id=row.id,
        merchant_id=row.merchant_id,
        status=row.state.value,
        kids=[key["kid"] for key in row.jwks],
        jwks_uri=row.jwks_uri,
        keys_fetched_at=row.jwks_fetched_at,
        keys_failure=row.jwks_failure,
        purposes=list(row.purposes),
        scopes=list(row.scopes),
        created_at=row.created_at,
        status_changed_at=row.state_changed_at,
    )


def change_reply(row: PartnerChange) -> PartnerChangeReply:
    """An event on the wire."""
    return PartnerChangeReply(
        id=row.id,
        at=row.at,
        actor=row.actor,
        action=row.action,
        terminal=row.terminal_id,
        detail=list(row.detail),
    )
