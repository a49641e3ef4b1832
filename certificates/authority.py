"""The sandbox's issuing CA at its desk: what it certified, what it revoked, what it publishes.

Like `pki`, production leaves this out: a real CA keeps its own record and publishes its own lists.
"""

import datetime as dt
import hashlib
from collections.abc import Iterable

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from certificates import profiles
from certificates.departments import Department
from certificates.errors import CertificateError, ErrorCode
from certificates.keys import KeyProvider
from certificates.pki import Pki, department_ring
from certificates.profiles import NO_ADDRESSES, Addresses, Service
from certificates.revocation import Reason, Revocation, Revocations
from certificates.revocation_list import ISSUING, ROOT, revocation_list
from certificates.rings import Ring
from certificates.signers import algorithm_of

_RENEW_BEFORE = dt.timedelta(days=90)
_LONGEST_REQUEST = 4096


class Authority:
    """Certifies services, revokes, and publishes. Stateless beside the key provider."""

    def __init__(
        self,
        *,
        pki: Pki,
        keys: KeyProvider,
        departments: Iterable[Department],
        addresses: Addresses = NO_ADDRESSES,
    ) -> None:
        """Keep the parts.

        Args:
            pki: the chain.
            keys: what `pki` was opened with.
            departments: all that may have signing certificates.
            addresses: written into services' certificates.
        """
        self._pki = pki
        self._keys = keys
        self._addresses = addresses
        self._revocations = Revocations(keys)
        self._rings = [department_ring(keys, one) for one in departments]
        self._rings += [_service_ring(keys, one) for one in Service]

    def root_pem(self) -> bytes:
        """Return the root's certificate (PEM)."""
        return self._pki.root_pem()

    def issuing_der(self) -> bytes:
        """Return the issuing CA's certificate (DER)."""
        return self._pki.issuing.public_bytes(serialization.Encoding.DER)

    def issued(self) -> tuple[x509.Certificate, ...]:
        """Return every certificate that the issuing CA ever made and that came into use."""
        return tuple(
            x509.load_der_x509_certificate(der) for ring in self._rings for der in ring.members()
        )

    def issued_pem(self) -> bytes:
        """Return the same as PEM, one after the other."""
        return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in self.issued())

    def revoke(self, fingerprint: str, *, reason: Reason, now: dt.datetime) -> Revocation:
        """Revoke a certificate; a department's next signature makes itself a new one.

        Args:
            fingerprint: SHA-256 of the certificate, 64 hex digits.
            reason: kept and published.
            now: aware; what was signed later does not count.

        Returns:
            The revocation that holds: an earlier one stays.

        Raises:
            CertificateError: SIGNER_UNKNOWN, PKI_INCONSISTENT.
        """
        for certificate in self.issued():
            der = certificate.public_bytes(serialization.Encoding.DER)
            if hashlib.sha256(der).hexdigest() == fingerprint.lower():
                return self._revocations.add(certificate.serial_number, reason=reason, now=now)
        raise CertificateError(ErrorCode.SIGNER_UNKNOWN)

    def issuing_list(self, *, now: dt.datetime) -> bytes:
        """Return the list of what the issuing CA revoked (DER)."""
        made = revocation_list(
            self._revocations.all(),
            issuer=self._pki.issuing,
            key=self._keys.private_key("issuing"),
            rhythm=ISSUING,
            now=now,
        )
        return made.public_bytes(serialization.Encoding.DER)

    def root_list(self, *, now: dt.datetime) -> bytes:
        """Return the list of what the root revoked, which is nothing (DER)."""
        made = revocation_list(
            (),
            issuer=self._pki.root,
            key=self._keys.private_key("root"),
            rhythm=ROOT,
            now=now,
        )
        return made.public_bytes(serialization.Encoding.DER)

    def certify(self, service: Service, request: bytes, *, now: dt.datetime) -> bytes:
        """Certify a service's key; the same one again while its certificate lasts.

        Security checks:
            1. the request is short and well formed;
            2. whoever asks has the key: the request is signed with it;
            3. the key is P-256;
            4. nothing else of the request is taken over: names and purposes are ours.

        Args:
            service: what for.
            request: PKCS #10 (RFC 2986), DER.
            now: aware.

        Returns:
            PEM: the certificate, then the issuing CA's.

        Raises:
            CertificateError: REQUEST_INVALID.
        """
        key = _requested(request)
        members = _service_ring(self._keys, service).members()
        newest = x509.load_der_x509_certificate(members[-1]) if members else None
        if newest is None or newest.public_key() != key or self._over(newest, now=now):
            newest = self._certified(service, key, now=now, after=len(members))
        chain = (newest, self._pki.issuing)
        return b"".join(one.public_bytes(serialization.Encoding.PEM) for one in chain)

    def _certified(
        self, service: Service, key: ec.EllipticCurvePublicKey, *, now: dt.datetime, after: int
    ) -> x509.Certificate:
        made = profiles.service_certificate(
            service,
            key=key,
            issuing=self._pki.issuing,
            issuing_key=self._keys.private_key("issuing"),
            now=now,
            addresses=self._addresses,
        )
        der = made.public_bytes(serialization.Encoding.DER)
        stored = _service_ring(self._keys, service).add(lambda _: der, after=after)
        if stored != der:
            raise CertificateError(ErrorCode.PKI_INCONSISTENT, "certified at the same moment")
        return made

    def _over(self, certificate: x509.Certificate, *, now: dt.datetime) -> bool:
        ending = certificate.not_valid_after_utc - now < _RENEW_BEFORE
        return ending or self._revocations.find(certificate.serial_number) is not None


def _requested(request: bytes) -> ec.EllipticCurvePublicKey:
    if len(request) > _LONGEST_REQUEST:  # 1
        raise CertificateError(ErrorCode.REQUEST_INVALID, "too long")
    try:
        read = x509.load_der_x509_csr(request)  # 1
        key = read.public_key()
        signed = read.is_signature_valid  # 2
    except (ValueError, TypeError, InvalidSignature) as unreadable:
        raise CertificateError(ErrorCode.REQUEST_INVALID, "unreadable") from unreadable
    if not signed:  # 2
        raise CertificateError(ErrorCode.REQUEST_INVALID, "not by the owner of the key")
    if not isinstance(key, ec.EllipticCurvePublicKey) or algorithm_of(key) is None:  # 3
        raise CertificateError(ErrorCode.REQUEST_INVALID, "not P-256")
    return key  # 4


def _service_ring(keys: KeyProvider, service: Service) -> Ring:
    return Ring(keys=keys, prefix=f"service-{service.value}")
