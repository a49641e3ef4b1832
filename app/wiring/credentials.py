"""Credentials: their mint, and the services around it."""

from __future__ import annotations

from app.core.access.wallets import WalletGate
from app.credentials.making import CredentialMint
from app.credentials.ports import StatusPlaces
from app.credentials.service.issuing import CredentialIssuing
from app.credentials.service.metadata import IssuerMetadata
from app.credentials.service.nonces import ProofNonces
from app.credentials.service.notifications import CredentialNotifications
from app.credentials.service.offers import CredentialOffers
from app.credentials.service.presentations import PresentationChecks
from app.credentials.service.proofs import KeyProofs
from app.credentials.service.redeeming import OfferRedeeming
from app.documents.ports import Workbench
from app.documents.service.lending import CertificateLending
from app.wiring.authorities import Authorities
from app.wiring.infrastructure import Infrastructure


def build_wallet_gate(shared: Infrastructure) -> WalletGate:
    """What proves wallets."""
    return WalletGate(
        public_url=shared.settings.public_url,
        proofs=shared.proofs,
        wallets=OfferRedeeming(database=shared.database, cipher=shared.cipher, clock=shared.clock),
    )


def build_credentials(
    shared: Infrastructure,
    *,
    authorities: Authorities,
    workbench: Workbench,
    places: StatusPlaces,
    wallets: WalletGate,
) -> dict[type, object]:
    """Offering, issuing and checking credentials."""
    database, cipher, clock = shared.database, shared.cipher, shared.clock
    certificates = CertificateLending(
        workbench=workbench, database=database, cipher=cipher, clock=clock
    )
    mint = CredentialMint(
        catalogue=authorities.catalogue,
        pki=authorities.pki,
        issuer=shared.settings.public_url,
        clock=clock,
    )
    nonces = ProofNonces(database=database, cipher=cipher, clock=clock)
    return {
        WalletGate: wallets,
        ProofNonces: nonces,
        IssuerMetadata: IssuerMetadata(mint=mint),
        OfferRedeeming: OfferRedeeming(database=database, cipher=cipher, clock=clock),
        CredentialOffers: CredentialOffers(
            certificates=certificates,
            database=database,
            accesses=shared.accesses,
            cipher=cipher,
            limits=shared.limits,
            clock=clock,
        ),
        CredentialIssuing: CredentialIssuing(
            mint=mint,
            certificates=certificates,
            places=places,
            proofs=KeyProofs(issuer=mint.issuer, nonces=nonces, clock=clock),
            database=database,
            accesses=shared.accesses,
            cipher=cipher,
            limits=shared.limits,
            clock=clock,
        ),
        CredentialNotifications: CredentialNotifications(
            database=database, cipher=cipher, clock=clock
        ),
        PresentationChecks: PresentationChecks(
            mint=mint,
            certificates=certificates,
            database=database,
            accesses=shared.accesses,
            cipher=cipher,
            limits=shared.limits,
            clock=clock,
        ),
    }
