"""Messages that nothing but rows come of are handled together: all of them, or each by itself."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import pytest
from sqlalchemy import text

from app.core.database import Database
from app.core.statements import Tx
from app.outbox.ports import Message, Postponed, Topic
from app.outbox.service.dispatching import Dispatcher
from app.outbox.service.letters import OutboxKeeper
from app.outbox.service.posting import Outbox, post_in
from tests.fakes import FakeClock

MANY, ONE, WRITTEN = "test.many", "test.one", "test.written"

WAITING = """
SELECT attempts, failure FROM outbox_messages WHERE topic = %(topic)s AND delivered_at IS NULL
"""


@dataclass
class Handlers:
    """Both ways of handling; each message leads to another, by which it is seen what was kept."""

    clock: FakeClock
    database: Database
    bad: set[int] = field(default_factory=set)
    batches: list[list[int]] = field(default_factory=list)
    alone: list[int] = field(default_factory=list)

    def together(self, tx: Tx, messages: Sequence[Message], /) -> None:
        numbers = [int(message.payload["n"]) for message in messages]
        self.batches.append(numbers)
        for n in numbers:
            self._write(tx, n)

    def __call__(self, message: Message, /) -> Postponed | None:
        n = int(message.payload["n"])
        self.alone.append(n)
        with self.database.direct() as tx:
            self._write(tx, n)
        return None

    def _write(self, tx: Tx, n: int) -> None:
        post_in(tx, WRITTEN, key=str(n), payload={"n": n}, now=self.clock.now())
        if n in self.bad:
            raise ZeroDivisionError


@pytest.fixture
def handlers(database: Database, clock: FakeClock) -> Handlers:
    return Handlers(clock=clock, database=database)


@pytest.fixture
def dispatcher(database: Database, clock: FakeClock, handlers: Handlers) -> Dispatcher:
    return made(database, clock, handlers)


def made(database: Database, clock: FakeClock, handlers: Handlers) -> Dispatcher:
    return Dispatcher(
        database=database,
        clock=clock,
        topics={
            MANY: Topic(handler=handlers, together=handlers.together),
            ONE: Topic(handler=handlers),
        },
        randbelow=lambda _: 0,
    )


def post(outbox: Outbox, *numbers: int, topic: str = MANY, key: str | None = None) -> None:
    for n in numbers:
        outbox.post(topic, key=key or f"k{n}", payload={"n": n})


def put_off(database: Database, n: int) -> None:
    later = "UPDATE outbox_messages SET due_at = due_at + interval '1 minute'"
    with database.separate() as tx:
        tx.execute(text(later + " WHERE (payload -> 'n')::int = :n"), {"n": n})


def written(database: Database) -> list[int]:
    query = "SELECT payload -> 'n' FROM outbox_messages WHERE topic = %(topic)s ORDER BY 1"
    return [n for (n,) in database.look(query, {"topic": WRITTEN})]


def test_all_that_is_due_is_handled_by_one_call_and_once(
    database: Database, outbox: Outbox, dispatcher: Dispatcher, handlers: Handlers
) -> None:
    post(outbox, 1, 2, 3)
    assert dispatcher.run(most=10) == 3
    assert dispatcher.run(most=10) == 0
    assert (handlers.batches, handlers.alone) == ([[1, 2, 3]], [])
    assert written(database) == [1, 2, 3]


def test_one_that_fails_undoes_the_batch_and_then_itself_alone(
    database: Database,
    outbox: Outbox,
    dispatcher: Dispatcher,
    handlers: Handlers,
    clock: FakeClock,
) -> None:
    handlers.bad = {2}
    post(outbox, 1, 2, 3)
    assert dispatcher.run(most=10) == 3
    assert handlers.alone == [1, 2, 3]
    assert written(database) == [1, 3]
    assert database.look(WAITING, {"topic": MANY}) == [(1, "ZeroDivisionError")]
    handlers.bad = set()
    clock.advance(minutes=5)
    assert dispatcher.run(most=10) == 1
    assert written(database) == [1, 2, 3]
    assert OutboxKeeper(database=database, clock=clock).state().dead == 0


def test_those_of_a_key_keep_their_order_and_their_place(
    outbox: Outbox, dispatcher: Dispatcher, handlers: Handlers
) -> None:
    post(outbox, 1, 2, key="k")
    post(outbox, 3)
    post(outbox, 4, key="k")
    assert dispatcher.run(most=3) == 3
    assert dispatcher.run(most=3) == 1
    assert handlers.batches == [[1, 2, 3], [4]]


def test_one_whose_earlier_one_cannot_be_handled_yet_waits_for_it(
    database: Database, outbox: Outbox, dispatcher: Dispatcher, handlers: Handlers
) -> None:
    post(outbox, 1, 2, key="k")
    post(outbox, 3, topic="of.another.dispatcher", key="m")
    post(outbox, 4, key="m")
    post(outbox, 5)
    put_off(database, 1)
    assert dispatcher.run(most=10) == 1
    assert handlers.batches == [[5]]


def test_one_whose_earlier_one_somebody_holds_waits_for_it(
    database: Database, outbox: Outbox, dispatcher: Dispatcher, handlers: Handlers
) -> None:
    post(outbox, 1, 2, key="k")
    post(outbox, 3)
    with database.separate() as tx:
        tx.execute(text("SELECT FROM outbox_messages WHERE payload -> 'n' = '1' FOR UPDATE"))
        assert dispatcher.run(most=10) == 1
    assert dispatcher.run(most=10) == 2
    assert handlers.batches == [[3], [1, 2]]


def test_others_need_not_wait_until_there_are_no_more(
    outbox: Outbox, dispatcher: Dispatcher, handlers: Handlers
) -> None:
    post(outbox, *range(1, 7))
    post(outbox, 11, 12, 13, 14, topic=ONE, key="one")
    assert dispatcher.run(most=8) == 8
    assert (handlers.batches, handlers.alone) == ([[1, 2, 3, 4, 5, 6]], [11, 12])


def test_no_more_are_taken_than_were_asked_for(
    outbox: Outbox, dispatcher: Dispatcher, handlers: Handlers
) -> None:
    post(outbox, *range(7))
    assert dispatcher.run(most=3) == 3
    assert handlers.batches == [[0, 1, 2]]


def test_what_one_dispatcher_holds_another_does_not_get(
    database: Database, outbox: Outbox, clock: FakeClock
) -> None:
    first, second = Handlers(clock, database), Handlers(clock, database)
    other = made(database, clock, second)

    class Slow(Handlers):
        def together(self, tx: Tx, messages: Sequence[Message], /) -> None:
            with database.apart():
                assert other.run(most=10) == 0
            first.together(tx, messages)

    post(outbox, 1, 2)
    assert made(database, clock, Slow(clock, database)).run(most=10) == 2
    assert (first.batches, second.batches) == ([[1, 2]], [])
    assert written(database) == [1, 2]


def test_a_message_that_is_not_due_is_left_out(
    database: Database, outbox: Outbox, dispatcher: Dispatcher, handlers: Handlers
) -> None:
    post(outbox, 1, 2)
    put_off(database, 1)
    assert dispatcher.run(most=10) == 1
    assert handlers.batches == [[2]]
