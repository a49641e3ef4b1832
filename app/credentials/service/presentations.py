"""Presentations: a verifier asks, a holder answers, and the answer is judged once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import select, update

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.core.clock import Clock
from app.core.database import Database
from app.core.fields import FieldCipher
from app.core.ids import new_id
from app.core.jose import base64url
from app.credentials import errors
from app.credentials.models import IssuedCredential, PresentationRequest
from app.credentials.ports import CertificateFacts, Certificates, Limits, Mint
from app.credentials.records import Fault, Part, Shown, Wanted
from app.credentials.service.offers import VALID

LASTS: Final = timedelta(minutes=10)
_RATE: Final = "checks"
_NONCE_USE: Final = "presentation-nonce"
_CHECKER: Final = Actor(kind="system", id="public-check", name="public check")
_GOOD: Final[Mapping[str, str]] = {
    "form": "WELL_FORMED",
    "issuer": "TRUSTED",
    "signature": "INTACT",
    "type": "WANTED",
    "validity": "IN_FORCE",
    "disclosures": "SIGNED",
    "binding": "BOUND",
    "in_our_log": "LISTED",
    "status": "VALID",
}
"""The questions in the order they are asked, and the good answer to each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedPresentation:
    """What a verifier hands to a holder."""

    id: str
    """The verifier's; the holder does not need it."""
    nonce: str
    audience: str
    vcts: Sequence[str]
    expires_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PresentationVerdict:
    """Answers kept apart: a signature may hold on a credential whose certificate was withdrawn."""

    parts: Mapping[str, Part]
    """By question, in the order they were asked."""
    type_code: str | None
    claims: Mapping[str, Any] | None = field(repr=False)
    """What was shown; told only where everything holds."""
    expires_at: datetime | None

    @property
    def valid(self) -> bool:
        """The one answer: rely on it or not."""
        return all(part.ok for part in self.parts.values())


class PresentationChecks:
    """Asks for presentations and judges them, for anybody who verifies."""

    def __init__(
        self,
        *,
        mint: Mint,
        certificates: Certificates,
        database: Database,
        accesses: AccessLog,
        cipher: FieldCipher,
        limits: Limits,
        clock: Clock,
    ) -> None:
        """Take the ports; `limits` knows a rate named "checks"."""
        self._mint = mint
        self._certificates = certificates
        self._database = database
        self._accesses = accesses
        self._cipher = cipher
        self._limits = limits
        self._clock = clock

    def ask(self, *, audience: str, types: Sequence[str], address: str) -> AskedPresentation:
        """Begin: draw a nonce for this verifier.

        Args:
            audience: how the verifier is named to the holder; their wallet signs it.
            types: codes of the kinds that are wanted; none: every kind.
            address: of the network, where the question comes from.

        Raises:
            DomainError: TOO_MANY_REQUESTS; CREDENTIAL_TYPE_UNKNOWN with a pointer.
        """
        self._hit(address)
        kinds = {kind.code: kind.vct for kind in self._mint.kinds()}
        for at, code in enumerate(types):
            if code not in kinds:
                raise errors.TYPE_UNKNOWN(pointer=f"/types/{at}")
        now = self._clock.now()
        row = PresentationRequest(
            id=new_id("vpr", now),
            audience=audience,
            types=list(types),
            created_at=now,
            expires_at=now + LASTS,
        )
        with self._database.transaction() as tx:
            tx.add(row)
            tx.flush()
        return AskedPresentation(
            id=row.id,
            nonce=self._nonce(row.id),
            audience=audience,
            vcts=[kinds[code] for code in types or kinds],
            expires_at=row.expires_at,
        )

    def check(self, request_id: str, presentation: str, *, address: str) -> PresentationVerdict:
        """Judge what a holder showed.

        1. The address may check. 2. The request is known, not over and not answered yet: one
        update decides, and whatever comes of it the nonce counted. 3. The presentation by itself:
        form, issuer, signature, type, time, disclosures, holder's key over this request. 4. The
        credential is one we issued. 5. Its certificate still holds. 6. The holder can see that it
        was checked, and what was shown.

        Raises:
            DomainError: TOO_MANY_REQUESTS, PRESENTATION_REQUEST_UNKNOWN,
                PRESENTATION_REQUEST_USED or PRESENTATION_REQUEST_EXPIRED.
        """
        self._hit(address)  # 1
        wanted = self._taken(request_id)  # 2
        found = self._mint.read(presentation, wanted=wanted, now=self._clock.now())  # 3
        if isinstance(found, Fault):
            return _refused(found)
        with self._database.transaction() as tx:
            row = tx.scalar(
                select(IssuedCredential).where(IssuedCredential.signed_sha256 == found.sha256)
            )
            if row is None:  # 4
                return _refused(Fault(part="in_our_log", code="UNLISTED"))
            certificate = self._certificates.known(row.certificate_id)
            self._record(certificate, found)  # 6
        if certificate.status != VALID:  # 5
            return _refused(Fault(part="status", code=certificate.status.upper()))
        return PresentationVerdict(
            parts={name: Part(ok=True, code=code) for name, code in _GOOD.items()},
            type_code=found.type_code,
            claims=found.claims,
            expires_at=found.expires_at,
        )

    def _taken(self, request_id: str) -> Wanted:
        row, now = PresentationRequest, self._clock.now()
        statement = (
            update(row)
            .where(row.id == request_id, row.used_at.is_(None), row.expires_at > now)
            .values(used_at=now)
            .returning(row.audience, row.types)
            .execution_options(synchronize_session=False)
        )
        with self._database.transaction() as tx:
            taken = tx.execute(statement).one_or_none()
            known = tx.get(PresentationRequest, request_id)
        if taken is not None:
            return Wanted(types=taken.types, audience=taken.audience, nonce=self._nonce(request_id))
        if known is None:
            raise errors.PRESENTATION_REQUEST_UNKNOWN()
        if known.used_at is not None:
            raise errors.PRESENTATION_REQUEST_USED()
        raise errors.PRESENTATION_REQUEST_EXPIRED()

    def _nonce(self, request_id: str) -> str:
        """A function of the request and our key: the database holds no nonce."""
        return base64url.encode(self._cipher.index(_NONCE_USE, request_id))

    def _hit(self, address: str) -> None:
        self._limits.hit(_RATE, self._cipher.index("address", address).hex())

    def _record(self, certificate: CertificateFacts, shown: Shown) -> None:
        groups = (one for one in shown.claims.values() if isinstance(one, dict))
        self._accesses.record(
            person_id=certificate.person_id,
            actor=_CHECKER,
            action=actions.CREDENTIAL_CHECKED,
            purpose=f"certificate:{certificate.type}",
            fields=sorted({name for group in groups for name in group}),
        )


def _refused(fault: Fault) -> PresentationVerdict:
    """Everything before the fault was asked and answered well, everything after was not asked."""
    names = list(_GOOD)
    at = names.index(fault.part)
    parts = {name: Part(ok=True, code=_GOOD[name]) for name in names[:at]}
    parts[fault.part] = Part(ok=False, code=fault.code)
    parts |= {name: Part(ok=None, code="NOT_CHECKED") for name in names[at + 1 :]}
    return PresentationVerdict(parts=parts, type_code=None, claims=None, expires_at=None)
