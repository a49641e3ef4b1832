"""What revocation lists, given and never fetched, say of a certificate (RFC 5280, 5)."""

import datetime as dt
from collections.abc import Iterator, Sequence
from enum import Enum, auto
from typing import Final

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

_UNREADABLE: Final = (ValueError, TypeError, InvalidSignature, UnsupportedAlgorithm)


class Revocation(Enum):
    """What is known."""

    GOOD = auto()
    REVOKED = auto()
    UNKNOWN = auto()
    """No list of its authority is current."""


def revocation(
    one: x509.Certificate,
    *,
    authority: x509.Certificate,
    crls: Sequence[bytes],
    now: dt.datetime,
    proven_at: dt.datetime | None = None,
) -> Revocation:
    """Look a certificate up.

    A list whose time is over still tells who was revoked; only its silence says nothing more.

    Args:
        one: the certificate.
        authority: who issued it, and signs the list.
        crls: DER; those that are unreadable, of others or partial are passed over.
        now: aware.
        proven_at: when the signature is known to have existed, by our own log. One that is older
            than the revocation, or than the day from which the key was suspected, stays good.
    """
    current = False
    for crl in _of(authority, crls):
        entry = crl.get_revoked_certificate_by_serial_number(one.serial_number)
        if entry is not None and _counts(entry, proven_at):
            return Revocation.REVOKED
        current = current or _is_current(crl, now)
    return Revocation.GOOD if current else Revocation.UNKNOWN


def _of(
    authority: x509.Certificate, crls: Sequence[bytes]
) -> Iterator[x509.CertificateRevocationList]:
    for der in crls:
        try:
            crl = x509.load_der_x509_crl(der)
            key = authority.public_key()
            ours = crl.issuer == authority.subject and crl.is_signature_valid(key)  # type: ignore[arg-type] # a TypeError for the rest
            if ours and _is_whole(crl):
                yield crl
        except _UNREADABLE:
            continue


def _is_whole(crl: x509.CertificateRevocationList) -> bool:
    """Tell whether a list speaks of all certificates; RFC 5280 refuses unknown critical words."""
    for extension in crl.extensions:
        point = extension.value
        if isinstance(point, x509.IssuingDistributionPoint):
            parts = point.only_some_reasons, point.indirect_crl, point.only_contains_attribute_certs
            if any(parts):
                return False
        elif extension.critical:
            return False
    return True


def _is_current(crl: x509.CertificateRevocationList, now: dt.datetime) -> bool:
    ends = crl.next_update_utc
    return crl.last_update_utc <= now and ends is not None and now <= ends


def _counts(entry: x509.RevokedCertificate, proven_at: dt.datetime | None) -> bool:
    if _value(entry, x509.CRLReason, "reason") is x509.ReasonFlags.remove_from_crl:
        return False
    since = _value(entry, x509.InvalidityDate, "invalidity_date_utc")
    begins = since if isinstance(since, dt.datetime) else entry.revocation_date_utc
    return proven_at is None or proven_at >= begins


def _value(entry: x509.RevokedCertificate, kind: type[x509.ExtensionType], name: str) -> object:
    try:
        return getattr(entry.extensions.get_extension_for_class(kind).value, name)
    except (x509.ExtensionNotFound, ValueError):
        return None
