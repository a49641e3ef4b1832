"""The one statement that uses an offline credential up, and the second look when it did not."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import ColumnElement, or_, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from sqlalchemy.sql.dml import ReturningUpdate

from app.card.errors import (
    CODE_EXPIRED,
    CODE_REVOKED,
    CODE_SUPERSEDED,
    CODE_UNKNOWN,
    OFFLINE_CAP_EXCEEDED,
    OFFLINE_DOUBLE_USE,
)
from app.card.models import OFFLINE, Card, CardToken, CodeGrant
from app.card.offline_models import OfflineCredential
from app.card.offline_states import CredentialState
from app.card.service.consuming import Consumed
from app.card.states import GrantState
from app.core.errors import ErrorKind
from app.core.ids import new_id
from codes.presentation import SLICE, Presentation

_ONE_A_MINUTE: Final = "uq_offline_credentials_one_code_a_minute"
_GRACE: Final = timedelta(minutes=10)
"""How long after it asked for new credentials a phone may show an old one: the answer travels."""
Row = OfflineCredential


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownCode:
    """A code whose signatures are good, and who brings it."""

    presentation: Presentation
    text: str
    terminal_id: str

    @property
    def alias(self) -> bytes:
        """The credential's."""
        return self.presentation.issued.credential.alias

    @property
    def digest(self) -> bytes:
        """SHA-256 of the code."""
        return hashlib.sha256(self.text.encode()).digest()


def consume_uploaded(
    tx: Session, shown: ShownCode, *, amount_fen: int, now: datetime
) -> Consumed | ErrorKind:
    """Use up the credential of a code that was taken without a network.

    One conditional update, so at most one caller ever gets it. All conditions stand in the
    statement: nobody used it, it was not revoked before the code's minute, that minute lies in its
    life, and the amount within its cap. A unique index adds that a device shows one code a minute
    and purpose. A freeze after the minute does not undo a sale, nor do newer credentials.

    Args:
        tx: the transaction; its commit is the consumption. What this writes is undone where it
            refuses.
        shown: the code.
        amount_fen: what was sold on it.
        now: the present moment.
    """
    able = (
        or_(Row.revoked_at.is_(None), Row.revoked_at > shown.presentation.slice_start),
        Row.cap_fen >= amount_fen,
    )
    return _consume(tx, shown, able, now) or _refusal_of_upload(tx, shown)


def consume_live(tx: Session, shown: ShownCode, *, now: datetime) -> Consumed | ErrorKind:
    """Use up the credential of a code that a till brings at once.

    As `consume_uploaded`, but whatever ended the credential, the device or the card until now ends
    the code too: there is a network, so nothing has to be taken on trust.
    """
    in_use = or_(
        Row.state == CredentialState.LIVE,
        (Row.state == CredentialState.SUPERSEDED) & (Row.superseded_at > now - _GRACE),
    )
    return _consume(tx, shown, (in_use,), now) or _refusal_of_live(tx, shown)


def _consume(
    tx: Session, shown: ShownCode, able: tuple[ColumnElement[bool], ...], now: datetime
) -> Consumed | ErrorKind | None:
    try:
        with tx.begin_nested():
            token_id = tx.scalar(_consumption(shown, able))
            return None if token_id is None else _granted(tx, shown, token_id, now)
    except IntegrityError as refused:
        if _ONE_A_MINUTE not in str(refused.orig):
            raise
        return OFFLINE_DOUBLE_USE


def _consumption(shown: ShownCode, able: tuple[ColumnElement[bool], ...]) -> ReturningUpdate[str]:
    at = shown.presentation.slice_start
    return (
        update(Row)
        .where(
            Row.alias == shown.alias,
            Row.state != CredentialState.CONSUMED,
            Row.issued_at < at + SLICE,
            Row.expires_at > at,
            *able,
        )
        .values(
            state=CredentialState.CONSUMED,
            presented_at=at,
            purpose=shown.presentation.purpose,
            code_digest=shown.digest,
            terminal_id=shown.terminal_id,
        )
        .returning(Row.token_id)
        .execution_options(synchronize_session=False)
    )


def _granted(tx: Session, shown: ShownCode, token_id: str, now: datetime) -> Consumed:
    """Note the code among the others, so that a presentation can refer to it."""
    at, grant_id = shown.presentation.slice_start, new_id("cdg", now)
    tx.execute(
        insert(CodeGrant).values(
            id=grant_id,
            token_id=token_id,
            mode=OFFLINE,
            purpose=shown.presentation.purpose,
            state=GrantState.CONSUMED,
            code_hash=shown.digest,
            issued_at=at,
            expires_at=at + SLICE,
            ended_at=at,
            terminal_id=shown.terminal_id,
        )
    )
    holder = select(Card.id, Card.person_id).join(CardToken, CardToken.card_id == Card.id)
    card_id, person_id = tx.execute(holder.where(CardToken.id == token_id)).one()
    return Consumed(grant_id=grant_id, card_id=card_id, person_id=person_id, mode=OFFLINE)


def _refusal_of_upload(tx: Session, shown: ShownCode) -> ErrorKind:
    """Why an upload did not use a credential up: the first cause that holds.

    1. There is no such credential, or a code of it was accepted before.
    2. It was revoked before the code's minute.
    3. The minute lies outside its life: the phone's clock is wrong, or its owner lies.
    4. The amount is above its cap.
    """
    found, at = _found(tx, shown), shown.presentation.slice_start
    if found is None or found.state is CredentialState.CONSUMED:  # 1
        return OFFLINE_DOUBLE_USE if found else CODE_UNKNOWN
    if found.revoked_at is not None and found.revoked_at <= at:  # 2
        return CODE_REVOKED
    if not found.issued_at - SLICE < at < found.expires_at:  # 3
        return CODE_EXPIRED
    return OFFLINE_CAP_EXCEEDED  # 4


def _refusal_of_live(tx: Session, shown: ShownCode) -> ErrorKind:
    """Why a decode did not use a credential up: there is none, or what ended it."""
    found = _found(tx, shown)
    if found is None:
        return CODE_UNKNOWN
    ended = {
        CredentialState.CONSUMED: OFFLINE_DOUBLE_USE,
        CredentialState.REVOKED: CODE_REVOKED,
        CredentialState.SUPERSEDED: CODE_SUPERSEDED,
    }
    return ended.get(found.state, CODE_EXPIRED)


def _found(tx: Session, shown: ShownCode) -> OfflineCredential | None:
    query = select(Row).where(Row.alias == shown.alias)
    return tx.scalars(query.execution_options(populate_existing=True)).one_or_none()
