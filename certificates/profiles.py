"""What each certificate of the three levels may do (RFC 5280; RFC 9336 for document signing)."""

import datetime as dt
import hashlib
from dataclasses import dataclass
from enum import StrEnum, auto

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import (
    AuthorityInformationAccessOID,
    ExtendedKeyUsageOID,
    NameOID,
    ObjectIdentifier,
)

from certificates.signers import PublicKey

_DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
_SKEW = dt.timedelta(minutes=5)
ROOT_LIFE = dt.timedelta(days=20 * 365)
ISSUING_LIFE = dt.timedelta(days=10 * 365)
SIGNING_LIFE = dt.timedelta(days=3 * 365)


@dataclass(frozen=True, slots=True, kw_only=True)
class Addresses:
    """Where readers of a certificate ask whether it was revoked; written into new certificates."""

    crl: str | None = None
    """Of the issuing CA's list (RFC 5280, 4.2.1.13)."""
    root_crl: str | None = None
    """Of the root's list."""
    ocsp: str | None = None
    """Of the responder for what the issuing CA certified (RFC 6960, 3.1)."""
    issuer: str | None = None
    """Of the issuing CA's own certificate."""


NO_ADDRESSES = Addresses()


class Service(StrEnum):
    """What else the issuing CA certifies, beside departments."""

    TIMESTAMP = auto()
    """Signs timestamps (RFC 3161)."""
    STATUS = auto()
    """Answers in the CA's name whether certificates were revoked (RFC 6960, 4.2.2.2)."""

    @property
    def common_name(self) -> str:
        """What its certificate calls it."""
        return _SERVICE_NAMES[self]

    @property
    def life(self) -> dt.timedelta:
        """How long its certificate lasts.

        A timestamp is good while its certificate is; a responder's cannot be revoked, so it is
        short.
        """
        return ISSUING_LIFE if self is Service.TIMESTAMP else dt.timedelta(days=365)


_SERVICE_NAMES = {
    Service.TIMESTAMP: "Zero-Run Sandbox Timestamp Authority",
    Service.STATUS: "Zero-Run Sandbox OCSP Responder",
}


def root_certificate(*, key: ec.EllipticCurvePrivateKey, now: dt.datetime) -> x509.Certificate:
    """Make the self-signed root: signs CAs, nothing else."""
    name = _name("Zero-Run Sandbox Root CA")
    builder = _begin(subject=name, issuer=name, public_key=key.public_key(), signer=key)
    builder = _living(builder, start=now, end=now + ROOT_LIFE)
    return _authority(builder, path_length=1).sign(key, hashes.SHA256())


def issuing_certificate(
    *,
    key: ec.EllipticCurvePublicKey,
    root: x509.Certificate,
    root_key: ec.EllipticCurvePrivateKey,
    now: dt.datetime,
    addresses: Addresses = NO_ADDRESSES,
) -> x509.Certificate:
    """Make the issuing CA's certificate: signs departments' certificates, no further CAs."""
    name = _name("Zero-Run Sandbox Issuing CA")
    builder = _begin(subject=name, issuer=root.subject, public_key=key, signer=root_key)
    builder = _living(builder, start=now, end=now + ISSUING_LIFE)
    builder = _revocable(builder, crl=addresses.root_crl)
    return _authority(builder, path_length=0).sign(root_key, hashes.SHA256())


def signing_certificate(
    *,
    key: PublicKey,
    subject: x509.Name,
    issuing: x509.Certificate,
    issuing_key: ec.EllipticCurvePrivateKey,
    now: dt.datetime,
    addresses: Addresses = NO_ADDRESSES,
) -> x509.Certificate:
    """Make a department's certificate: signs documents, never certificates.

    emailProtection stands beside documentSigning because poppler's `pdfsig` trusts a chain for
    that purpose only. Non-repudiation is what PAdES validators ask for.
    """
    builder = _begin(subject=subject, issuer=issuing.subject, public_key=key, signer=issuing_key)
    builder = _living(builder, start=now, end=min(now + SIGNING_LIFE, issuing.not_valid_after_utc))
    builder = _revocable(_end_entity(builder), addresses=addresses, crl=addresses.crl)
    uses = [_DOCUMENT_SIGNING, ExtendedKeyUsageOID.EMAIL_PROTECTION]
    builder = builder.add_extension(x509.ExtendedKeyUsage(uses), critical=False)
    return builder.sign(issuing_key, hashes.SHA256())


