"""Opens and seals what a verification session keeps, each value for its own place."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from app.core.fields import FieldCipher, Place
from app.identity.models.seen_frame import SeenCapture
from app.identity.models.verification import (
    WHOLE,
    StepEvidence,
    VerificationSession,
    VerificationStep,
)


class Standing(StrEnum):
    """What the registry's answer means for a session; the caller never learns it."""

    ENROLLED = "ENROLLED"
    """Alive, of age, and the reference photograph shows one usable face."""
    UNKNOWN = "UNKNOWN"
    """No such number, or another name."""
    DECEASED = "DECEASED"
    MINOR = "MINOR"
    """Under 14: a guardian has to verify."""
    NO_REFERENCE = "NO_REFERENCE"
    """No photograph, or none that can be used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """Who the caller says they are, and what the registry said."""

    citizen_number: str
    name: str
    standing: Standing


class SessionSeals:
    """Seals for the tables of verification sessions."""

    def __init__(self, cipher: FieldCipher) -> None:
        """Take the cipher."""
        self._cipher = cipher

    def seal(self, session_id: str, column: str, value: bytes | str) -> bytes:
        """Seal a column of a session."""
        return self._cipher.seal(value, _of_session(session_id, column))

    def seal_subject(self, session_id: str, subject: Subject) -> bytes:
        """Seal who a session is about."""
        return self.seal(session_id, "subject", json.dumps(asdict(subject), ensure_ascii=False))

    def seal_audit(self, session_id: str, record: Mapping[str, object]) -> bytes:
        """Seal the figures of a judgement."""
        return self.seal(session_id, "audit", json.dumps(record, ensure_ascii=False))

    def subject(self, session: VerificationSession) -> Subject:
        """Who a live session is about."""
        told: dict[str, Any] = json.loads(self._open(session.id, "subject", session.subject))
        return Subject(
            citizen_number=told["citizen_number"],
            name=told["name"],
            standing=Standing(told["standing"]),
        )

    def challenge(self, session: VerificationSession) -> bytes:
        """The steps drawn for a live session."""
        return self._open(session.id, "challenge", session.challenge)

    def template(self, session: VerificationSession) -> bytes | None:
        """The reference template of a live session, if its subject can pass at all."""
        if session.template is None:
            return None
        return self._open(session.id, "template", session.template)

    def audit(self, session: VerificationSession) -> dict[str, Any]:
        """The figures behind an ended session, for an operator with the right to see them."""
        told: dict[str, Any] = json.loads(self._open(session.id, "audit", session.audit))
        return told

    def seal_step(self, row: StepRow, value: bytes) -> bytes:
        """Seal the one sealed column of a step's row."""
        return self._cipher.seal(value, row.place)

    def open_step(self, row: StepRow, sealed: bytes) -> bytes:
        """Open the one sealed column of a step's row."""
        return self._cipher.open(sealed, row.place)

    def receipt(self, session: VerificationSession) -> str | None:
        """The signed receipt of an ended session, if it has one."""
        if session.receipt is None:
            return None
        return self._open(session.id, "receipt", session.receipt).decode()

    def _open(self, session_id: str, column: str, sealed: bytes | None) -> bytes:
        if sealed is None:  # the table's constraints rule it out for a live session
            raise LookupError(column)
        return self._cipher.open(sealed, _of_session(session_id, column))


@dataclass(frozen=True, slots=True)
class StepRow:
    """A row that belongs to a step, or to a part of one."""

    kind: type[VerificationStep | StepEvidence | SeenCapture]
    session_id: str
    n: int
    part: int = WHOLE

    @property
    def place(self) -> Place:
        """Where its one sealed column lives."""
        row = f"{self.session_id}/{self.n}" + ("" if self.part == WHOLE else f"/{self.part}")
        return Place(self.kind.__tablename__, self.kind.SEALED[0], row)


def _of_session(session_id: str, column: str) -> Place:
    return Place(VerificationSession.__tablename__, column, session_id)
