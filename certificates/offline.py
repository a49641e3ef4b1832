"""The check without us: a file, our published root, and lists of what was revoked.

It proves that a department of ours signed exactly this, and that its time is not over. It cannot
know whether the certificate was withdrawn since: that is for the log, by the address in its QR.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from certificates.checking import Inspector, Limits
from certificates.reading.statement import AttachedStatement
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
_IN_TIME = {Freshness.CURRENT, Freshness.PROVISIONAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineVerdict:
    """Three parts judged, two left to the log."""

    verdict: CheckVerdict
    statement: AttachedStatement | None = None
    """Of a file that is intact and ours."""

    @property
    def genuine(self) -> bool:
        """Whether a department of ours signed exactly this, and it is within its time."""
        signed = (self.verdict.integrity, self.verdict.issuer) == (
            Integrity.INTACT,
            IssuerTrust.TRUSTED,
        )
        return signed and self.verdict.freshness in _IN_TIME


def check_offline(
    data: bytes,
    *,
    inspector: Inspector,
    now: dt.datetime,
    limits: Limits,
    crls: Sequence[bytes] = (),
) -> OfflineVerdict:
    """Check a file without the log.

    Security checks:
        1. the size is in the limits, and it begins like a PDF;
        2. the inspector finds it intact and signed by ours;
        3. only then is its statement read, for the time it claims.

    Args:
        data: the file.
        inspector: with the published root.
        now: aware.
        limits: for the file.
        crls: revocation lists (DER), one of each authority; with none, revocation is not examined.
    """
    if len(data) > limits.bytes:  # 1
        return _judged(Inspection(integrity=Integrity.TOO_LARGE))
    if not data.startswith(_MAGIC):
        return _judged(Inspection(integrity=Integrity.NOT_A_PDF))
    found = inspector.inspect(data, now=now, limits=limits, crls=crls)
    if found != Inspection(integrity=Integrity.INTACT, issuer=IssuerTrust.TRUSTED):  # 2
        return _judged(found)
    statement = AttachedStatement.read(data, most_objects=limits.objects)  # 3
    return _judged(found, statement=statement, freshness=_freshness(statement, now=now))


def told(found: OfflineVerdict) -> dict[str, object]:
    """Return a verdict as JSON's values, without the facts about a person."""
    verdict = found.verdict
    parts = {
        "integrity": verdict.integrity.value,
        "issuer": verdict.issuer.value,
        "status": verdict.status.value,
        "freshness": verdict.freshness.value,
        "in_our_log": verdict.in_our_log.value,
    }
    document: Mapping[str, object] = found.statement.document if found.statement else {}
    certificate = {name: document[name] for name in _PARTICULARS if name in document}
    return {"genuine": found.genuine, "verdict": parts, "certificate": certificate or None}


_PARTICULARS = (
    *("type", "titles", "number", "issuer", "issued_at", "valid_until", "provisional"),
    "check_url",
)


def _judged(
    found: Inspection,
    *,
    statement: AttachedStatement | None = None,
    freshness: Freshness = Freshness.UNKNOWN,
) -> OfflineVerdict:
    number = statement.document.get("number") if statement is not None else None
    verdict = CheckVerdict(
        integrity=found.integrity,
        issuer=found.issuer,
        status=Standing.NOT_CHECKED,
        freshness=freshness,
        in_our_log=Listing.NOT_CHECKED,
        number=number if isinstance(number, str) else None,
    )
    return OfflineVerdict(verdict=verdict, statement=statement)


def _freshness(statement: AttachedStatement | None, *, now: dt.datetime) -> Freshness:
    if statement is None:
        return Freshness.UNKNOWN
    if now < statement.issued_at:
        return Freshness.NOT_YET_VALID
    if now >= statement.valid_until:
        return Freshness.EXPIRED
    return Freshness.PROVISIONAL if statement.provisional else Freshness.CURRENT
