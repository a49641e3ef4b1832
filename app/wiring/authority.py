"""Those who certify the departments: the sandbox's own, at its desk."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from app.documents.translating import KINDS
from app.wiring.infrastructure import Infrastructure
from certificates.authority import Authority
from certificates.catalogue import HOME
from certificates.departments import load_departments
from certificates.errors import CertificateError
from certificates.keys import FileKeys
from certificates.pki import Pki
from certificates.profiles import Addresses, Service
from certificates.revocation import Reason
from config import Settings

REVOCATION_REASONS: Final = tuple(reason.value for reason in Reason)
_PUBLISHED: Final = "/v1/public/authorities"


def certificate_addresses(settings: Settings) -> Addresses:
    """What is written into new certificates: our own publications and the responder's address."""
    base = settings.public_url + _PUBLISHED
    return Addresses(
        crl=f"{base}/issuing/crl",
        root_crl=f"{base}/root/crl",
        ocsp=settings.ocsp_url,
        issuer=f"{base}/issuing/certificate",
    )


def build_authority(shared: Infrastructure) -> Authority:
    """Open the desk; its own keys are files even where the departments' are in a module.

    Raises:
        CertificateError: KEY_UNSAFE, KEY_INVALID, PKI_INCONSISTENT.
    """
    keys, addresses = FileKeys(shared.certificate_keys), certificate_addresses(shared.settings)
    return Authority(
        pki=Pki.open(keys=keys, now=shared.clock.now(), addresses=addresses),
        keys=keys,
        departments=load_departments(HOME / "departments.toml").values(),
        addresses=addresses,
    )


def revoke_signer(shared: Infrastructure, fingerprint: str, *, reason: str) -> dict[str, object]:
    """Revoke a signing certificate from now on; an earlier revocation of it stays.

    Args:
        shared: the parts.
        fingerprint: SHA-256 of the certificate, 64 hex digits.
        reason: one of `REVOCATION_REASONS`.

    Returns:
        The certificate's number, the reason and the time that hold.

    Raises:
        DomainError: SIGNER_UNKNOWN.
    """
    try:
        revoked = build_authority(shared).revoke(
            fingerprint, reason=Reason(reason), now=shared.clock.now()
        )
    except CertificateError as refused:
        raise KINDS[refused.code]() from None
    return {
        "serial": f"{revoked.serial:x}",
        "reason": revoked.reason.value,
        "revoked_at": revoked.at.isoformat(),
    }


def certify_services(shared: Infrastructure, folder: Path) -> list[str]:
    """Certify the services whose requests lie in a folder; their certificates are put beside.

    Returns:
        Which ones.

    Raises:
        DomainError: a request is none.
    """
    authority, done = build_authority(shared), []
    for service in Service:
        request = folder / f"{service.value}.csr"
        if not request.is_file():
            continue
        try:
            chain = authority.certify(service, request.read_bytes(), now=shared.clock.now())
        except CertificateError as refused:
            raise KINDS[refused.code]() from None
        # It appears whole: the service may be reading.
        draft = folder / f".{service.value}.pem"
        draft.write_bytes(chain)
        draft.replace(folder / f"{service.value}.pem")
        done.append(service.value)
    return done
