"""Ending credentials before their time, in the transaction of whatever ends them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import ColumnElement, delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.card.models import CardToken
from app.card.offline_models import CardRevocation, OfflineCredential, OfflineUpload, RevocationHead
from app.card.offline_states import CREDENTIAL_MOVES, CredentialState
from app.card.states import sources


def revoke_of_card(tx: Session, card_id: str, now: datetime) -> None:
    """End every credential of a card, on all devices, and put them on the list for tills."""
    tokens = select(CardToken.id).where(CardToken.card_id == card_id)
    _revoke(tx, OfflineCredential.token_id.in_(tokens), now)


def revoke_of_tokens(tx: Session, token_ids: Collection[str], now: datetime) -> None:
    """End every credential of some devices, and put them on the list for tills."""
    if token_ids:
        _revoke(tx, OfflineCredential.token_id.in_(token_ids), now)


def forget_revocations(tx: Session, now: datetime) -> int:
    """Take those off the list that have expired meanwhile; returns how many."""
    over = (
        delete(CardRevocation)
        .where(CardRevocation.expires_at <= now)
        .returning(CardRevocation.number)
    )
    return len(tx.scalars(over).all())


def forget_credentials(tx: Session, expired_before: datetime) -> int:
    """Delete those whose time to be uploaded is over and of which no code ever came; how many."""
    brought = (
        select(OfflineUpload.id).where(OfflineUpload.credential_id == OfflineCredential.id).exists()
    )
    over = (
        delete(OfflineCredential)
        .where(
            OfflineCredential.expires_at < expired_before,
            OfflineCredential.state != CredentialState.CONSUMED,
            ~brought,
        )
        .returning(OfflineCredential.id)
    )
    return len(tx.scalars(over).all())


def _revoke(tx: Session, which: ColumnElement[bool], now: datetime) -> None:
    ended = tx.execute(
        update(OfflineCredential)
        .where(
            which,
            OfflineCredential.state.in_(sources(CREDENTIAL_MOVES, CredentialState.REVOKED)),
            OfflineCredential.expires_at > now,
        )
        .values(state=CredentialState.REVOKED, revoked_at=now)
        .returning(OfflineCredential.alias, OfflineCredential.expires_at)
        .execution_options(synchronize_session=False)
    ).all()
    if ended:
        _publish(tx, [(row[0], row[1]) for row in ended])


def _publish(tx: Session, ended: Sequence[tuple[bytes, datetime]]) -> None:
    # Numbers are given out under the head's lock, which is kept until the commit: whoever has seen
    # a number has seen all below it. It is the last lock that any transaction takes.
    head = (
        insert(RevocationHead)
        .values(id=1, number=len(ended))
        .on_conflict_do_update(
            index_elements=[RevocationHead.id],
            set_={"number": RevocationHead.number + len(ended)},
        )
        .returning(RevocationHead.number)
    )
    first = tx.scalars(head).one() - len(ended) + 1
    tx.execute(
        insert(CardRevocation).values(
            [
                {"number": first + n, "alias": alias, "expires_at": expires_at}
                for n, (alias, expires_at) in enumerate(ended)
            ]
        )
    )
