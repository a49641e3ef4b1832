"""A workbench that makes certificates of random bytes at once, and what it needs around it."""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from app.core.database import Database
from app.core.fan_out import FanOut
from app.documents.ports import RecordSource
from app.documents.records import DocumentType, MadeDocument, Order, Titles
from app.documents.service.gathering import Gatherer

TITLES = Titles(zh="证明", en="Certificate")
KIND = DocumentType(
    code="household_registration",
    titles=TITLES,
    legal_basis=TITLES,
    level="L1",
    validity_days=30,
    needs={"population": ("name",)},
    sources={"population": Titles(zh="公安人口信息库", en="population registry")},
)


@dataclass(frozen=True)
class Key:
    kid: str = "k1"
    material: bytes = b"k" * 32


class Ring:
    active = Key()

    def find(self, _kid: str) -> Key:
        return self.active


@dataclass(frozen=True)
class Known:
    """The person, and their record."""

    exchange_id: str
    as_of: datetime
    citizen_number: str = "1"
    name: str = "张"
    record_version: str = "1"
    record: dict[str, Any] = field(default_factory=lambda: {"name": "张"})
    live: bool = True

    @property
    def records(self) -> tuple[dict[str, Any], ...]:
        return (self.record,)

    def identity_of(self, _person_id: str) -> Known:
        return self

    def lookup(self, **_: object) -> Known:
        return self


def gatherer(database: Database, **sources: RecordSource) -> Gatherer:
    """Asks these sources, one thread beside the caller's."""
    return Gatherer(sources, fan_out=FanOut(threads=1, apart=database.apart))


class QuickBench:
    """Makes a certificate of random bytes at once."""

    def __init__(self, kind: DocumentType = KIND) -> None:
        self.kind = kind

    def types(self) -> tuple[DocumentType, ...]:
        return (self.kind,)

    def type(self, _code: str) -> DocumentType:
        return self.kind

    def new_check_code(self) -> str:
        return secrets.token_hex(8)

    def titles(self, _code: str) -> Titles:
        return TITLES

    def make(self, order: Order) -> MadeDocument:
        pdf = secrets.token_bytes(64)
        return MadeDocument(
            pdf=pdf,
            sha256=hashlib.sha256(pdf).hexdigest(),
            number=f"{order.serial}.{order.version}",
            issued_at=order.issued_at,
            valid_until=order.issued_at + timedelta(days=30),
            provisional=False,
            check_url="",
            signer="",
        )
