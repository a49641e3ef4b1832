"""How each source does: for the operator, counted over all processes from the written record."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, Protocol

from sqlalchemy import ColumnElement, and_, func, select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.exchange.attempt import Outcome
from app.exchange.contracts.contract import Contract
from app.exchange.errors import Failure, Fault
from app.exchange.models import Exchange
from app.exchange.resilience.breaker import Circuit

SOURCES_SCOPE: Final = "sources.read"
RELOAD_SCOPE: Final = "contracts.reload"
WINDOW: Final = timedelta(minutes=15)
LOOK_BACK: Final = timedelta(days=7)
"""How far back a last success or failure is sought."""
_UNSENT: Final = (
    Failure.REQUEST_REFUSED,
    Failure.NOT_PERMITTED,
    Failure.CIRCUIT_OPEN,
    Failure.CROWDED,
    Failure.NOT_CONNECTED,
)
_ANSWERED: Final = (Outcome.LIVE, Outcome.NOT_FOUND)


class Watched(Protocol):
    """A breaker, looked at."""

    @property
    def circuit(self) -> Circuit:
        """What would happen to a request now."""
        ...


class Contracts(Protocol):
    """The contracts in force."""

    def all(self) -> tuple[Contract, ...]:
        """All of them, by source."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LastFailure:
    """The latest exchange that brought no live answer."""

    at: datetime
    failure: str
    """A value of `Failure`."""
    fault: str
    """Who was at fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """One source."""

    contract: Contract
    """In force."""
    circuit: Circuit
    """In the process that was asked; each has its own."""
    exchanges: int
    """In the window, whatever came of them."""
    failed: int
    """Those without a live answer."""
    faults: Mapping[str, int]
    """Of those, by whose fault."""
    kept: int
    """Of those, where an earlier answer served."""
    p50_ms: int | None
    """Of what was sent; None where nothing was."""
    p95_ms: int | None
    last_success_at: datetime | None
    """Within a week."""
    last_failure: LastFailure | None
    """Within a week."""

    @property
    def error_share(self) -> float | None:
        """Between 0 and 1; None where nothing was asked."""
        return self.failed / self.exchanges if self.exchanges else None


class SourceOverview:
    """Reads the record of exchanges."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        contracts: Contracts,
        breakers: Mapping[str, Watched],
    ) -> None:
        """Take the ports.

        Args:
            database: with the record of exchanges.
            clock: tells the time.
            contracts: in force.
            breakers: of this process, by source.
        """
        self._database = database
        self._clock = clock
        self._contracts = contracts
        self._breakers = breakers

    def states(self) -> tuple[SourceState, ...]:
        """All sources, by name.

        Raises:
            DomainError: UNAVAILABLE.
        """
        now, contracts = self._clock.now(), self._contracts.all()
        with self._database.transaction() as tx:
            counted = _counted(tx, [one.source for one in contracts], since=now - WINDOW)
            return tuple(
                self._state(tx, one, counted.get(one.source, {}), since=now - LOOK_BACK)
                for one in contracts
            )

    def _state(
        self, tx: Session, contract: Contract, counts: Mapping[str, Any], *, since: datetime
    ) -> SourceState:
        return SourceState(
            contract=contract,
            circuit=self._breakers[contract.source].circuit,
            exchanges=counts.get("exchanges", 0),
            failed=counts.get("failed", 0),
            faults={fault.value: counts.get(fault.value, 0) for fault in Fault},
            kept=counts.get("kept", 0),
            p50_ms=counts.get("p50"),
            p95_ms=counts.get("p95"),
            last_success_at=_last_success(tx, contract.source, since=since),
            last_failure=_last_failure(tx, contract.source, since=since),
        )


def _counted(tx: Session, sources: list[str], *, since: datetime) -> dict[str, Mapping[str, Any]]:
    table, latency = Exchange, Exchange.latency_ms
    failed = table.failure.is_not(None)
    sent = table.failure.is_(None) | table.failure.not_in(_UNSENT)
    query = (
        select(
            table.source,
            func.count().label("exchanges"),
            func.count().filter(failed).label("failed"),
            func.count().filter(table.kept_from.is_not(None)).label("kept"),
            *(func.count().filter(table.fault == fault).label(fault.value) for fault in Fault),
            func.percentile_disc(0.5).within_group(latency).filter(sent).label("p50"),
            func.percentile_disc(0.95).within_group(latency).filter(sent).label("p95"),
        )
        .where(table.source.in_(sources), table.at >= since)
        .group_by(table.source)
    )
    return {row["source"]: dict(row) for row in tx.execute(query).mappings()}


def _last_success(tx: Session, source: str, *, since: datetime) -> datetime | None:
    live = Exchange.outcome.in_(_ANSWERED)
    query = select(Exchange.at).where(_within(source, since), live)
    return tx.scalars(query.order_by(Exchange.at.desc()).limit(1)).one_or_none()


def _last_failure(tx: Session, source: str, *, since: datetime) -> LastFailure | None:
    query = select(Exchange.at, Exchange.failure, Exchange.fault).where(
        _within(source, since), Exchange.failure.is_not(None)
    )
    row = tx.execute(query.order_by(Exchange.at.desc()).limit(1)).one_or_none()
    if row is None or row.failure is None or row.fault is None:
        return None
    return LastFailure(at=row.at, failure=row.failure, fault=row.fault)


def _within(source: str, since: datetime) -> ColumnElement[bool]:
    return and_(Exchange.source == source, Exchange.at >= since)
