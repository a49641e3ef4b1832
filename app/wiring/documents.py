"""Certificates: the library's parts and the services around them."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack
from typing import Final

from app.documents.making import Workshop
from app.documents.ports import Holders, Persons, RecordSource
from app.documents.service.checks import CertificateChecks
from app.documents.service.holdings import CertificateHoldings
from app.documents.service.issuing import CertificateIssuing
from app.wiring.infrastructure import Infrastructure
from app.wiring.signing_keys import build_signing_keys
from certificates.catalogue import Catalogue
from certificates.maker import CertificateMaker
from certificates.pki import Pki
from certificates.workers import Inspectors

_CHECK_KEY: Final = "check"


def build_documents(
    shared: Infrastructure,
    *,
    persons: Persons,
    holders: Holders,
    sources: Mapping[str, RecordSource],
    closing: ExitStack,
) -> dict[type, object]:
    """Issuing, holding and checking certificates."""
    workshop = _workshop(shared, closing)
    return {
        Workshop: workshop,
        CertificateIssuing: CertificateIssuing(
            workbench=workshop,
            sources=sources,
            persons=persons,
            database=shared.database,
            accesses=shared.accesses,
            cipher=shared.cipher,
            clock=shared.clock,
        ),
        CertificateHoldings: CertificateHoldings(
            workbench=workshop,
            database=shared.database,
            accesses=shared.accesses,
            cipher=shared.cipher,
            clock=shared.clock,
        ),
        CertificateChecks: CertificateChecks(
            workbench=workshop,
            holders=holders,
            database=shared.database,
            accesses=shared.accesses,
            cipher=shared.cipher,
            limits=shared.limits,
            clock=shared.clock,
        ),
    }


def _workshop(shared: Infrastructure, closing: ExitStack) -> Workshop:
    keys, catalogue = build_signing_keys(shared, closing), Catalogue.load()
    pki = Pki.open(keys=keys, now=shared.clock.now())
    maker = CertificateMaker(
        catalogue=catalogue,
        pki=pki,
        check_key=keys.private_key(_CHECK_KEY),
        check_base_url=shared.settings.public_url,
    )
    root = pki.root_pem()
    inspectors = Inspectors(roots=(root,), workers=shared.settings.check_workers)
    closing.callback(inspectors.close)
    return Workshop(catalogue=catalogue, maker=maker, inspector=inspectors, root_pem=root)


def rotate_signers(shared: Infrastructure) -> dict[str, str]:
    """Give every department a new signing certificate; what the old ones signed stays valid.

    Returns:
        By department, the SHA-256 of its new certificate.
    """
    now = shared.clock.now()
    departments = {kind.department.code: kind.department for kind in Catalogue.load().all()}
    with ExitStack() as closing:
        pki = Pki.open(keys=build_signing_keys(shared, closing), now=now)
        return {code: pki.rotate(one, now=now).fingerprint for code, one in departments.items()}
