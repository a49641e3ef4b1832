"""The sandbox's pharmacy: registered once by its till's keys."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from app.partners.service.onboarding import DECODE_SCOPE, Onboarding
from app.settlement.scopes import SCOPE as SETTLEMENT_SCOPE

_NAME: Final = "平安大药房（演示）"
_PURPOSES: Final = frozenset({"02121"})
_SCOPES: Final = frozenset({DECODE_SCOPE, SETTLEMENT_SCOPE})


def seed_pharmacy(onboarding: Onboarding, jwks: Sequence[Mapping[str, object]]) -> str:
    """Return the client id of the pharmacy's terminal, registered if it is not yet.

    Args:
        onboarding: what registers merchants and terminals.
        jwks: public keys of the till.

    Raises:
        DomainError: what onboarding refuses.
    """
    known = onboarding.terminal_with(jwks)
    if known is not None:
        # It may have been registered when there was less to do.
        onboarding.allow(known, _SCOPES)
        return known
    return onboarding.add_terminal(
        merchant_id=onboarding.add_merchant(name=_NAME),
        jwks=jwks,
        purposes=_PURPOSES,
        scopes=_SCOPES,
    )
