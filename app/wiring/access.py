"""Who proves callers."""

from __future__ import annotations

from app.core.access.gatekeeper import Gatekeeper
from app.core.access.wallets import WalletGate
from app.wiring.identity import TokenParts
from app.wiring.infrastructure import Infrastructure


def build_gate(shared: Infrastructure, tokens: TokenParts, wallets: WalletGate) -> Gatekeeper:
    """The gate before every route."""
    return Gatekeeper(
        public_url=shared.settings.public_url,
        proofs=shared.proofs,
        tokens=tokens.tokens,
        citizens=tokens.families,
        terminals=tokens.clients,
        operators=tokens.operators,
        wallets=wallets,
        clock=shared.clock,
    )
