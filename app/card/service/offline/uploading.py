"""Codes that a till took without a network, brought in later, each judged on its own."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.card.errors import (
    CODE_CLOCK_OFF,
    CODE_FORGED,
    CODE_UNREADABLE,
    OFFLINE_DOUBLE_USE,
    OFFLINE_TOO_LATE,
    PURPOSE_NOT_ALLOWED,
)
from app.card.offline_models import ACCEPTED
from app.card.policy import CardPolicy
from app.card.ports import Uses
from app.card.service.offline.consuming import ShownCode
from app.card.service.offline.judging import Judgement, Sale, holder_of, judge_upload
from app.card.service.presence import PresenceTokens
from app.core.access.principals import Terminal
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import ErrorKind
from app.core.keys.provider import SigningRing
from app.outbox.service.posting import Outbox
from codes import presentation
from codes.checking import reason_against_signatures
from codes.errors import MalformedError
from codes.keys import IssuerKeys
from codes.presentation import SLICE, Presentation

DOUBLE_USE: Final = "card.offline_double_use"
"""Topic of the outbox: a code was uploaded that had been accepted before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """One code and what was sold on it."""

    code: str = field(repr=False)
    sale: Sale


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was made of one upload."""

    sale_id: str
    verdict: str
    """ACCEPTED, or a refusal's code."""
    upload_id: str | None = None
    """None where no judgement was written down: the code is nobody's, or may yet be accepted."""
    repeated: bool = False
    """Whether it was judged before."""
    presence_token: str | None = field(default=None, repr=False)
    """For an accepted one: by it the sale is settled."""
    expires_at: datetime | None = None
    """Of the presence token."""


class OfflineUploading:
    """Takes uploads."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        accesses: AccessLog,
        limits: Uses,
        outbox: Outbox,
        ring: SigningRing,
        presence: PresenceTokens,
        policy: CardPolicy,
    ) -> None:
        """Take the ports.

        Args:
            database: where credentials live.
            clock: tells the time.
            accesses: the access log.
            limits: with the rate "offline_uploads".
            outbox: hears of double uses.
            ring: the signing ring "card".
            presence: makes presence tokens.
            policy: caps and times.
        """
        self._database = database
        self._clock = clock
        self._accesses = accesses
        self._limits = limits
        self._outbox = outbox
        self._ring = ring
        self._presence = presence
        self._policy = policy

    def take(self, terminal: Terminal, uploads: Sequence[Upload]) -> list[Outcome]:
        """Judge each upload in a transaction of its own, so that one cannot hold up another.

        Repeatable by nature: the same code for the same sale from the same till gets its first
        judgement again, an accepted one with a presence token that begins now. A till that was
        stopped before it settled asks again; the presentation pays once all the same.

        Args:
            terminal: the caller, authenticated and active: the route's guard saw to it.
            uploads: in any order.

        Raises:
            DomainError: TOO_MANY_REQUESTS; UNAVAILABLE: those judged so far stay judged.
        """
        self._limits.hit("offline_uploads", terminal.terminal_id)
        keys = IssuerKeys.read(self._ring.public_jwks())
        return [self._take(terminal, upload, keys) for upload in uploads]

    def _take(self, terminal: Terminal, upload: Upload, keys: IssuerKeys) -> Outcome:
        """Judge one.

        1. It has the form of a code.
        2. The issuer signed its credential, and the credential's key the code.
        3. The terminal may ask for its purpose.
        4. Its minute is neither in the future nor too long ago.
        5. What the database knows of the credential allows it: `judge_upload`.
        """
        shown = _read(upload.code)  # 1
        if shown is None:
            return _unknown(upload, CODE_UNREADABLE)
        if reason_against_signatures(shown, keys) is not None:  # 2
            return _unknown(upload, CODE_FORGED)
        now = self._clock.now()
        code = ShownCode(presentation=shown, text=upload.code, terminal_id=terminal.terminal_id)
        refused = self._untimely(terminal, shown, now)  # 3, 4
        if refused is not None:
            self._note(terminal, code)
            return _unknown(upload, refused)
        judged = self._judge(terminal, code, upload.sale, now)  # 5
        if isinstance(judged, ErrorKind):
            return _unknown(upload, judged)
        return self._outcome(terminal, code, upload, judged, now)

    def _untimely(self, terminal: Terminal, shown: Presentation, now: datetime) -> ErrorKind | None:
        if shown.purpose not in terminal.purposes:
            return PURPOSE_NOT_ALLOWED
        if shown.slice_start > now + self._policy.clock_skew:
            return CODE_CLOCK_OFF
        late = now > shown.slice_start + SLICE + self._policy.upload_within
        return OFFLINE_TOO_LATE if late else None

    def _judge(
        self, terminal: Terminal, code: ShownCode, sale: Sale, now: datetime
    ) -> Judgement | ErrorKind:
        until = self._presence.expiry(now)
        with self._database.transaction() as tx:
            judged = judge_upload(
                tx, code, sale, policy=self._policy, now=now, presence_until=until
            )
            if isinstance(judged, Judgement) and judged.is_new:
                self._tell(terminal, code, judged)
        return judged

    def _note(self, terminal: Terminal, code: ShownCode) -> None:
        """Let the holder see a refusal that is not final: a set-up or a clock can be put right."""
        with self._database.transaction() as tx:
            person_id = holder_of(tx, code)
            if person_id is not None:
                self._record(terminal, code, person_id, actions.CARD_OFFLINE_REFUSED)

    def _record(self, terminal: Terminal, code: ShownCode, person_id: str, action: str) -> None:
        self._accesses.record(
            person_id=person_id,
            actor=Actor(kind="terminal", id=terminal.terminal_id, name=terminal.merchant_name),
            action=action,
            purpose=code.presentation.purpose,
        )

    def _tell(self, terminal: Terminal, code: ShownCode, judged: Judgement) -> None:
        accepted = judged.verdict == ACCEPTED
        action = actions.CARD_OFFLINE_ACCEPTED if accepted else actions.CARD_OFFLINE_REFUSED
        self._record(terminal, code, judged.person_id, action)
        if judged.verdict == OFFLINE_DOUBLE_USE.code:
            self._outbox.post(
                DOUBLE_USE, key=judged.credential_id, payload={"upload": judged.upload_id}
            )

    def _outcome(
        self,
        terminal: Terminal,
        code: ShownCode,
        upload: Upload,
        judged: Judgement,
        now: datetime,
    ) -> Outcome:
        outcome = Outcome(
            sale_id=upload.sale.sale_id,
            verdict=judged.verdict,
            upload_id=judged.upload_id,
            repeated=not judged.is_new,
        )
        if judged.presentation_id is None:
            return outcome
        token = self._presence.make(
            presentation_id=judged.presentation_id,
            person_id=judged.person_id,
            terminal=terminal,
            purpose=code.presentation.purpose,
            now=now,
        )
        return replace(outcome, presence_token=token, expires_at=self._presence.expiry(now))


def _read(code: str) -> Presentation | None:
    try:
        return presentation.read(code)
    except MalformedError:
        return None


def _unknown(upload: Upload, kind: ErrorKind) -> Outcome:
    return Outcome(sale_id=upload.sale.sale_id, verdict=kind.code)
