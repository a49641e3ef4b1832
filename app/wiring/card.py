"""The e-social-security card."""

from __future__ import annotations

import secrets
from datetime import timedelta

from app.card.codes import SvgPictures
from app.card.policy import CardPolicy
from app.card.ports import Holders
from app.card.service.binding import CardBinding
from app.card.service.decoding import CodeDecoding
from app.card.service.holding import CardHolding
from app.card.service.presence import PresenceTokens
from app.card.service.showing import CodeShowing
from app.wiring.infrastructure import Infrastructure


def card_policy(shared: Infrastructure) -> CardPolicy:
    """The card's times, as the settings want them."""
    return CardPolicy(code_life=timedelta(seconds=shared.settings.card_code_seconds))


def build_card(shared: Infrastructure, *, holders: Holders) -> dict[type, object]:
    """The holder's side and the terminal's side."""
    database, clock, accesses = shared.database, shared.clock, shared.accesses
    policy, ring = card_policy(shared), shared.keys.secrets("card-code")
    presence = PresenceTokens(
        issuer=shared.settings.public_url,
        ring=shared.keys.signing("presence"),
        cipher=shared.cipher,
        life=policy.presence_life,
    )
    return {
        CardBinding: CardBinding(database=database, clock=clock, accesses=accesses),
        CardHolding: CardHolding(database=database, clock=clock, accesses=accesses),
        CodeShowing: CodeShowing(
            database=database,
            clock=clock,
            accesses=accesses,
            limits=shared.limits,
            pictures=SvgPictures(),
            ring=ring,
            randomness=secrets.randbelow,
            policy=policy,
        ),
        CodeDecoding: CodeDecoding(
            database=database,
            clock=clock,
            accesses=accesses,
            limits=shared.limits,
            ring=ring,
            holders=holders,
            presence=presence,
        ),
    }
