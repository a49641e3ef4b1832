"""Showing a code: a new one each minute, one alive at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from sqlalchemy import case, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit import actions
from app.audit.service import AccessLog
from app.card.models import ONLINE, CodeGrant
from app.card.policy import CardPolicy
from app.card.ports import CodePictures, Uses
from app.card.service.code_numbers import code_hash, new_code
from app.card.service.representing import Acting, Representation
from app.card.service.usable import usable_token
from app.card.service.views import holder_as_actor
from app.card.states import GrantState
from app.core.access.principals import Citizen
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import BUSY
from app.core.ids import new_id
from app.core.keys.provider import SecretRing

_TRIES: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCode:
    """A code for the phone's screen. It is kept nowhere in clear."""

    code: str = field(repr=False)
    """18 digits."""
    expires_at: datetime
    refresh_after_s: int
    qr_svg: str = field(repr=False)
    code128_svg: str = field(repr=False)


class CodeShowing:
    """Issues online codes."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        accesses: AccessLog,
        limits: Uses,
        pictures: CodePictures,
        ring: SecretRing,
        randomness: Callable[[int], int],
        policy: CardPolicy,
        representation: Representation,
    ) -> None:
        """Take the ports.

        Args:
            database: where codes live.
            clock: tells the time.
            accesses: the access log.
            limits: with the rate "codes".
            pictures: draws codes.
            ring: the secret ring "card-code".
            randomness: `secrets.randbelow`, or what a test gives.
            policy: how long a code lives.
            representation: the codes of others' cards, by family mandates.
        """
        self._database = database
        self._clock = clock
        self._accesses = accesses
        self._limits = limits
        self._pictures = pictures
        self._ring = ring
        self._randomness = randomness
        self._policy = policy
        self._representation = representation

    def show(self, citizen: Citizen, *, purpose: str, mandate_id: str | None = None) -> ShownCode:
        """Issue a code for one purpose; it supersedes the one before in the same transaction.

        1. The device is within its rate.
        2. The person's card is active, and cannot be frozen until this transaction ends.
        3. The card is on the calling device, whose row is locked: one new code at a time.
        4. The face behind it was verified recently enough.

        With a mandate, 2 to 4 are what `Representation.token` checks: the code is of the
        principal's card, and both people's logs say so.

        Raises:
            DomainError: TOO_MANY_REQUESTS, CARD_NOT_FOUND, CARD_FROZEN, CARD_LOST,
                CARD_NOT_ON_DEVICE, CARD_FACE_TOO_OLD, or what `Representation.token` raises.
        """
        self._limits.hit("codes", citizen.thumbprint)  # 1
        with self._database.transaction() as tx:
            acting = None
            if mandate_id is None:
                token_id = self._usable_token(tx, citizen)  # 2-4
            else:
                acting = self._representation.token(tx, citizen, mandate_id, purpose)  # 2-4
                token_id = acting.token_id
            now = self._clock.now()
            _supersede(tx, token_id, purpose, now)
            expires_at = now + self._policy.code_life
            if acting is not None:
                expires_at = min(expires_at, acting.until)
            code = self._issue(tx, token_id, purpose, now, expires_at)
            self._record(citizen, purpose, acting)
        return ShownCode(
            code=code,
            expires_at=expires_at,
            refresh_after_s=max(1, int((expires_at - now).total_seconds())),
            qr_svg=self._pictures.qr(code),
            code128_svg=self._pictures.code128(code),
        )

    def _usable_token(self, tx: Session, citizen: Citizen) -> str:
        age = self._policy.face_max_age
        return usable_token(tx, citizen, now=self._clock.now(), face_max_age=age).id

    def _record(self, citizen: Citizen, purpose: str, acting: Acting | None) -> None:
        logs = [(citizen.person_id, holder_as_actor(citizen))]
        if acting is not None:
            logs.append((acting.principal_id, acting.actor))
        for person_id, actor in logs:
            self._accesses.record(
                person_id=person_id,
                actor=actor,
                action=actions.CARD_CODE_ISSUED,
                purpose=purpose,
            )

    def _issue(
        self, tx: Session, token_id: str, purpose: str, now: datetime, expires_at: datetime
    ) -> str:
        for _ in range(_TRIES):
            code = new_code(self._randomness)
            fresh = (
                insert(CodeGrant)
                .values(
                    id=new_id("cdg", now),
                    token_id=token_id,
                    mode=ONLINE,
                    purpose=purpose,
                    state=GrantState.ISSUED,
                    code_hash=code_hash(self._ring, code),
                    issued_at=now,
                    expires_at=expires_at,
                )
                # Only a code drawn before is drawn again; a second live code must fail loudly.
                .on_conflict_do_nothing(index_elements=[CodeGrant.code_hash])
                .returning(CodeGrant.id)
            )
            if tx.scalar(fresh) is not None:
                return code
        raise BUSY(retry_after=1)


def _supersede(tx: Session, token_id: str, purpose: str, now: datetime) -> None:
    ended = case(
        (CodeGrant.expires_at <= now, GrantState.EXPIRED.value),
        else_=GrantState.SUPERSEDED.value,
    )
    tx.execute(
        update(CodeGrant)
        .where(
            CodeGrant.token_id == token_id,
            CodeGrant.mode == ONLINE,
            CodeGrant.purpose == purpose,
            CodeGrant.state == GrantState.ISSUED,
        )
        .values(state=ended, ended_at=now)
        .execution_options(synchronize_session=False)
    )
