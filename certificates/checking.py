"""Is this certificate genuine, and does it still hold?

A signature alone does not tell: a file can be prepared so that it shows something else after it
was signed (shadow attacks) and still passes every PAdES check. So the hash of the whole file must
be in the log of what was issued, and a file found there needs no parsing at all.
"""

import datetime as dt
import hashlib
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


@dataclass(frozen=True, slots=True, kw_only=True)
class LogEntry:
    """What the log knows of a certificate that was issued."""

    number: str
    state: CertificateState
    issued_at: dt.datetime
    valid_until: dt.datetime
    provisional: bool = False


class IssueLog(Protocol):
    """The log of issued files."""

    def find(self, sha256: str) -> LogEntry | None:
        """Return the entry of the file with that hash (64 lower-case hex digits)."""


class Inspector(Protocol):
    """Looks into a file; implementations: `inspection.PdfInspector`, `workers.Inspectors`."""

    def inspect(self, data: bytes, *, now: dt.datetime, limits: Limits) -> Inspection:
        """Check signature and signer as of `now`; never raises for what the file holds."""


def check_pdf(
    data: bytes,
    *,
    inspector: Inspector,
    log: IssueLog,
    now: dt.datetime,
    limits: Limits,
) -> CheckVerdict:
    """Check an uploaded file.

    Security checks:
        1. the size is in the limits before anything else is done;
        2. the hash of the whole file is looked up; exactly what was issued is intact and ours;
        3. a file that does not begin like a PDF is not parsed;
        4. anything else is inspected without network, by an inspector with limits;
        5. and is never valid, whatever its signature says: it is not in the log.

    Args:
        data: the upload.
        inspector: parses what the log does not know; use one in a limited process for uploads.
        log: of issued files.
        now: aware.
        limits: for the upload.

    Raises:
        CertificateError: CHECKER_BUSY from the inspector.
    """
    if len(data) > limits.bytes:  # 1
        return _unlisted(Inspection(integrity=Integrity.TOO_LARGE))
    entry = log.find(hashlib.sha256(data).hexdigest())
    if entry is not None:  # 2
        intact = Inspection(integrity=Integrity.INTACT, issuer=IssuerTrust.TRUSTED)
        return _listed(entry, intact, now=now)
    if not data.startswith(_MAGIC):  # 3
        return _unlisted(Inspection(integrity=Integrity.NOT_A_PDF))
    return _unlisted(inspector.inspect(data, now=now, limits=limits))  # 4, 5


def check_entry(entry: LogEntry, *, now: dt.datetime) -> CheckVerdict:
    """Tell what the log says of a certificate named by id and code, without its file."""
    unseen = Inspection(integrity=Integrity.NOT_CHECKED, issuer=IssuerTrust.NOT_CHECKED)
    return _listed(entry, unseen, now=now)


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
