"""The certificates library's words in the terms of this service: refusals, types, verdicts."""

from __future__ import annotations

from typing import Final

import structlog

from app.core.errors import BUSY, DomainError, ErrorKind
from app.documents import errors
from app.documents.records import DocumentType, Logged, Part, Titles, Verdict
from certificates.checking import LogEntry
from certificates.departments import Bilingual
from certificates.errors import CertificateError, ErrorCode, FactRefused
from certificates.spec.kind import CertificateType
from certificates.status import CertificateState
from certificates.verdicts import CheckVerdict, Freshness, Integrity, IssuerTrust, Listing, Standing

_BUSY_RETRY_S: Final = 2
_STALE_RETRY_S: Final = 60
KINDS: Final[dict[ErrorCode, ErrorKind]] = {
    ErrorCode.TYPE_UNKNOWN: errors.TYPE_UNKNOWN,
    ErrorCode.FIELD_MISSING: errors.FACT_MISSING,
    ErrorCode.IMAGE_INVALID: errors.FACT_MISSING,
    ErrorCode.FIELDS_INVALID: errors.FACT_NOT_GIVEN,
    ErrorCode.FACT_REFUSED: errors.FACT_REFUSED,
    ErrorCode.SOURCE_NOT_LIVE: errors.SOURCE_NOT_LIVE,
    ErrorCode.DATA_STALE: errors.DATA_STALE,
    ErrorCode.CHECK_CODE_INVALID: errors.CHECK_CODE_MALFORMED,
    ErrorCode.CHECKER_BUSY: BUSY,
    ErrorCode.MAKER_BUSY: BUSY,
    ErrorCode.TYPE_INVALID: errors.NOT_MADE,
    ErrorCode.GLYPH_MISSING: errors.NOT_MADE,
    ErrorCode.RENDER_FAILED: errors.NOT_MADE,
    ErrorCode.SIGNATURE_TOO_LARGE: errors.NOT_MADE,
    ErrorCode.PDF_UNEXPECTED: errors.NOT_MADE,
    ErrorCode.NUMBER_INVALID: errors.NOT_MADE,
    ErrorCode.TOKEN_INVALID: errors.NOT_MADE,
    ErrorCode.CREDENTIAL_INVALID: errors.NOT_MADE,
    ErrorCode.STATUS_LIST_INVALID: errors.NOT_MADE,
    ErrorCode.KEY_UNSAFE: errors.NOT_MADE,
    ErrorCode.KEY_INVALID: errors.NOT_MADE,
    ErrorCode.HSM_REFUSED: errors.NOT_MADE,
    ErrorCode.PKI_INCONSISTENT: errors.NOT_MADE,
    ErrorCode.TRANSITION_REFUSED: errors.NOT_MADE,
    ErrorCode.SIGNER_UNKNOWN: errors.SIGNER_UNKNOWN,
    ErrorCode.SIGNER_REVOKED: errors.NOT_MADE,
    ErrorCode.REQUEST_INVALID: errors.NOT_MADE,
    ErrorCode.AUTHORITY_UNAVAILABLE: errors.NOT_MADE,
    ErrorCode.AUTHORITY_INVALID: errors.NOT_MADE,
    ErrorCode.UPGRADE_REFUSED: errors.NOT_MADE,
}
"""What each refusal of the library becomes for the caller."""
_RETRY: Final = {
    BUSY.code: _BUSY_RETRY_S,
    errors.DATA_STALE.code: _STALE_RETRY_S,
    errors.SOURCE_NOT_LIVE.code: _STALE_RETRY_S,
}
_SOME_SOURCE: Final = Titles(zh="部门数据", en="department's register")
"""Where no single source is at fault."""
_POINTERS: Final = {errors.TYPE_UNKNOWN.code: "/type", errors.CHECK_CODE_MALFORMED.code: "/code"}
_GOOD: Final = frozenset(
    {
        Integrity.INTACT,
        IssuerTrust.TRUSTED,
        IssuerTrust.QR_TRUSTED,
        Standing.VALID,
        Freshness.CURRENT,
        Freshness.PROVISIONAL,
        Listing.LISTED,
    }
)
_OPEN: Final = frozenset({"NOT_CHECKED", "UNKNOWN"})
"""Codes of questions that could not be asked."""
log = structlog.get_logger("documents")


def refusal(refused: CertificateError, *, source: Titles | None) -> DomainError:
    """Return what a refusal of the library becomes.

    Args:
        refused: by the library.
        source: what the source at fault is called; None where no single one is.
    """
    kind = KINDS[refused.code]
    if kind is errors.NOT_MADE:
        log.error("certificate_not_made", kind=refused.code.value)
    if isinstance(refused, FactRefused):
        members = {"source": refused.source, "reason": refused.reason}
        return errors.saying(kind, zh=refused.zh, en=refused.en)(members=members)
    named = source or _SOME_SOURCE
    return errors.naming(kind, zh=named.zh, en=named.en)(
        retry_after=_RETRY.get(kind.code),
        pointer=_POINTERS.get(kind.code),
        members={} if refused.source is None else {"source": refused.source},
    )


def document_type(kind: CertificateType) -> DocumentType:
    """Return a type."""
    return DocumentType(
        code=kind.code,
        titles=titles(kind.titles),
        legal_basis=titles(kind.spec.legal_basis),
        level=kind.level,
        validity_days=kind.spec.validity_days,
        needs=kind.needs(),
        sources={source: titles(names) for source, names in kind.source_names.items()},
        keepable=kind.keepable(),
    )


def titles(words: Bilingual) -> Titles:
    """Return words in both languages."""
    return Titles(zh=words.zh, en=words.en)


def log_entry(logged: Logged) -> LogEntry:
    """Return what our log knows of a certificate."""
    return LogEntry(
        number=logged.number,
        state=CertificateState(logged.state),
        issued_at=logged.issued_at,
        valid_until=logged.valid_until,
        provisional=logged.provisional,
    )


def verdict(found: CheckVerdict) -> Verdict:
    """Return a verdict, part by part."""
    return Verdict(
        integrity=_part(found.integrity),
        issuer=_part(found.issuer),
        status=_part(found.status),
        freshness=_part(found.freshness),
        in_our_log=_part(found.in_our_log),
        valid=found.valid,
    )


def _part(code: Integrity | IssuerTrust | Standing | Freshness | Listing) -> Part:
    if code in _GOOD:
        return Part(ok=True, code=code.value)
    return Part(ok=None if code.value in _OPEN else False, code=code.value)
