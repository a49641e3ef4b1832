"""Whether a chain leads to a root of ours, holds at a moment, and signs documents (RFC 5280)."""

import datetime as dt
from collections.abc import Sequence
from itertools import pairwise
from typing import Final, TypeVar

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.x509.oid import ObjectIdentifier

from certificates.reading.refusals import STRANGE
from certificates.reading.revocation import Revocation, revocation
from certificates.verdicts import IssuerTrust

_DOCUMENT_SIGNING: Final = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
_Kind = TypeVar("_Kind", bound=x509.ExtensionType)
_NOT_OURS: Final = (*STRANGE, InvalidSignature)


def judge_chain(
    chain: Sequence[x509.Certificate],
    *,
    roots: Sequence[x509.Certificate],
    crls: Sequence[bytes],
    now: dt.datetime,
) -> IssuerTrust:
    """Judge who signed.

    Security checks, the first that fails decides:
        1. each certificate is signed by the next, the last by a root, every one above the
           signer's is a CA whose path may be that long;
        2. all of them hold now;
        3. the signer's may sign documents and cannot be denied, and certifies nothing;
        4. none of them is revoked, and where lists are given, each authority has a current one.

    Args:
        chain: the signer's certificate first, without the root.
        roots: trusted; with none, nobody is.
        crls: revocation lists, DER; with none, revocation is not examined.
        now: aware.
    """
    root = _root(chain, roots)
    if root is None:  # 1
        return IssuerTrust.FOREIGN_ROOT
    whole = (*chain, root)
    if any(now < one.not_valid_before_utc for one in whole):  # 2
        return IssuerTrust.SIGNER_NOT_YET_VALID
    if any(now > one.not_valid_after_utc for one in whole):
        return IssuerTrust.SIGNER_EXPIRED
    if not _signs_documents(chain[0]):  # 3
        return IssuerTrust.SIGNER_UNFIT
    return _unless_revoked(whole, crls=crls, now=now)


def leads_to_root(
    chain: Sequence[x509.Certificate],
    roots: Sequence[x509.Certificate],
    *,
    now: dt.datetime,
) -> bool:
    """Tell whether a chain leads to a root by CAs alone, and all of it holds now."""
    root = _root(chain, roots)
    whole = () if root is None else (*chain, root)
    return bool(whole) and all(
        one.not_valid_before_utc <= now <= one.not_valid_after_utc for one in whole
    )


def find_root(
    chain: Sequence[x509.Certificate], roots: Sequence[x509.Certificate]
) -> x509.Certificate | None:
    """Return the root that signed a chain's last certificate."""
    return next((root for root in roots if _issued(chain[-1], root)), None)


def _root(
    chain: Sequence[x509.Certificate], roots: Sequence[x509.Certificate]
) -> x509.Certificate | None:
    root = find_root(chain, roots)
    if root is None:
        return None
    above = (*chain[1:], root)
    linked = all(_issued(one, next_) for one, next_ in zip(chain, above, strict=True))
    able = all(_certifies(one, below=below) for below, one in enumerate(above))
    return root if linked and able else None


def _issued(one: x509.Certificate, authority: x509.Certificate) -> bool:
    try:
        one.verify_directly_issued_by(authority)
    except _NOT_OURS:
        return False
    return True


def _certifies(one: x509.Certificate, *, below: int) -> bool:
    """Tell whether a certificate is a CA's that may have `below` more CAs under it."""
    basic, usage = extension(one, x509.BasicConstraints), extension(one, x509.KeyUsage)
    if basic is None or usage is None or not (basic.ca and usage.key_cert_sign):
        return False
    return basic.path_length is None or below <= basic.path_length


def _signs_documents(one: x509.Certificate) -> bool:
    basic, usage = extension(one, x509.BasicConstraints), extension(one, x509.KeyUsage)
    uses = extension(one, x509.ExtendedKeyUsage)
    if usage is None or uses is None or (basic is not None and basic.ca):
        return False
    return usage.content_commitment and _DOCUMENT_SIGNING in uses


def extension(one: x509.Certificate, kind: type[_Kind]) -> _Kind | None:
    """Return an extension of a certificate, or nothing."""
    try:
        return one.extensions.get_extension_for_class(kind).value
    except (x509.ExtensionNotFound, x509.DuplicateExtension, *STRANGE):
        return None


def _unless_revoked(
    whole: Sequence[x509.Certificate], *, crls: Sequence[bytes], now: dt.datetime
) -> IssuerTrust:
    if not crls:
        return IssuerTrust.TRUSTED
    found = {
        revocation(one, authority=authority, crls=crls, now=now)
        for one, authority in pairwise(whole)
    }
    if Revocation.REVOKED in found:  # 4
        return IssuerTrust.SIGNER_REVOKED
    unknown = Revocation.UNKNOWN in found
    return IssuerTrust.REVOCATION_UNKNOWN if unknown else IssuerTrust.TRUSTED
