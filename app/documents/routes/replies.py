"""From the service's records to replies."""

from __future__ import annotations

from typing import Any

from app.core.http.services import service
from app.documents.records import Titles, Verdict
from app.documents.schemas.certificates import StatusPlaceReply, TitlesReply
from app.documents.schemas.checks import CheckedReply, CheckReply, PartReply, VerdictReply
from app.documents.service.checks import CheckResult
from app.documents.service.status_lists import StatusLists
from app.documents.service.views import CertificateView


def titles_reply(titles: Titles) -> TitlesReply:
    """Titles on the wire."""
    return TitlesReply(zh=titles.zh, en=titles.en)


def certificate_members(view: CertificateView) -> dict[str, Any]:
    """The members every reply about a certificate has."""
    return {
        "id": view.id,
        "type": view.type,
        "titles": titles_reply(view.titles),
        "number": view.number,
        "version": view.version,
        "status": view.status,
        "issued_at": view.issued_at,
        "valid_until": view.valid_until,
        "provisional": view.provisional,
        "confirmed_at": view.confirmed_at,
        "signature_level": view.signature_level,
        "archived_at": view.archived_at,
        "status_list": _place(view),
    }


def _place(view: CertificateView) -> StatusPlaceReply | None:
    if view.place is None:
        return None
    uri = service(StatusLists).uri(view.place.status_list)
    return StatusPlaceReply(uri=uri, idx=view.place.index)


def check_reply(result: CheckResult) -> CheckReply:
    """A check's result on the wire."""
    return CheckReply(
        valid=result.verdict.valid,
        verdict=_verdict(result.verdict),
        certificate=_checked(result),
    )


def _verdict(verdict: Verdict) -> VerdictReply:
    parts = {name: PartReply(ok=part.ok, code=part.code) for name, part in verdict.parts().items()}
    return VerdictReply(**parts)


def _checked(result: CheckResult) -> CheckedReply | None:
    if result.certificate is None or result.holder is None:
        return None
    members = certificate_members(result.certificate)
    del members["id"]
    return CheckedReply(**members, holder=result.holder)
