"""Certificates on the operators' wire."""

from __future__ import annotations

from datetime import datetime

from pydantic import Field
from pydantic.config import JsonDict

from app.core.http.bodies import JsonBody
from app.core.http.replies import Reply
from app.documents.models import REVOKED, SUSPENDED, VALID
from app.documents.moves import REASONS
from app.documents.schemas.certificates import StatusPlaceReply, TitlesReply


def _leading_to(state: str) -> JsonDict:
    """The reasons of one state, for the contract; a wrong one is refused with a code of its own."""
    return {"enum": [*sorted(REASONS[state])]}


class SuspensionBody(JsonBody):
    """Why a certificate is not to be relied on for now."""

    reason: str = Field(max_length=64, json_schema_extra=_leading_to(SUSPENDED))


class ResumptionBody(JsonBody):
    """Why a suspension is over."""

    reason: str = Field(max_length=64, json_schema_extra=_leading_to(VALID))


class RevocationBody(JsonBody):
    """Why a certificate is not to be relied on, ever."""

    reason: str = Field(max_length=64, json_schema_extra=_leading_to(REVOKED))


class MovedReply(Reply):
    """A certificate that was moved."""

    id: str
    status: str
    reason: str


class CertificateStepReply(Reply):
    """One change."""

    at: datetime
    status: str
    reason: str
    by: str
    """Opaque: an operator, a member of staff, a source, the system, or `holder`."""


class OverseenReply(Reply):
    """A certificate as an operator sees it: nothing of its holder."""

    id: str
    type: str
    titles: TitlesReply
    number: str
    version: int
    status: str
    """valid, suspended, superseded, revoked or expired."""
    reason: str | None
    """Why it stands where it does; left out where it has stood there since issue."""
    issued_at: datetime
    valid_until: datetime
    provisional: bool
    confirmed_at: datetime | None
    status_list: StatusPlaceReply | None
    history: list[CertificateStepReply]
    """Newest first, the latest hundred."""
