"""Judging one code that a till took without a network."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import Select, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.card.errors import OFFLINE_CAP_EXCEEDED
from app.card.models import Card, CardToken, Presentation
from app.card.offline_models import ACCEPTED, OfflineCredential, OfflineUpload
from app.card.policy import CardPolicy
from app.card.service.consuming import Consumed
from app.card.service.offline.consuming import ShownCode, consume_uploaded
from app.card.service.offline.exposure import expose
from app.core.errors import ErrorKind
from app.core.ids import new_id


@dataclass(frozen=True, slots=True, kw_only=True)
class SoldLine:
    """One line of a sale."""

    item: str = field(repr=False)
    """The merchant's name of the item."""
    quantity: int
    amount_fen: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Sale:
    """What was sold on a code."""

    sale_id: str
    """The till's own name of the sale."""
    lines: Sequence[SoldLine] = field(repr=False)

    @property
    def amount_fen(self) -> int:
        """Sum of the lines, fen."""
        return sum(line.amount_fen for line in self.lines)

    @property
    def digest(self) -> bytes:
        """SHA-256 of all of it: what tells a repetition from another sale."""
        lines = [[line.item, line.quantity, line.amount_fen] for line in self.lines]
        text = json.dumps([self.sale_id, lines], ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).digest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What was made of a code, once and for all."""

    upload_id: str
    verdict: str
    """ACCEPTED, or a refusal's code."""
    person_id: str
    card_id: str
    credential_id: str
    presentation_id: str | None
    at: datetime
    """When it was judged first."""
    is_new: bool


def earlier(tx: Session, shown: ShownCode, sale: Sale) -> Judgement | None:
    """The judgement of the same code for the same sale from the same till, if there is one."""
    row = tx.execute(_judged(shown, sale)).one_or_none()
    return None if row is None else _judgement(*row, is_new=False)


def _judged(shown: ShownCode, sale: Sale) -> Select[OfflineUpload, str, str]:
    return (
        select(OfflineUpload, Card.id, Card.person_id)
        .join(OfflineCredential, OfflineCredential.id == OfflineUpload.credential_id)
        .join(CardToken, CardToken.id == OfflineCredential.token_id)
        .join(Card, Card.id == CardToken.card_id)
        .where(
            OfflineUpload.terminal_id == shown.terminal_id,
            OfflineUpload.code_digest == shown.digest,
            OfflineUpload.sale_digest == sale.digest,
        )
    )


def _judgement(upload: OfflineUpload, card_id: str, person_id: str, *, is_new: bool) -> Judgement:
    return Judgement(
        upload_id=upload.id,
        verdict=upload.verdict,
        person_id=person_id,
        card_id=card_id,
        credential_id=upload.credential_id,
        presentation_id=upload.presentation_id,
        at=upload.received_at,
        is_new=is_new,
    )


def holder_of(tx: Session, shown: ShownCode) -> str | None:
    """The person whose credential it is, or None where it was forgotten or never noted."""
    query = (
        select(Card.person_id)
        .join(CardToken, CardToken.card_id == Card.id)
        .join(OfflineCredential, OfflineCredential.token_id == CardToken.id)
        .where(OfflineCredential.alias == shown.alias)
    )
    return tx.scalar(query)


def judge_upload(
    tx: Session,
    shown: ShownCode,
    sale: Sale,
    *,
    policy: CardPolicy,
    now: datetime,
    presence_until: datetime,
) -> Judgement | ErrorKind:
    """Judge a code and write the judgement down.

    1. The same upload was judged before: the same judgement again.
    2. One statement uses the credential up.
    3. One statement adds the sale to the card's day; where that is full, 2 is undone.
    4. A refusal is written down too. A twin that was judged while this one waited in 2 has its row
       by now, and its judgement stands for both.

    Returns:
        The judgement, or why there is nothing to write it down with: the credential is unknown.
    """
    before = earlier(tx, shown, sale)  # 1
    if before is not None:
        return before
    accepted = _accepted(tx, shown, sale, policy, now)  # 2, 3
    if isinstance(accepted, Consumed):
        presentation_id = _present(tx, shown, accepted, now, presence_until)
        return _written(tx, shown, sale, now=now, verdict=ACCEPTED, presentation_id=presentation_id)
    return _written_refusal(tx, shown, sale, now, accepted)  # 4


def _accepted(
    tx: Session, shown: ShownCode, sale: Sale, policy: CardPolicy, now: datetime
) -> Consumed | ErrorKind:
    savepoint = tx.begin_nested()
    consumed = consume_uploaded(tx, shown, amount_fen=sale.amount_fen, now=now)
    if isinstance(consumed, ErrorKind) or expose(
        tx,
        consumed.card_id,
        at=shown.presentation.slice_start,
        amount_fen=sale.amount_fen,
        cap_fen=policy.offline_day_cap_fen,
    ):
        savepoint.commit()
        return consumed
    savepoint.rollback()
    return OFFLINE_CAP_EXCEEDED


def _present(
    tx: Session, shown: ShownCode, consumed: Consumed, now: datetime, until: datetime
) -> str:
    presentation = Presentation(
        id=new_id("pst", now),
        grant_id=consumed.grant_id,
        card_id=consumed.card_id,
        terminal_id=shown.terminal_id,
        purpose=shown.presentation.purpose,
        fields=[],
        at=now,
        expires_at=until,
    )
    tx.add(presentation)
    tx.flush()
    return presentation.id


def _written_refusal(
    tx: Session, shown: ShownCode, sale: Sale, now: datetime, kind: ErrorKind
) -> Judgement | ErrorKind:
    owned = select(OfflineCredential.id).where(OfflineCredential.alias == shown.alias)
    if tx.scalar(owned) is None:
        return kind
    return _written(tx, shown, sale, now=now, verdict=kind.code)


def _written(
    tx: Session,
    shown: ShownCode,
    sale: Sale,
    *,
    now: datetime,
    verdict: str,
    presentation_id: str | None = None,
) -> Judgement:
    owner = select(OfflineCredential.id).where(OfflineCredential.alias == shown.alias)
    fresh = (
        insert(OfflineUpload)
        .values(
            id=new_id("ofu", now),
            credential_id=owner.scalar_subquery(),
            terminal_id=shown.terminal_id,
            code_digest=shown.digest,
            sale_digest=sale.digest,
            purpose=shown.presentation.purpose,
            amount_fen=sale.amount_fen,
            presented_at=shown.presentation.slice_start,
            received_at=now,
            verdict=verdict,
            presentation_id=presentation_id,
        )
        # Two refusals of the same upload at once: the first one's row stands for both.
        .on_conflict_do_nothing(constraint="uq_offline_uploads_once")
        .returning(OfflineUpload.id)
    )
    is_new = tx.scalar(fresh) is not None
    return _judgement(*tx.execute(_judged(shown, sale)).one(), is_new=is_new)
