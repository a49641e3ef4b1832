"""The certificate of the key that signs QR codes: with it the root alone is enough to check one.

It may sign nothing else: without non-repudiation and without a named purpose no reader takes it for
a department's, and no department's, timestamp's or responder's is taken for it.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Final

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from certificates.errors import CertificateError, ErrorCode
from certificates.keys import KeyProvider
from certificates.reading.chains import extension, leads_to_root

_DOCUMENT: Final = "check-certificate"
_SKEW: Final = dt.timedelta(minutes=5)
_SUBJECT: Final = x509.Name(
    [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "CN"),
        x509.NameAttribute(NameOID.COMMON_NAME, "Zero-Run QR Codes"),
    ]
)


def check_chain(keys: KeyProvider, *, now: dt.datetime) -> tuple[x509.Certificate, ...]:
    """Return the certificate of the key named `check` and the issuing CA's.

    The first call, in whichever process, makes it; it lasts as long as the issuing CA's.

    Args:
        keys: where both keys are, and the issuing CA's certificate.
        now: aware.

    Raises:
        CertificateError: PKI_INCONSISTENT where there is no issuing CA yet, KEY_INVALID,
            KEY_UNSAFE.
    """
    above = keys.document("issuing")
    if above is None:
        raise CertificateError(ErrorCode.PKI_INCONSISTENT, "no issuing CA")
    issuing = x509.load_der_x509_certificate(above)
    der = keys.document(_DOCUMENT) or keys.publish(_DOCUMENT, _made(keys, issuing, now=now))
    return x509.load_der_x509_certificate(der), issuing


def certified_check_key(
    chain: Sequence[x509.Certificate], *, roots: Sequence[x509.Certificate], now: dt.datetime
) -> ec.EllipticCurvePublicKey | None:
    """Return the key of a chain if it may sign QR codes.

    Security checks:
        1. the chain leads to a root, by CAs alone, and all of it holds now;
        2. its first certificate may sign, and nothing that has a name: no CA, no
           non-repudiation, no extended use;
        3. its key is one of P-256.
    """
    if not chain or not leads_to_root(chain, roots, now=now):  # 1
        return None
    first = chain[0]
    basic, usage = extension(first, x509.BasicConstraints), extension(first, x509.KeyUsage)
    if usage is None or not usage.digital_signature or usage.content_commitment:  # 2
        return None
    if (basic is not None and basic.ca) or extension(first, x509.ExtendedKeyUsage) is not None:
        return None
    key = first.public_key()
    on_p256 = isinstance(key, ec.EllipticCurvePublicKey) and isinstance(key.curve, ec.SECP256R1)
    return key if on_p256 and isinstance(key, ec.EllipticCurvePublicKey) else None  # 3


def _made(keys: KeyProvider, issuing: x509.Certificate, *, now: dt.datetime) -> bytes:
    public, authority = keys.private_key("check").public_key(), keys.private_key("issuing")
    start = now.replace(microsecond=0) - _SKEW
    named = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.public_key())
    certificate = (
        x509.CertificateBuilder()
        .subject_name(_SUBJECT)
        .issuer_name(issuing.subject)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(start)
        .not_valid_after(issuing.not_valid_after_utc)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_ONLY_SIGNS, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
        .add_extension(named, critical=False)
        .sign(authority, hashes.SHA256())
    )
    return certificate.public_bytes(serialization.Encoding.DER)


_ONLY_SIGNS: Final = x509.KeyUsage(
    digital_signature=True,
    content_commitment=False,
    key_encipherment=False,
    data_encipherment=False,
    key_agreement=False,
    key_cert_sign=False,
    crl_sign=False,
    encipher_only=False,
    decipher_only=False,
)
