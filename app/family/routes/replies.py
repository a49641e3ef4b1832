"""Views as replies."""

from __future__ import annotations

from typing import Any

from app.family.schemas import MandateReply, MutualAidReply
from app.family.service.views import AgreementView


def mandate_reply(view: AgreementView) -> MandateReply:
    """A mandate on the wire."""
    return MandateReply.model_validate(
        _members(view, {"grantor": "principal", "other": "agent"})
        | {
            "purposes": list(view.purposes),
            "merchant_kinds": list(view.merchant_kinds),
            "purchase_limit": view.purchase_limit,
        }
    )


def mutual_aid_reply(view: AgreementView) -> MutualAidReply:
    """Mutual aid on the wire."""
    return MutualAidReply.model_validate(
        _members(view, {"grantor": "payer", "other": "beneficiary"})
    )


def _members(view: AgreementView, roles: dict[str, str]) -> dict[str, Any]:
    return {
        "id": view.id,
        "status": view.state.value,
        "basis": view.basis,
        "role": roles[view.role],
        "counterpart": view.counterpart,
        "yearly_limit": view.yearly_limit,
        "spent": view.spent,
        "created_at": view.created_at,
        "expires_at": view.expires_at,
    }
