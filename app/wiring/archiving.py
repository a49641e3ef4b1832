"""Upgrading certificates for the long term: the library, its services, the job."""

from __future__ import annotations

import logging
from contextlib import ExitStack
from datetime import datetime
from typing import Final

import structlog

from app.documents.authorities import AuthorityAddresses, HttpAuthorities
from app.documents.errors import NotArchived
from app.documents.records import ArchivedDocument
from app.documents.service.archiving import CertificateArchiving
from app.wiring.authority import build_authority
from app.wiring.infrastructure import Infrastructure
from certificates.errors import CertificateError, ErrorCode
from certificates.longterm.upgrading import Upgrader, certificates_of
from config import Settings, SettingsRefused

log = structlog.get_logger("documents")
_FINAL: Final = frozenset({ErrorCode.UPGRADE_REFUSED, ErrorCode.SIGNER_REVOKED})
"""Refusals that stay the same however often one tries."""


class LibraryArchivist:
    """The library's upgrader in the terms of the service."""

    def __init__(self, upgrader: Upgrader) -> None:
        """Take the upgrader."""
        self._upgrader = upgrader

    def upgrade(self, pdf: bytes, *, now: datetime) -> ArchivedDocument:
        """The same document with a trusted time and all that proves it.

        Raises:
            NotArchived: with the library's code.
        """
        try:
            done = self._upgrader.upgrade(pdf, now=now)
        except CertificateError as refused:
            raise NotArchived(reason=refused.code.value, final=refused.code in _FINAL) from None
        except Exception as unforeseen:  # noqa: BLE001 - as said below
            # One file that nobody thought of must not keep the others waiting.
            log.error("archive_unforeseen", error=type(unforeseen).__name__)
            raise NotArchived(reason="unforeseen", final=False) from None
        return ArchivedDocument(pdf=done.pdf, sha256=done.sha256, stamped_at=done.stamped_at)


def build_archiving(shared: Infrastructure, closing: ExitStack) -> CertificateArchiving:
    """Build the job.

    Raises:
        SettingsRefused: no services are named, or TSA_ROOTS holds no certificates.
    """
    settings = shared.settings
    if settings.tsa_url is None or settings.ocsp_url is None:
        msg = "TSA_URL, OCSP_URL and CRL_URLS name the services that this needs"
        raise SettingsRefused(msg)
    services = HttpAuthorities(
        AuthorityAddresses(
            tsa=settings.tsa_url, ocsp=settings.ocsp_url, crls=settings.crl_addresses
        )
    )
    closing.callback(services.close)
    # It would write tracebacks and names past our own log; what matters comes back as a reason.
    for name in ("pyhanko", "pyhanko_certvalidator"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    return CertificateArchiving(
        archivist=LibraryArchivist(Upgrader(services, roots=_roots(shared, settings))),
        database=shared.database,
        accesses=shared.accesses,
        cipher=shared.cipher,
        clock=shared.clock,
    )


def _roots(shared: Infrastructure, settings: Settings) -> list[bytes]:
    own = build_authority(shared).root_pem()
    if settings.tsa_roots is None:
        return [own]
    try:
        further = settings.tsa_roots.read_bytes()
        certificates_of(further)
    except (OSError, ValueError):
        msg = "TSA_ROOTS: not a file of certificates (PEM)"
        raise SettingsRefused(msg) from None
    return [own, further]
