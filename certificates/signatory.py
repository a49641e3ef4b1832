"""A department ready to sign: its key, its certificate and who certified it."""

import hashlib
from dataclasses import dataclass
from functools import cached_property

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from certificates.cms import CmsWriter
from certificates.signers import SigningKey


@dataclass(frozen=True, kw_only=True)
class Signatory:
    """All a signer needs of a department. Keep it: what it derives once serves every document."""

    key: SigningKey
    certificate: x509.Certificate
    intermediates: tuple[x509.Certificate, ...]
    """From the one that certified the department towards the root, without the root."""

    @cached_property
    def chain_der(self) -> tuple[bytes, ...]:
        """The certificate and the intermediates as DER, the department's first."""
        chain = (self.certificate, *self.intermediates)
        return tuple(one.public_bytes(serialization.Encoding.DER) for one in chain)

    @cached_property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate, 64 hex digits."""
        return hashlib.sha256(self.chain_der[0]).hexdigest()

    @cached_property
    def cms(self) -> CmsWriter:
        """What writes this department's signatures."""
        return CmsWriter(
            key=self.key,
            chain=self.chain_der,
            issuer=self.certificate.issuer.public_bytes(),
            serial=self.certificate.serial_number,
        )
