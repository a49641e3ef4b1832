"""What is posted is handled: in order, again after a failure, and aside in the end."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import insert, select, text
from sqlalchemy.exc import IntegrityError

from app.core.database import Database
from app.core.errors import UPSTREAM_FAILED, DomainError
from app.outbox.models import OutboxMessage
from app.outbox.ports import Message, Postponed, Retries, Topic
from app.outbox.service.dispatching import Dispatcher
from app.outbox.service.letters import OutboxKeeper
from app.outbox.service.posting import Outbox
from tests.fakes import FakeClock

TOPIC = "test.happened"
RETRIES = Retries(first=timedelta(seconds=2), longest=timedelta(seconds=60), most=3)


class Recorder:
    """Notes what it is given; does what `then` says first."""

    def __init__(self) -> None:
        self.seen: list[Message] = []
        self.then: list[Exception | Postponed] = []

    def __call__(self, message: Message, /) -> Postponed | None:
        self.seen.append(message)
        answer = self.then.pop(0) if self.then else None
        if isinstance(answer, Exception):
            raise answer
        return answer

    @property
    def numbers(self) -> list[int]:
        return [int(message.payload["n"]) for message in self.seen]


@pytest.fixture
def recorder() -> Recorder:
    return Recorder()


@pytest.fixture
def dispatcher(database: Database, clock: FakeClock, recorder: Recorder) -> Dispatcher:
    return Dispatcher(
        database=database,
        clock=clock,
        topics={TOPIC: Topic(handler=recorder, retries=RETRIES)},
        randbelow=lambda below: below - 1,
    )


def post(outbox: Outbox, *numbers: int, key: str = "k", topic: str = TOPIC) -> list[str]:
    return [outbox.post(topic, key=key, payload={"n": n}) for n in numbers]


def only(database: Database) -> OutboxMessage:
    with database.separate() as tx:
        return tx.scalars(select(OutboxMessage)).one()


def test_a_message_exists_only_if_its_change_does(
    database: Database, outbox: Outbox, dispatcher: Dispatcher, recorder: Recorder
) -> None:
    with pytest.raises(ZeroDivisionError):
        changed_in_vain(database, outbox)
    with database.transaction():
        post(outbox, 2)
        assert seen_from_outside(database) == 0
    assert dispatcher.run(most=10) == 1
    assert recorder.numbers == [2]


def changed_in_vain(database: Database, outbox: Outbox) -> None:
    with database.transaction():
        post(outbox, 1)
        raise ZeroDivisionError


def seen_from_outside(database: Database) -> int:
    """What a dispatcher outside of the transaction under way finds."""
    with database.separate() as tx:
        return len(tx.scalars(select(OutboxMessage)).all())


def test_messages_of_a_key_are_handled_in_the_order_of_posting(
    outbox: Outbox, dispatcher: Dispatcher, recorder: Recorder
) -> None:
    post(outbox, *range(20))
    assert dispatcher.run(most=50) == 20
    assert recorder.numbers == list(range(20))


def test_a_batch_is_bounded(outbox: Outbox, dispatcher: Dispatcher, recorder: Recorder) -> None:
    post(outbox, *range(9))
    assert dispatcher.run(most=4) == 4
    assert len(recorder.seen) == 4


def test_a_handled_message_is_not_handled_again(
    outbox: Outbox, dispatcher: Dispatcher, recorder: Recorder, clock: FakeClock
) -> None:
    post(outbox, 1)
    dispatcher.run(most=5)
    clock.advance(days=1)
    assert dispatcher.run(most=5) == 0
    assert recorder.numbers == [1]


def test_a_message_waits_until_it_is_due(
    outbox: Outbox, dispatcher: Dispatcher, clock: FakeClock
) -> None:
    outbox.post(TOPIC, key="k", payload={"n": 1}, after=timedelta(minutes=2))
    clock.advance(seconds=119)
    assert dispatcher.run(most=5) == 0
    clock.advance(seconds=1)
    assert dispatcher.run(most=5) == 1


def test_a_failure_holds_up_its_own_key_and_no_other(
    outbox: Outbox, dispatcher: Dispatcher, recorder: Recorder, clock: FakeClock
) -> None:
    recorder.then = [ZeroDivisionError()]
    post(outbox, 1, 2, key="a")
    post(outbox, 3, key="b")
    assert dispatcher.run(most=10) == 2
    assert recorder.numbers == [1, 3]
    clock.advance(seconds=2)
    dispatcher.run(most=10)
    assert recorder.numbers == [1, 3, 1, 2]


def test_the_same_message_has_the_same_id_at_each_attempt(
    outbox: Outbox, dispatcher: Dispatcher, recorder: Recorder, clock: FakeClock
) -> None:
    recorder.then = [UPSTREAM_FAILED()]
    [posted] = post(outbox, 1)
    dispatcher.run(most=1)
    clock.advance(seconds=2)
    dispatcher.run(most=1)
    assert [(m.id, m.attempts) for m in recorder.seen] == [(posted, 0), (posted, 1)]


@pytest.mark.parametrize(
    ("failed", "named"),
    [
        (UPSTREAM_FAILED(), "UPSTREAM_FAILED"),
        (ZeroDivisionError("张伟"), "ZeroDivisionError"),
        (Postponed(failure="slow"), "slow"),
    ],
)
def test_a_failure_is_noted_by_a_name_without_values(
    outbox: Outbox,
    dispatcher: Dispatcher,
    recorder: Recorder,
    failed: DomainError | ZeroDivisionError | Postponed,
    named: str,
) -> None:
    database = dispatcher._database
    recorder.then = [failed]
    post(outbox, 1)
    dispatcher.run(most=1)
    assert (only(database).failure, only(database).attempts) == (named, 1)


def test_pauses_double_up_to_the_longest_and_are_spread() -> None:
    whole = [RETRIES.pause(n, jitter=1).total_seconds() for n in range(1, 9)]
    assert whole == [2, 4, 8, 16, 32, 60, 60, 60]
    assert RETRIES.pause(3, jitter=0).total_seconds() == 4
    assert RETRIES.pause(10_000, jitter=1).total_seconds() == 60


def test_a_handler_may_say_when_to_come_back_without_an_attempt(
    database: Database,
    outbox: Outbox,
    dispatcher: Dispatcher,
    recorder: Recorder,
    clock: FakeClock,
) -> None:
    later = clock.now() + timedelta(minutes=5)
    recorder.then = [Postponed(failure="paused", not_before=later, counts=False)]
    post(outbox, 1)
    dispatcher.run(most=1)
    assert (only(database).attempts, only(database).due_at) == (0, later)


def test_what_fails_too_often_is_set_aside_and_shown(
    database: Database,
    outbox: Outbox,
    dispatcher: Dispatcher,
    recorder: Recorder,
    clock: FakeClock,
) -> None:
    keeper = OutboxKeeper(database=database, clock=clock)
    recorder.then = [ZeroDivisionError()] * 3
    first, _ = post(outbox, 1, 2)
    for _ in range(3):
        dispatcher.run(most=1)
        clock.advance(minutes=2)
    assert dispatcher.run(most=10) == 1  # the next of the key waits no longer
    state = keeper.state()
    assert (state.waiting, state.dead) == (0, 1)
    assert [(d.id, d.attempts, d.failure) for d in state.letters] == [
        (first, 3, "ZeroDivisionError")
    ]
    keeper.revive(first)
    dispatcher.run(most=10)
    assert keeper.state().dead == 0
    assert recorder.numbers == [1, 1, 1, 2, 1]


def test_only_a_dead_letter_can_be_revived(
    database: Database, outbox: Outbox, clock: FakeClock
) -> None:
    [posted] = post(outbox, 1)
    with pytest.raises(DomainError, match="DEAD_LETTER_UNKNOWN"):
        OutboxKeeper(database=database, clock=clock).revive(posted)


def test_the_operator_sees_how_far_behind_it_is(
    database: Database, outbox: Outbox, clock: FakeClock
) -> None:
    keeper = OutboxKeeper(database=database, clock=clock)
    post(outbox, 1, 2)
    clock.advance(seconds=90)
    assert (keeper.state().waiting, keeper.state().overdue_seconds) == (2, 90)


def test_what_a_failed_handler_wrote_is_undone_and_what_a_postponing_one_wrote_is_kept(
    database: Database, outbox: Outbox, clock: FakeClock
) -> None:
    def failing(_: Message, /) -> Postponed | None:
        post(outbox, 7, topic="other")
        raise ZeroDivisionError

    def postponing(_: Message, /) -> Postponed | None:
        post(outbox, 8, topic="other")
        return Postponed(failure="later")

    post(outbox, 1, topic="failing", key="a")
    post(outbox, 1, topic="postponing", key="b")
    Dispatcher(
        database=database,
        clock=clock,
        topics={"failing": Topic(handler=failing), "postponing": Topic(handler=postponing)},
        randbelow=lambda _: 0,
    ).run(most=9)
    with database.separate() as tx:
        others = tx.scalars(select(OutboxMessage.payload).where(OutboxMessage.topic == "other"))
        assert [payload["n"] for payload in others] == [8]


def test_a_topic_nobody_handles_stays(
    database: Database, outbox: Outbox, dispatcher: Dispatcher
) -> None:
    post(outbox, 1, topic="of.a.newer.version")
    assert dispatcher.run(most=5) == 0
    assert only(database).delivered_at is None


def test_delivered_messages_are_forgotten_after_a_week_and_dead_ones_are_kept(
    database: Database,
    outbox: Outbox,
    dispatcher: Dispatcher,
    recorder: Recorder,
    clock: FakeClock,
) -> None:
    keeper = OutboxKeeper(database=database, clock=clock)
    post(outbox, 1)
    dispatcher.run(most=1)
    recorder.then = [ZeroDivisionError()] * 3
    post(outbox, 2)
    for _ in range(3):
        dispatcher.run(most=1)
        clock.advance(minutes=2)
    assert keeper.sweep() == 0
    clock.advance(days=8)
    assert keeper.sweep() == 1
    assert only(database).payload == {"n": 2}


@pytest.mark.parametrize(
    ("changes", "constraint"),
    [
        ({"key": ""}, "addressed"),
        ({"payload": [1]}, "payload_object"),
        ({"payload": {"n": "x" * 9000}}, "payload_bounded"),
        ({"attempts": -1}, "attempts"),
    ],
)
def test_the_database_bounds_a_message(
    database: Database, clock: FakeClock, changes: dict[str, Any], constraint: str
) -> None:
    usual = {
        "id": "msg_1",
        "topic": "t",
        "key": "k",
        "payload": {},
        "created_at": clock.now(),
        "due_at": clock.now(),
        "attempts": 0,
    }
    with pytest.raises(IntegrityError, match=constraint), database.separate() as tx:
        tx.execute(insert(OutboxMessage).values(**(usual | changes)))


def test_a_message_has_one_end(database: Database, outbox: Outbox) -> None:
    post(outbox, 1)
    with pytest.raises(IntegrityError, match="one_end"), database.separate() as tx:
        tx.execute(
            text("UPDATE outbox_messages SET delivered_at = now(), dead_at = now(), failure = 'x'")
        )
