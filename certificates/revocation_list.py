"""Signed lists of revoked certificates (RFC 5280, 5): who revoked nothing publishes that, too.

A list is the same whichever process makes it: its time and number follow from the record and the
clock's period, so there is no counter to keep, and no two lists of one number differ.
"""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec

from certificates.revocation import Reason, Revocation

_NUMBER_BITS = 20
"""Of a list's number, for the revocations; the period stands above them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """How often a list is made anew, and how long one may be relied on."""

    period: dt.timedelta
    life: dt.timedelta


ISSUING = Rhythm(period=dt.timedelta(hours=6), life=dt.timedelta(hours=24))
ROOT = Rhythm(period=dt.timedelta(days=30), life=dt.timedelta(days=90))
"""The root's key lies elsewhere in real life; its list changes rarely."""
_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def revocation_list(
    revocations: Sequence[Revocation],
    *,
    issuer: x509.Certificate,
    key: ec.EllipticCurvePrivateKey,
    rhythm: Rhythm,
    now: dt.datetime,
) -> x509.CertificateRevocationList:
    """Make the list that holds now.

    Args:
        revocations: all there ever were, oldest first.
        issuer: whose list.
        key: the issuer's.
        rhythm: of this list.
        now: aware.
    """
    periods = (now - _EPOCH) // rhythm.period
    # Never older than the newest entry: a list of the same period without it was there before.
    start = max([_EPOCH + periods * rhythm.period, *(one.at for one in revocations)])
    builder = (
        x509.CertificateRevocationListBuilder()
        .issuer_name(issuer.subject)
        .last_update(start)
        .next_update(start + rhythm.life)
        .add_extension(x509.CRLNumber(periods << _NUMBER_BITS | len(revocations)), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(key.public_key()), critical=False
        )
    )
    for one in revocations:
        builder = builder.add_revoked_certificate(_entry(one))
    return builder.sign(key, hashes.SHA256(), ecdsa_deterministic=True)


def _entry(one: Revocation) -> x509.RevokedCertificate:
    builder = x509.RevokedCertificateBuilder().serial_number(one.serial).revocation_date(one.at)
    # "Unspecified" is said by saying nothing (RFC 5280, 5.3.1).
    if one.reason is not Reason.UNSPECIFIED:
        builder = builder.add_extension(x509.CRLReason(one.reason.flag), critical=False)
    return builder.build()