def service_certificate(
    service: Service,
    *,
    key: PublicKey,
    issuing: x509.Certificate,
    issuing_key: ec.EllipticCurvePrivateKey,
    now: dt.datetime,
    addresses: Addresses = NO_ADDRESSES,
) -> x509.Certificate:
    """Make the certificate of a service beside the CA: for that one purpose, and no other.

    A timestamp authority's purpose stands alone and is critical (RFC 3161, 2.3). A responder's
    certificate says that nobody need ask about it (RFC 6960, 4.2.2.2.1).
    """
    builder = _begin(
        subject=_name(service.common_name),
        issuer=issuing.subject,
        public_key=key,
        signer=issuing_key,
        # A renewed certificate may be for the same key.
        salt=str(int(now.timestamp())).encode(),
    )
    end = min(now + service.life, issuing.not_valid_after_utc)
    builder = _end_entity(_living(builder, start=now, end=end))
    if service is Service.TIMESTAMP:
        builder = _revocable(builder, addresses=addresses, crl=addresses.crl)
        use, critical = ExtendedKeyUsageOID.TIME_STAMPING, True
    else:
        builder = builder.add_extension(x509.OCSPNoCheck(), critical=False)
        use, critical = ExtendedKeyUsageOID.OCSP_SIGNING, False
    builder = builder.add_extension(x509.ExtendedKeyUsage([use]), critical=critical)
    return builder.sign(issuing_key, hashes.SHA256())


def department_name(*, zh: str, uscc: str) -> x509.Name:
    """Name a department: its Chinese name and its unified social credit code (GB 32100)."""
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, zh),
            x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, f"USCC-{uscc}"),
            x509.NameAttribute(NameOID.COMMON_NAME, zh),
        ]
    )


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Zero-Run Sandbox"),
            x509.NameAttribute(NameOID.COMMON_NAME, common),
        ]
    )


def _begin(
    *,
    subject: x509.Name,
    issuer: x509.Name,
    public_key: PublicKey,
    signer: ec.EllipticCurvePrivateKey,
    salt: bytes = b"",
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(_serial(public_key, salt))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(signer.public_key()),
            critical=False,
        )
    )


def _living(
    builder: x509.CertificateBuilder, *, start: dt.datetime, end: dt.datetime
) -> x509.CertificateBuilder:
    start, end = start.replace(microsecond=0), end.replace(microsecond=0)
    return builder.not_valid_before(start - _SKEW).not_valid_after(end)


def _authority(builder: x509.CertificateBuilder, *, path_length: int) -> x509.CertificateBuilder:
    builder = builder.add_extension(
        x509.BasicConstraints(ca=True, path_length=path_length), critical=True
    )
    return builder.add_extension(_usage(certifies=True), critical=True)


def _end_entity(builder: x509.CertificateBuilder) -> x509.CertificateBuilder:
    builder = builder.add_extension(
        x509.BasicConstraints(ca=False, path_length=None), critical=True
    )
    return builder.add_extension(_usage(digital_signature=True), critical=True)


def _revocable(
    builder: x509.CertificateBuilder, *, addresses: Addresses = NO_ADDRESSES, crl: str | None
) -> x509.CertificateBuilder:
    """Say where to ask whether it was revoked, as far as there are such places."""
    if crl is not None:
        point = x509.DistributionPoint(
            full_name=[x509.UniformResourceIdentifier(crl)],
            relative_name=None,
            reasons=None,
            crl_issuer=None,
        )
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), critical=False)
    places = (
        (AuthorityInformationAccessOID.OCSP, addresses.ocsp),
        (AuthorityInformationAccessOID.CA_ISSUERS, addresses.issuer),
    )
    known = [
        x509.AccessDescription(method, x509.UniformResourceIdentifier(place))
        for method, place in places
        if place is not None
    ]
    if known:
        builder = builder.add_extension(x509.AuthorityInformationAccess(known), critical=False)
    return builder


def _usage(*, digital_signature: bool = False, certifies: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=digital_signature,
        content_commitment=digital_signature,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certifies,
        crl_sign=certifies,
        encipher_only=False,
        decipher_only=False,
    )


def _serial(key: PublicKey, salt: bytes) -> int:
    # One key, one certificate: a number taken from the key is unique and needs no counter.
    spki = key.public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    return int.from_bytes(hashlib.sha256(spki + salt).digest()[:16]) | 1 << 127
