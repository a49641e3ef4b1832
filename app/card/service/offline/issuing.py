"""Giving a phone credentials, each for one code it will show without a network."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy import update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Session

from app.audit import actions
from app.audit.service import AccessLog
from app.card.errors import OFFLINE_KEYS_INVALID
from app.card.models import CardToken
from app.card.offline_models import OfflineCredential
from app.card.offline_states import CredentialState
from app.card.policy import CardPolicy
from app.card.ports import Uses
from app.card.service.usable import usable_token
from app.card.service.views import holder_as_actor
from app.core.access.principals import Citizen
from app.core.clock import Clock
from app.core.database import Database
from app.core.ids import new_id
from app.core.keys.provider import SigningRing
from codes.credential import Credential, is_proven, issue
from codes.errors import MalformedError
from codes.keys import alias_of, key_id

_STEP: Final = timedelta(hours=6)
_LIFE: Final = timedelta(hours=24)
LONGEST_LIFE: Final = _STEP + _LIFE
"""Of a credential, from the beginning it names to its end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedKey:
    """A key the phone made for one credential, and its proof of possession."""

    point: bytes
    """Compressed, 33 bytes."""
    proof: bytes
    """ES256 over `codes.credential`'s statement for the calling device."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuedBatch:
    """Credentials for a phone, in the order of its keys."""

    credentials: Sequence[bytes] = field(repr=False)
    """COSE_Sign1 each."""
    expires_at: datetime
    cap_fen: int
    """The most that may be sold on each, fen."""


class OfflineIssuing:
    """Issues credentials."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        accesses: AccessLog,
        limits: Uses,
        ring: SigningRing,
        policy: CardPolicy,
    ) -> None:
        """Take the ports.

        Args:
            database: where credentials are noted.
            clock: tells the time.
            accesses: the access log.
            limits: with the rate "offline_batches".
            ring: the signing ring "card".
            policy: how many, for how much, how fresh a face.
        """
        self._database = database
        self._clock = clock
        self._accesses = accesses
        self._limits = limits
        self._ring = ring
        self._policy = policy

    def issue(self, citizen: Citizen, keys: Sequence[WantedKey]) -> IssuedBatch:
        """Issue a credential for each key; they supersede the device's earlier ones.

        1. The device is within its rate, and asks for no more than a batch.
        2. Each key is a point of the curve, and proven to be in the caller's hands.
        3. The person's card is active, on the calling device, with a face that is fresh enough;
           neither can change until this transaction ends.
        4. No key is given twice, and none ever had a credential before.

        What a credential says is the same for everybody who asks within the same six hours with the
        same level: nothing in two of them can be joined.

        Raises:
            DomainError: TOO_MANY_REQUESTS, OFFLINE_KEYS_INVALID, or as `usable_token`.
        """
        self._limits.hit("offline_batches", citizen.thumbprint)  # 1
        _require_proven(keys, device=citizen.thumbprint, most=self._policy.offline_batch)  # 1, 2
        with self._database.transaction() as tx:
            now = self._clock.now()
            age = self._policy.offline_face_max_age
            token = usable_token(tx, citizen, now=now, face_max_age=age)  # 3
            _supersede(tx, token.id, now)
            credentials = [self._claims(key, token, now) for key in keys]
            _note(tx, token.id, credentials, now)  # 4
            self._accesses.record(
                person_id=citizen.person_id,
                actor=holder_as_actor(citizen),
                action=actions.CARD_OFFLINE_CREDENTIALS_ISSUED,
                purpose="card",
            )
        return self._signed(credentials)

    def _claims(self, key: WantedKey, token: CardToken, now: datetime) -> Credential:
        begins = now - (now - datetime.fromtimestamp(0, UTC)) % _STEP
        return Credential(
            point=key.point,
            not_before=begins,
            expires_at=begins + LONGEST_LIFE,
            level=token.level,
            cap_fen=self._policy.offline_cap_fen,
        )

    def _signed(self, credentials: Sequence[Credential]) -> IssuedBatch:
        key = self._ring.active
        kid = key_id(key.public)
        return IssuedBatch(
            credentials=[issue(one, signer=key.sign, key_id=kid) for one in credentials],
            expires_at=credentials[0].expires_at,
            cap_fen=credentials[0].cap_fen,
        )


def _require_proven(keys: Sequence[WantedKey], *, device: str, most: int) -> None:
    if not 1 <= len(keys) <= most:
        raise OFFLINE_KEYS_INVALID(pointer="/keys")
    for index, key in enumerate(keys):
        if not _is_proven(key, device):
            raise OFFLINE_KEYS_INVALID(pointer=f"/keys/{index}")


def _is_proven(key: WantedKey, device: str) -> bool:
    try:
        return is_proven(key.point, key.proof, device=device)
    except MalformedError:
        return False


def _supersede(tx: Session, token_id: str, now: datetime) -> None:
    tx.execute(
        update(OfflineCredential)
        .where(
            OfflineCredential.token_id == token_id,
            OfflineCredential.state == CredentialState.LIVE,
        )
        .values(state=CredentialState.SUPERSEDED, superseded_at=now)
        .execution_options(synchronize_session=False)
    )


def _note(tx: Session, token_id: str, credentials: Sequence[Credential], now: datetime) -> None:
    batch_id = new_id("ofb", now)
    rows = [
        {
            "id": new_id("ofc", now),
            "alias": alias_of(one.point),
            "token_id": token_id,
            "batch_id": batch_id,
            "state": CredentialState.LIVE,
            "level": one.level,
            "cap_fen": one.cap_fen,
            "issued_at": now,
            "not_before": one.not_before,
            "expires_at": one.expires_at,
        }
        for one in credentials
    ]
    fresh = (
        insert(OfflineCredential)
        .values(rows)
        .on_conflict_do_nothing(index_elements=[OfflineCredential.alias])
        .returning(OfflineCredential.id)
    )
    if len(tx.scalars(fresh).all()) != len(rows):
        raise OFFLINE_KEYS_INVALID(pointer="/keys")
