"""Takes batches in, and shows how far they are."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import select
from sqlalchemy.orm import Session

from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import NOT_FOUND, DomainError
from app.core.fields import FieldCipher
from app.core.ids import new_id
from app.documents.batch_models import QUEUED, BatchItem, CertificateBatch
from app.documents.models import Certificate
from app.documents.ports import ByAddress, Workbench
from app.documents.records import Holder, Titles
from app.documents.service.batches.items import problem_place
from app.documents.service.batches.problems import read_problem
from app.documents.service.confirmations import confirmed_times
from app.documents.service.views import CertificateView, view_of

_STANDS: Final = timedelta(minutes=15)
"""How long a request is good for, should all workers be away."""
_RATE: Final = "batches"


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemView:
    """One certificate of a batch."""

    type: str
    titles: Titles
    state: str
    """queued, running, issued or refused."""
    certificate: CertificateView | None = None
    problem: DomainError | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchView:
    """A batch and its items in the order they were asked for."""

    id: str
    created_at: datetime
    items: Sequence[ItemView]

    @property
    def ended(self) -> bool:
        """Whether every item is issued or refused."""
        return all(one.certificate or one.problem for one in self.items)


class BatchOrders:
    """A person's batches."""

    def __init__(
        self,
        *,
        workbench: Workbench,
        database: Database,
        cipher: FieldCipher,
        limits: ByAddress,
        clock: Clock,
        wake: Callable[[], None],
    ) -> None:
        """Take the ports.

        Args:
            workbench: knows the types.
            database: keeps the queue.
            cipher: opens what is kept of refusals.
            limits: how many batches a person may ask for.
            clock: the time of day.
            wake: called once a batch is committed.
        """
        self._workbench = workbench
        self._database = database
        self._cipher = cipher
        self._limits = limits
        self._clock = clock
        self._wake = wake

    def place(self, holder: Holder, types: Sequence[str]) -> BatchView:
        """Put certificates of these types into the queue.

        Args:
            holder: whose.
            types: different codes, at most ten.

        Raises:
            DomainError: CERTIFICATE_TYPE_UNKNOWN with pointer `/types/<position>`,
                TOO_MANY_REQUESTS.
        """
        for position, code in enumerate(types):
            self._require_known(code, position)
        self._limits.hit(_RATE, holder.person_id)
        now = self._clock.now()
        batch = CertificateBatch(
            id=new_id("bat", now),
            person_id=holder.person_id,
            level=holder.level,
            device=holder.device,
            created_at=now,
            until=now + _STANDS,
        )
        with self._database.transaction() as tx:
            tx.add(batch)
            tx.flush()
            tx.add_all(_item(batch.id, at, code) for at, code in enumerate(types))
            tx.flush()
            # Workers must not look before there is something to see.
            self._database.afterwards(self._wake)
            return self._view(tx, batch)

    def get(self, holder: Holder, batch_id: str) -> BatchView:
        """How far a batch is.

        No entry of its own in the access log: the looks into registers and the certificates it
        led to have theirs.

        Raises:
            DomainError: NOT_FOUND, the same for an unknown id and for another's.
        """
        with self._database.transaction() as tx:
            query = select(CertificateBatch).where(
                CertificateBatch.id == batch_id, CertificateBatch.person_id == holder.person_id
            )
            batch = tx.scalar(query)
            if batch is None:
                raise NOT_FOUND()
            return self._view(tx, batch)

    def _require_known(self, code: str, position: int) -> None:
        try:
            self._workbench.type(code)
        except DomainError as refusal:
            raise refusal.kind(pointer=f"/types/{position}") from None

    def _view(self, tx: Session, batch: CertificateBatch) -> BatchView:
        rows = tx.execute(
            select(BatchItem, Certificate)
            .outerjoin(Certificate, Certificate.id == BatchItem.certificate_id)
            .where(BatchItem.batch_id == batch.id)
            .order_by(BatchItem.position)
        ).all()
        confirmed = confirmed_times(tx, [row for _, row in rows])
        items = [self._item(item, certificate, confirmed) for item, certificate in rows]
        return BatchView(id=batch.id, created_at=batch.created_at, items=items)

    def _item(
        self, item: BatchItem, row: Certificate | None, confirmed: Mapping[str, datetime]
    ) -> ItemView:
        titles, problem = self._workbench.titles(item.type), None
        if item.problem is not None:
            place = problem_place(item.batch_id, item.position)
            problem = read_problem(self._cipher.open(item.problem, place))
        return ItemView(
            type=item.type,
            titles=titles,
            state=item.state,
            certificate=None
            if row is None
            else view_of(
                row, titles=titles, now=self._clock.now(), confirmed_at=confirmed.get(row.id)
            ),
            problem=problem,
        )


def _item(batch_id: str, position: int, code: str) -> BatchItem:
    return BatchItem(batch_id=batch_id, position=position, type=code, state=QUEUED, attempts=0)
