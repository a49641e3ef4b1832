"""The queue: one worker an item, one end an item, whatever becomes of the workers."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core.errors import UNAVAILABLE, DomainError
from app.core.fields import Place
from app.documents.batch_models import QUEUED, BatchItem, CertificateBatch
from app.documents.errors import SUSPENDED
from app.documents.records import Holder
from app.documents.service.batches.items import BatchItems, Claim, ClaimLost
from app.documents.service.batches.problems import problem_bytes, read_problem
from app.documents.service.batches.workers import MOST_ATTEMPTS, BatchWorkers
from app.identity.models.person import Person
from app.wiring.documents import build_batch_items
from app.wiring.infrastructure import Infrastructure, build_infrastructure
from config import Settings
from tests.clean import forget_everything
from tests.fakes import FakeClock

PERSON = "prs_1"


@dataclass
class Issuing:
    """Refuses or breaks; whatever it does is seen in the items alone."""

    outcome: BaseException
    asked: list[tuple[Holder, str]] = field(default_factory=list)

    def issue(self, holder: Holder, type_code: str) -> object:
        self.asked.append((holder, type_code))
        raise self.outcome


@pytest.fixture
def shared(settings: Settings, clock: FakeClock) -> Iterator[Infrastructure]:
    """The database and no application around it: nobody else takes items."""
    with ExitStack() as closing:
        built = build_infrastructure(settings, clock, closing)
        forget_everything(built.database, built.redis)
        yield built


@pytest.fixture
def items(shared: Infrastructure) -> BatchItems:
    return build_batch_items(shared)


def put(shared: Infrastructure, *types: str) -> None:
    """A batch of a person, as `BatchOrders` writes it."""
    now = shared.clock.now()
    with shared.database.separate() as tx:
        tx.add(
            Person(
                id=PERSON,
                created_at=now,
                name=b"",
                citizen_number=b"",
                citizen_hash=b"",
            )
        )
        tx.flush()
        tx.add(
            CertificateBatch(
                id="bat_1",
                person_id=PERSON,
                level="L2",
                device="device",
                created_at=now,
                until=now + timedelta(minutes=15),
            )
        )
        tx.flush()
        tx.add_all(
            BatchItem(batch_id="bat_1", position=at, type=code, state=QUEUED, attempts=0)
            for at, code in enumerate(types)
        )


def states(shared: Infrastructure) -> list[tuple[str, int]]:
    with shared.database.separate() as tx:
        rows = tx.scalars(select(BatchItem).order_by(BatchItem.position)).all()
        return [(row.state, row.attempts) for row in rows]


def problems(shared: Infrastructure) -> list[str]:
    """Codes of what was refused."""
    found = []
    with shared.database.separate() as tx:
        for row in tx.scalars(select(BatchItem).order_by(BatchItem.position)):
            place = ("certificate_batch_items", "problem", f"bat_1/{row.position}")
            if row.problem is not None:
                opened = shared.cipher.open(row.problem, Place(*place))
                found.append(read_problem(opened).kind.code)
    return found


def workers(shared: Infrastructure, items: BatchItems, outcome: BaseException) -> BatchWorkers:
    issuing = Issuing(outcome)
    return BatchWorkers(
        items=items,
        issuing=issuing,  # type: ignore[arg-type]
        database=shared.database,
        clock=shared.clock,
    )


def claimed(items: BatchItems) -> Claim:
    claim = items.claim()
    assert claim is not None
    return claim


def test_an_item_is_claimed_once_in_the_order_of_the_request(
    shared: Infrastructure, items: BatchItems
) -> None:
    put(shared, "a", "b")
    first, second = claimed(items), claimed(items)
    assert [(one.type, one.attempts) for one in (first, second)] == [("a", 1), ("b", 1)]
    assert first.holder == Holder(person_id=PERSON, level="L2", device="device")
    assert items.claim() is None


def test_who_lost_a_claim_ends_nothing(
    shared: Infrastructure, items: BatchItems, clock: FakeClock
) -> None:
    put(shared, "a")
    lost = claimed(items)
    clock.advance(seconds=59)
    assert items.claim() is None
    clock.advance(seconds=1)
    taken_over = claimed(items)
    with pytest.raises(ClaimLost):
        items.refused(lost, SUSPENDED())
    with pytest.raises(ClaimLost):
        items.issued(lost, "cer_1")
    items.refused(taken_over, SUSPENDED())
    with pytest.raises(ClaimLost):
        items.refused(taken_over, SUSPENDED())
    assert states(shared) == [("refused", 2)]


def test_a_refusal_ends_its_item_and_no_other(shared: Infrastructure, items: BatchItems) -> None:
    put(shared, "a", "b")
    crew = workers(shared, items, SUSPENDED())
    assert crew.work_one()
    assert states(shared) == [("refused", 1), ("queued", 0)]
    assert problems(shared) == ["CERTIFICATE_SUSPENDED"]
    assert crew.work_one()
    assert not crew.work_one()


def test_a_fault_of_ours_ends_its_item_without_a_word_of_it(
    shared: Infrastructure, items: BatchItems
) -> None:
    put(shared, "a")
    assert workers(shared, items, RuntimeError("a name and a number")).work_one()
    assert problems(shared) == ["INTERNAL"]


def test_while_our_database_is_away_an_item_is_not_refused(
    shared: Infrastructure, items: BatchItems, clock: FakeClock
) -> None:
    put(shared, "a")
    crew = workers(shared, items, UNAVAILABLE())
    with pytest.raises(DomainError):
        crew.work_one()
    assert states(shared) == [("running", 1)]
    clock.advance(seconds=60)
    assert workers(shared, items, SUSPENDED()).work_one()
    assert states(shared) == [("refused", 2)]


def test_an_item_that_ends_its_processes_is_given_up(
    shared: Infrastructure, items: BatchItems, clock: FakeClock
) -> None:
    put(shared, "a")
    for _ in range(MOST_ATTEMPTS):
        claimed(items)  # by processes that die
        clock.advance(seconds=60)
    crew = workers(shared, items, SUSPENDED())
    assert crew.work_one()
    assert problems(shared) == ["INTERNAL"]


def test_a_request_does_not_stand_for_ever(
    shared: Infrastructure, items: BatchItems, clock: FakeClock
) -> None:
    put(shared, "a")
    clock.advance(minutes=15)
    assert workers(shared, items, SUSPENDED()).work_one()
    assert problems(shared) == ["CERTIFICATE_BATCH_OVER"]


def test_threads_begin_with_what_is_left_and_end_when_told(
    shared: Infrastructure, items: BatchItems
) -> None:
    put(shared, *"abcdef")
    crew = workers(shared, items, SUSPENDED())
    crew.start(threads=3, look_s=0.01)
    while states(shared) != [("refused", 1)] * 6:
        crew.wake()
    crew.close()
    assert [one.name for one in threading.enumerate() if one.name.startswith("batches-")] == []


def test_a_refusal_is_kept_whole() -> None:
    refusal = SUSPENDED(retry_after=3, pointer="/x", members={"source": "s"})
    again = read_problem(problem_bytes(refusal))
    assert again == refusal
