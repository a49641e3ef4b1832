"""What the tests of the card do again and again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from limits.storage import MemoryStorage
from sqlalchemy import select
from sqlalchemy.orm import Session
from werkzeug.test import TestResponse

from app.audit.service import AccessLog
from app.card.models import Card, CardToken
from app.card.policy import CardPolicy
from app.card.ports import HeldMandate
from app.card.service.decoding import CodeDecoding
from app.card.service.holding import CardHolding
from app.card.service.offline.decoding import OfflineDecoding
from app.card.service.offline.uploading import OfflineUploading
from app.card.service.presence import PresenceTokens
from app.card.service.representing import Representation
from app.card.service.showing import CodeShowing
from app.core.access.principals import Citizen, Terminal
from app.core.database import Database
from app.core.errors import NOT_FOUND
from app.core.fields import FieldCipher
from app.core.keys.files import FileKeys
from app.core.limits import RateLimits
from app.outbox.service.posting import Outbox
from tests.app.device import Device
from tests.fakes import FakeClock

PHARMACY = "02121"
RATES = ("codes", "decode_misses", "decode_misses_all", "offline_batches", "offline_uploads")


def show(holder: Device, purpose: str = PHARMACY) -> str:
    """A new code on the holder's screen."""
    response = holder.post("/v1/card/codes", json={"purpose": purpose})
    assert response.status_code == 201, response.text
    return str(json_of(response)["code"])


def decode(till: Device, code: str, purpose: str = PHARMACY) -> TestResponse:
    return till.post("/v1/terminal/decode", json={"code": code, "purpose": purpose})


def json_of(response: TestResponse) -> Any:
    """The body of a reply that must be JSON."""
    assert response.json is not None, response.text
    return response.json


def refusal(response: TestResponse) -> tuple[int, str, str | None]:
    """Status, code and action of a problem."""
    assert response.content_type == "application/problem+json", response.text
    body = json_of(response)
    return response.status_code, body["code"], body.get("action")


def accesses(holder: Device, action: str) -> list[dict[str, Any]]:
    """The holder's access log, of one action."""
    items: list[dict[str, Any]] = json_of(holder.get("/v1/me/accesses"))["items"]
    return [item for item in items if item["action"] == action]


def only_card(tx: Session) -> Card:
    return tx.scalars(select(Card)).one()


def citizen_of(database: Database, holder: Device, *, now: datetime) -> Citizen:
    """The principal that a holder's requests are made by."""
    with database.separate() as tx:
        row = tx.execute(
            select(Card.person_id, CardToken.thumbprint)
            .join(CardToken, CardToken.card_id == Card.id)
            .where(CardToken.thumbprint == holder.thumbprint)
        ).one()
    return Citizen(
        person_id=row[0],
        thumbprint=row[1],
        level="L1",
        authenticated_at=now,
        client_id="miniprogram",
        session_id="",
        scope=frozenset({"citizen"}),
    )


def terminal_of(terminal_id: str) -> Terminal:
    return Terminal(
        terminal_id=terminal_id,
        merchant_id="mer",
        merchant_name="康民大药房",
        thumbprint="",
        purposes=frozenset({PHARMACY}),
        scope=frozenset({"card.decode"}),
    )


class Anybody:
    """Knows everyone by the same name."""

    name = "张伟"
    citizen_number = "990101199001011234"

    def identity_of(self, person_id: str) -> Anybody:
        assert person_id
        return self

    def sealed(self, person: str) -> str:
        return f"CASE WHEN {person} IS NOT NULL THEN ARRAY[''::bytea] END"

    def opened(self, person_id: str, sealed: Sequence[bytes]) -> Anybody:
        assert list(sealed) == [b""]
        return self.identity_of(person_id)


class Blank:
    """Draws nothing."""

    def qr(self, code: str) -> str:
        return f"<svg>{len(code)}</svg>"

    def code128(self, code: str) -> str:
        return f"<svg>{len(code)}</svg>"


class NoMandates:
    """Nobody gave anybody a mandate."""

    def hold(self, tx: Session, *, mandate_id: str, agent_id: str, purpose: str) -> HeldMandate:
        assert tx.is_active
        assert mandate_id or agent_id or purpose
        raise NOT_FOUND()


class Services:
    """The card's use cases over a database of the caller's: for other processes, or odd parts."""

    def __init__(self, database: Database, keys_directory: Path, clock: FakeClock) -> None:
        self.database, self.clock = database, clock
        self.keys = FileKeys(keys_directory, clock=clock)
        self.accesses = AccessLog(database=database, clock=clock)
        self.limits = RateLimits(
            MemoryStorage(),
            clock=clock,
            rates=dict.fromkeys(RATES, "1000 per minute"),
        )

    def holding(self) -> CardHolding:
        return CardHolding(database=self.database, clock=self.clock, accesses=self.accesses)

    def showing(self, randomness: Any) -> CodeShowing:
        return CodeShowing(
            database=self.database,
            clock=self.clock,
            accesses=self.accesses,
            limits=self.limits,
            pictures=Blank(),
            ring=self.keys.secrets("card-code"),
            randomness=randomness,
            policy=CardPolicy(),
            representation=Representation(
                mandates=NoMandates(), clock=self.clock, policy=CardPolicy()
            ),
        )

    def decoding(self) -> CodeDecoding:
        return CodeDecoding(
            database=self.database,
            clock=self.clock,
            accesses=self.accesses,
            limits=self.limits,
            ring=self.keys.secrets("card-code"),
            holders=Anybody(),
            presence=self.presence(),
            offline=OfflineDecoding(ring=self.keys.signing("card"), policy=CardPolicy()),
        )

    def uploading(self) -> OfflineUploading:
        return OfflineUploading(
            database=self.database,
            clock=self.clock,
            accesses=self.accesses,
            limits=self.limits,
            outbox=Outbox(database=self.database, clock=self.clock),
            ring=self.keys.signing("card"),
            presence=self.presence(),
            policy=CardPolicy(),
        )

    def presence(self) -> PresenceTokens:
        cipher = FieldCipher(fields=self.keys.secrets("fields"), index=self.keys.secrets("index"))
        return PresenceTokens(
            issuer="http://127.0.0.1:8000",
            ring=self.keys.signing("presence"),
            cipher=cipher,
            life=timedelta(minutes=30),
        )
