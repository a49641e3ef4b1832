"""Is this certificate genuine, and does it still hold?

A signature alone does not tell: a file can be prepared so that it shows something else after it
was signed (shadow attacks) and still passes every PAdES check. So the hash of the whole file must
be in the log of what was issued, and a file found there needs no parsing: only where revocation
lists are given is its signer looked up, in bytes that are known to be ours.
"""

import datetime as dt
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from certificates.status import CertificateState
from certificates.verdicts import (
    CheckVerdict,
    Freshness,
    Inspection,
    Integrity,
    IssuerTrust,
    Listing,
    Standing,
)

_MAGIC = b"%PDF-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How much of an upload is read at all; certificates are one page of about 130 KB."""

    bytes: int = 5_000_000
    pages: int = 20
    objects: int = 2_000
    """Of all updates together; certificates have about 110."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """What the log knows of a certificate that was issued."""

    number: str
    state: CertificateState
    issued_at: dt.datetime
    """Proves when the signature existed: by then the signer must not have been revoked."""
    valid_until: dt.datetime
    provisional: bool = False


class IssueLog(Protocol):
    """The log of issued files, and of the same files upgraded for the long term."""

    def find(self, sha256: str) -> LogEntry | None:
        """Return the entry of the certificate one of whose files has that hash.

        Args:
            sha256: 64 lower-case hex digits. A certificate may have several: the file as it was
                issued, and each upgrade that was logged; no other addition is known.
        """


class Inspector(Protocol):
    """Looks into a file; implementations: `inspection.PdfInspector`, `workers.Inspectors`."""

    def inspect(
        self, data: bytes, *, now: dt.datetime, limits: Limits, crls: Sequence[bytes] = ()
    ) -> Inspection:
        """Check signature and signer as of `now`; never raises for what the file holds."""

    def signer_revoked(
        self, data: bytes, *, crls: Sequence[bytes], now: dt.datetime, proven_at: dt.datetime
    ) -> bool:
        """Tell whether a file found in the log was signed with a certificate revoked by then."""


def check_pdf(
    data: bytes,
    *,
    inspector: Inspector,
    log: IssueLog,
    now: dt.datetime,
    limits: Limits,
    crls: Sequence[bytes] = (),
) -> CheckVerdict:
    """Check an uploaded file.

    Security checks:
        1. the size is in the limits before anything else is done;
        2. the hash of the whole file is looked up; exactly what was issued is intact and ours;
        3. unless its signer had been revoked when it was issued;
        4. a file that does not begin like a PDF is not parsed;
        5. anything else is inspected without network, by an inspector with limits;
        6. and is never valid, whatever its signature says: it is not in the log.

    Args:
        data: the upload.
        inspector: parses what the log does not know; use one in a limited process for uploads.
        log: of issued files.
        now: aware.
        limits: for the upload.
        crls: revocation lists (DER) of those who certify signers; with none, revocation is not
            examined.

    Raises:
        CertificateError: CHECKER_BUSY from the inspector.
    """
    if len(data) > limits.bytes:  # 1
        return _unlisted(Inspection(integrity=Integrity.TOO_LARGE))
    entry = log.find(hashlib.sha256(data).hexdigest())
    if entry is not None:  # 2
        revoked = bool(crls) and inspector.signer_revoked(
            data, crls=crls, now=now, proven_at=entry.issued_at
        )
        issuer = IssuerTrust.SIGNER_REVOKED if revoked else IssuerTrust.TRUSTED  # 3
        return _listed(entry, Inspection(integrity=Integrity.INTACT, issuer=issuer), now=now)
    if not data.startswith(_MAGIC):  # 4
        return _unlisted(Inspection(integrity=Integrity.NOT_A_PDF))
    return _unlisted(inspector.inspect(data, now=now, limits=limits, crls=crls))  # 5, 6


def check_entry(
    entry: LogEntry | None, *, now: dt.datetime, issuer: IssuerTrust = IssuerTrust.NOT_CHECKED
) -> CheckVerdict:
    """Tell what the log says of a certificate named by id and code, without its file.

    Args:
        entry: nothing where the log does not know it.
        now: aware.
        issuer: what its QR proves, where one was read.
    """
    unseen = Inspection(integrity=Integrity.NOT_CHECKED, issuer=issuer)
    return _unlisted(unseen) if entry is None else _listed(entry, unseen, now=now)


def _listed(entry: LogEntry, inspection: Inspection, *, now: dt.datetime) -> CheckVerdict:
    return CheckVerdict(
        integrity=inspection.integrity,
        issuer=inspection.issuer,
        status=Standing(entry.state.name),
        freshness=_freshness(entry, now=now),
        in_our_log=Listing.LISTED,
        number=entry.number,
    )


def _unlisted(inspection: Inspection) -> CheckVerdict:
    return CheckVerdict(
        integrity=inspection.integrity,
        issuer=inspection.issuer,
        status=Standing.UNKNOWN,
        freshness=Freshness.UNKNOWN,
        in_our_log=Listing.UNLISTED,
    )


def _freshness(entry: LogEntry, *, now: dt.datetime) -> Freshness:
    if now < entry.issued_at:
        return Freshness.NOT_YET_VALID
    if now >= entry.valid_until:
        return Freshness.EXPIRED
    return Freshness.PROVISIONAL if entry.provisional else Freshness.CURRENT
