"""The sandbox's three levels: root → issuing CA → a department's signing certificates.

Production leaves this file out: departments bring certificates of a real CA, and `Signatory` is
all the maker needs of them.
"""

import datetime as dt
from collections.abc import Callable
from typing import Self

from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec

from certificates import profiles
from certificates.departments import Department
from certificates.errors import CertificateError, ErrorCode
from certificates.keys import KeyProvider
from certificates.profiles import NO_ADDRESSES, Addresses
from certificates.revocation import Revocations
from certificates.rings import Ring
from certificates.signatory import Signatory
from certificates.signers import PublicKey

_RENEW_BEFORE = dt.timedelta(days=90)


class Pki:
    """Reads the chain from a key provider, making what is missing."""

    def __init__(
        self,
        *,
        keys: KeyProvider,
        root: x509.Certificate,
        issuing: x509.Certificate,
        addresses: Addresses = NO_ADDRESSES,
    ) -> None:
        """Keep the chain; see `open`."""
        self.root = root
        self.issuing = issuing
        self._keys = keys
        self._addresses = addresses
        self._revocations = Revocations(keys)
        self._signatories: dict[bytes, Signatory] = {}

    @classmethod
    def open(
        cls, *, keys: KeyProvider, now: dt.datetime, addresses: Addresses = NO_ADDRESSES
    ) -> Self:
        """Read root and issuing CA; make them at the very first call.

        Two processes may do so at the same moment: of each certificate the first one stays.

        Args:
            keys: of the authorities and the departments.
            now: aware.
            addresses: written into certificates made from now on; older ones stay as they are.

        Raises:
            CertificateError: PKI_INCONSISTENT, KEY_INVALID, KEY_UNSAFE.
        """
        root_key, issuing_key = keys.private_key("root"), keys.private_key("issuing")
        root = _published(
            keys, "root", root_key, lambda: profiles.root_certificate(key=root_key, now=now)
        )
        issuing = _published(
            keys,
            "issuing",
            issuing_key,
            lambda: profiles.issuing_certificate(
                key=issuing_key.public_key(),
                root=root,
                root_key=root_key,
                now=now,
                addresses=addresses,
            ),
        )
        return cls(keys=keys, root=root, issuing=issuing, addresses=addresses)

    def root_pem(self) -> bytes:
        """Return the root certificate (PEM): what a reader of certificates must trust."""
        return self.root.public_bytes(serialization.Encoding.PEM)

    def signatory(self, department: Department, *, now: dt.datetime) -> Signatory:
        """Return the department's newest key and certificate.

        The first one is made here, and so is the next when the newest has 90 days left (a
        certificate outlives every document signed with it) or was revoked.

        Raises:
            CertificateError: PKI_INCONSISTENT, KEY_INVALID, KEY_UNSAFE.
        """
        members = self._ring(department).members()
        if not members or self._over(members[-1], now=now):
            return self._added(department, now=now, after=len(members))
        return self._signatory(department, members[-1], number=len(members))

    def certificates(self, department: Department) -> tuple[x509.Certificate, ...]:
        """Return every signing certificate the department has had, oldest first.

        Raises:
            CertificateError: PKI_INCONSISTENT.
        """
        try:
            return tuple(
                x509.load_der_x509_certificate(der) for der in self._ring(department).members()
            )
        except ValueError as unreadable:
            raise CertificateError(ErrorCode.PKI_INCONSISTENT, "unreadable") from unreadable

    def rotate(self, department: Department, *, now: dt.datetime) -> Signatory:
        """Give the department a new key and certificate; what the old one signed stays valid.

        Raises:
            CertificateError: PKI_INCONSISTENT, KEY_INVALID, KEY_UNSAFE.
        """
        return self._added(department, now=now, after=len(self._ring(department).members()))

    def _added(self, department: Department, *, now: dt.datetime, after: int) -> Signatory:
        def make(name: str) -> bytes:
            certificate = profiles.signing_certificate(
                key=self._keys.signing_key(name, department.algorithm).public_key(),
                subject=profiles.department_name(zh=department.names.zh, uscc=department.uscc),
                issuing=self.issuing,
                issuing_key=self._keys.private_key("issuing"),
                now=now,
                addresses=self._addresses,
            )
            return certificate.public_bytes(serialization.Encoding.DER)

        der = self._ring(department).add(make, after=after)
        return self._signatory(department, der, number=after + 1)

    def _signatory(self, department: Department, der: bytes, *, number: int) -> Signatory:
        if der not in self._signatories:
            name = self._ring(department).name(number)
            key = self._keys.signing_key(name, department.algorithm)
            self._signatories[der] = Signatory(
                key=key,
                certificate=_matching(der, key.public_key()),
                intermediates=(self.issuing,),
            )
        return self._signatories[der]

    def _over(self, der: bytes, *, now: dt.datetime) -> bool:
        certificate = x509.load_der_x509_certificate(der)
        if certificate.not_valid_after_utc - now < _RENEW_BEFORE:
            return True
        return self._revocations.find(certificate.serial_number) is not None

    def _ring(self, department: Department) -> Ring:
        return department_ring(self._keys, department)


def department_ring(keys: KeyProvider, department: Department) -> Ring:
    """Return the ring of a department's signing keys and certificates."""
    return Ring(keys=keys, prefix=department.code.replace("_", "-"))


def _published(
    keys: KeyProvider,
    name: str,
    key: ec.EllipticCurvePrivateKey,
    make: Callable[[], x509.Certificate],
) -> x509.Certificate:
    der = keys.document(name)
    if der is None:
        der = keys.publish(name, make().public_bytes(serialization.Encoding.DER))
    return _matching(der, key.public_key())


def _matching(der: bytes, key: PublicKey) -> x509.Certificate:
    try:
        certificate = x509.load_der_x509_certificate(der)
    except ValueError as unreadable:
        raise CertificateError(ErrorCode.PKI_INCONSISTENT, "unreadable") from unreadable
    if certificate.public_key() != key:
        raise CertificateError(ErrorCode.PKI_INCONSISTENT, "certificate of another key")
    return certificate
