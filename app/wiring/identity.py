"""Persons, verification sessions and tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Final, get_args

from app.core.jose.client_assertion import ClientAssertionVerifier
from app.core.keys.provider import SigningName
from app.identity.ports import FacePort, PopulationRegistry
from app.identity.service.access_tokens import AccessTokens
from app.identity.service.discovery import Discovery
from app.identity.service.families import TokenFamilies
from app.identity.service.grants import TokenEndpoint
from app.identity.service.introspection import TokenDesk
from app.identity.service.outcomes import VerificationOutcomes
from app.identity.service.own_faces import OwnFaces
from app.identity.service.parts import VerificationNeeds, VerificationParts, build_verification
from app.identity.service.profiles import Profiles
from app.identity.service.receipt_checks import ReceiptChecks
from app.identity.service.receipts import Receipts
from app.identity.service.steps import StepService
from app.identity.service.verifications import VerificationService
from app.partners.service.clients import TerminalClients
from app.partners.service.operators import OperatorDirectory
from app.wiring.infrastructure import Infrastructure
from app.wiring.partners import build_terminal_keys

_TOKEN_RINGS: Final = tuple(name for name in get_args(SigningName) if name != "card")
"""The card's keys sign no tokens; they are published at an address of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenParts:
    """What tokens share among themselves."""

    tokens: AccessTokens
    families: TokenFamilies
    clients: TerminalClients
    operators: OperatorDirectory


def build_sessions(
    shared: Infrastructure, *, faces: FacePort, registry: PopulationRegistry
) -> VerificationParts:
    """Verification sessions and all that belongs to them."""
    return build_verification(
        VerificationNeeds(
            database=shared.database,
            clock=shared.clock,
            cipher=shared.cipher,
            limits=shared.limits,
            access_log=shared.accesses,
            registry=registry,
            faces=faces,
            receipts=shared.keys.signing("receipt"),
            issuer=shared.settings.public_url,
            lasts=timedelta(seconds=shared.settings.verification_seconds),
            address_failures=shared.settings.verification_address_failures,
        )
    )


def build_token_parts(shared: Infrastructure) -> TokenParts:
    """Access tokens, families and the partners' clients."""
    settings, clock = shared.settings, shared.clock
    assertions = ClientAssertionVerifier(
        issuer=settings.public_url,
        keys=build_terminal_keys(shared),
        clock=clock,
        replay=shared.replay,
        algorithms=frozenset({"ES256"}),
    )
    return TokenParts(
        tokens=AccessTokens(
            ring=shared.keys.signing("access-token"),
            issuer=settings.public_url,
            lifetime=timedelta(seconds=settings.access_token_seconds),
            clock=clock,
        ),
        families=TokenFamilies(
            database=shared.database,
            cipher=shared.cipher,
            clock=clock,
            lifetime=timedelta(days=settings.refresh_token_days),
        ),
        clients=TerminalClients(database=shared.database, assertions=assertions),
        operators=OperatorDirectory(database=shared.database),
    )


def build_identity(
    shared: Infrastructure, parts: VerificationParts, tokens: TokenParts
) -> dict[type, object]:
    """Sessions, the token endpoint and its neighbours."""
    return {
        VerificationService: parts.verifications,
        StepService: parts.steps,
        Receipts: parts.receipts,
        ReceiptChecks: parts.receipt_checks,
        OwnFaces: parts.own_faces,
        TokenEndpoint: TokenEndpoint(
            database=shared.database,
            codes=parts.codes,
            families=tokens.families,
            tokens=tokens.tokens,
            clients=tokens.clients,
            accesses=shared.accesses,
        ),
        TokenDesk: TokenDesk(
            tokens=tokens.tokens,
            families=tokens.families,
            terminals=tokens.clients,
            operators=tokens.operators,
            clients=tokens.clients,
        ),
        Discovery: Discovery(
            issuer=shared.settings.public_url,
            rings=tuple(shared.keys.signing(name) for name in _TOKEN_RINGS),
        ),
        VerificationOutcomes: VerificationOutcomes(database=shared.database, clock=shared.clock),
        Profiles: Profiles(
            database=shared.database, persons=parts.persons, accesses=shared.accesses
        ),
    }
