"""Departments that answer from the city's books in the test's own process, and fail on demand."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError
from app.core.ids import new_id
from app.exchange.models import Exchange
from app.exchange.ports import ExchangeRecord
from sandbox.departments.told import CityRecords, Records


@dataclass(kw_only=True)
class CitySource:
    """One source; `refusal`, `live` and `told` are the test's to change."""

    name: str
    city: CityRecords
    database: Database
    clock: Clock
    refusal: DomainError | None = None
    live: bool = True
    told: Records | None = None
    """What it says instead of what the books hold."""
    asked: list[dict[str, Any]] = field(default_factory=list)

    def lookup(self, **question: Any) -> ExchangeRecord:
        self.asked.append(question)
        if self.refusal is not None:
            raise self.refusal
        who = question["citizen_number"], question["name"]
        found = self.city.find(self.name, who, question["fields"])
        return ExchangeRecord(
            exchange_id=self._noted(question),
            records=found if self.told is None else self.told,
            record_version="1",
            as_of=self.clock.now(),
            live=self.live,
        )

    def _noted(self, question: dict[str, Any]) -> str:
        row = Exchange(
            id=new_id("xch", self.clock.now()),
            at=self.clock.now(),
            case_id=question["case_id"],
            person_id=question["person_id"],
            source=self.name,
            contract=f"{self.name}/1.0.0",
            purpose=question["purpose"],
            fields=list(question["fields"]),
            outcome="live",
            failure=None,
            fault=None,
            latency_ms=0,
            record_version="1",
            request_hash=None,
            answer_hash=None,
        )
        with self.database.separate() as tx:
            tx.add(row)
        return row.id
