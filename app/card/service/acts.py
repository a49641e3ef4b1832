"""Which acts of the access log were done with a card."""

from __future__ import annotations

from typing import Final

from app.audit import actions

CARD_ACTS: Final = (
    actions.CARD_BOUND,
    actions.CARD_READ,
    actions.CARD_FROZEN,
    actions.CARD_UNFROZEN,
    actions.CARD_LOSS_REPORTED,
    actions.CARD_CODE_ISSUED,
    actions.CARD_CODE_DECODED,
    actions.CARD_CANCELLED,
    actions.CARD_OFFLINE_CREDENTIALS_ISSUED,
    actions.CARD_OFFLINE_ACCEPTED,
    actions.CARD_OFFLINE_REFUSED,
    actions.CARD_PAPER_PRINTED,
    actions.CARD_PAPER_REVOKED,
)
"""Everything that was done with a person's card: what its log shows."""
