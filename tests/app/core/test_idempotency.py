"""A write under an Idempotency-Key is done once, whatever happens to the first answer."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from sqlalchemy import text

from app.core.errors import (
    BUSY,
    FORBIDDEN,
    TOO_MANY_REQUESTS,
    UNAUTHENTICATED,
    DomainError,
    ErrorKind,
)
from app.core.idempotency.ledger import Claim, KeptResponse
from tests.app.core.conftest import Counting
from tests.app.core.counting import PATH
from tests.app.core.processes import call_of, killed, served_at_once
from tests.app.device import Device
from tests.app.world import World
from tests.fakes import FakeClock

KEY = "the-key-of-this-test"


@pytest.fixture
def phone(world: World) -> Device:
    return world.phone()


def test_the_same_request_gets_the_same_bytes_and_is_done_once(
    counting: Counting, phone: Device
) -> None:
    body = {"step": 1, "note": "一次都不跑"}
    first = phone.post(PATH, body, idempotency_key=KEY)
    again = phone.post(PATH, body, idempotency_key=KEY)

    assert (first.status_code, again.status_code) == (201, 201)
    assert again.data == first.data
    assert again.content_type == first.content_type == "application/json"
    assert again.headers["Location"] == first.headers["Location"] == f"{PATH}/1"
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert counting.rows == counting.calls == 1


def test_another_request_under_the_same_key_is_refused(counting: Counting, phone: Device) -> None:
    phone.post(PATH, {"step": 1}, idempotency_key=KEY)
    for path, body in ((PATH, {"step": 2}), (f"{PATH}?a=1", {"step": 1})):
        other = phone.post(path, body, idempotency_key=KEY)
        assert (other.status_code, other.json["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    assert counting.rows == 1


def test_a_write_without_a_usable_key_is_refused(counting: Counting, phone: Device) -> None:
    for key in ("", "short", "with space", "x" * 129, "schlüssel", "tab\there"):
        answer = phone.post(PATH, {"step": 1}, headers={"Idempotency-Key": key})
        assert (answer.status_code, answer.json["code"]) == (400, "IDEMPOTENCY_KEY_MISSING")
    without = phone.send("POST", PATH, json={"step": 1})
    assert without.json["code"] == "IDEMPOTENCY_KEY_MISSING"
    assert counting.calls == 0


def test_a_key_belongs_to_its_caller(world: World, counting: Counting, phone: Device) -> None:
    mine = phone.post(PATH, {"step": 1, "note": "mine"}, idempotency_key=KEY)
    other = world.phone().post(PATH, {"step": 2, "note": "theirs"}, idempotency_key=KEY)
    assert (mine.json["note"], other.json["note"]) == ("mine", "theirs")
    assert counting.rows == 2


def test_a_request_that_was_not_understood_does_not_use_the_key_up(
    counting: Counting, phone: Device
) -> None:
    assert phone.post(PATH, {"step": "1"}, idempotency_key=KEY).status_code == 422
    assert phone.post(PATH, {"step": 1}, idempotency_key=KEY).status_code == 201
    assert counting.rows == 1


def test_a_refusal_is_remembered_and_its_work_undone(counting: Counting, phone: Device) -> None:
    def refuse() -> None:
        raise FORBIDDEN(members={"action": "STOP"})

    counting.during = refuse
    first = phone.post(PATH, {"step": 1}, idempotency_key=KEY)
    counting.during = lambda: None
    again = phone.post(PATH, {"step": 1}, idempotency_key=KEY)

    assert (first.status_code, first.json["action"]) == (403, "STOP")
    assert again.data == first.data
    assert again.content_type == "application/problem+json"
    assert counting.calls == 1
    assert counting.rows == 0


@pytest.mark.parametrize("kind", [UNAUTHENTICATED, TOO_MANY_REQUESTS, BUSY], ids=lambda k: k.code)
def test_a_refusal_that_passes_is_not_remembered(
    counting: Counting, phone: Device, kind: ErrorKind
) -> None:
    def refuse() -> None:
        raise kind(retry_after=1)

    counting.during = refuse
    assert phone.post(PATH, {"step": 1}, idempotency_key=KEY).json["code"] == kind.code
    counting.during = lambda: None
    assert phone.post(PATH, {"step": 1}, idempotency_key=KEY).status_code == 201
    assert counting.rows == 1


def test_a_fault_of_ours_undoes_the_work_and_frees_the_key(
    counting: Counting, phone: Device
) -> None:
    def fail() -> None:
        raise ZeroDivisionError

    counting.during = fail
    failed = phone.post(PATH, {"step": 1}, idempotency_key=KEY)
    assert (failed.status_code, failed.json["code"]) == (500, "INTERNAL")
    assert counting.rows == 0
    counting.during = lambda: None
    assert phone.post(PATH, {"step": 1}, idempotency_key=KEY).status_code == 201


def test_while_the_first_request_runs_the_second_waits(
    world: World, counting: Counting, phone: Device
) -> None:
    reached, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        reached.set()
        assert go_on.wait(30)

    counting.during = hold
    answers = []
    thread = threading.Thread(
        target=lambda: answers.append(phone.post(PATH, {"step": 1}, idempotency_key=KEY))
    )
    thread.start()
    assert reached.wait(30)
    twin = Device(
        client=world.client, clock=world.clock, public_url=phone.public_url, key=phone.key
    )
    second = twin.post(PATH, {"step": 1}, idempotency_key=KEY)
    go_on.set()
    thread.join(30)

    assert (second.status_code, second.json["code"]) == (409, "IDEMPOTENCY_IN_PROGRESS")
    assert second.headers["Retry-After"] == "1"
    assert answers[0].status_code == 201
    assert twin.post(PATH, {"step": 1}, idempotency_key=KEY).data == answers[0].data
    assert counting.rows == 1


def test_a_request_that_was_overtaken_undoes_its_work(
    world: World, counting: Counting, phone: Device, clock: FakeClock
) -> None:
    overtaking = []
    twin = Device(
        client=world.client, clock=world.clock, public_url=phone.public_url, key=phone.key
    )

    def overtake() -> None:
        counting.during = lambda: None
        clock.advance(seconds=61)  # as if this one had hung
        thread = threading.Thread(
            target=lambda: overtaking.append(twin.post(PATH, {"step": 1}, idempotency_key=KEY))
        )
        thread.start()
        thread.join(30)

    counting.during = overtake
    slow = phone.post(PATH, {"step": 1}, idempotency_key=KEY)

    assert overtaking[0].status_code == 201
    assert (slow.status_code, slow.json["code"]) == (409, "IDEMPOTENCY_IN_PROGRESS")
    assert counting.calls == 2
    assert counting.rows == 1
    assert phone.post(PATH, {"step": 1}, idempotency_key=KEY).data == overtaking[0].data


def test_a_process_killed_before_its_commit_has_done_nothing_and_the_retry_does_it_once(
    world: World, counting: Counting, phone: Device, clock: FakeClock
) -> None:
    assert killed(call_of(world, phone, KEY, dies=True, step=1)) == -9
    assert counting.rows == 0

    early = phone.post(PATH, {"step": 1}, idempotency_key=KEY)
    assert (early.status_code, early.json["code"]) == (409, "IDEMPOTENCY_IN_PROGRESS")
    clock.advance(seconds=60)
    other = phone.post(PATH, {"step": 2}, idempotency_key=KEY)
    assert (other.status_code, other.json["code"]) == (422, "IDEMPOTENCY_KEY_REUSED")
    done = phone.post(PATH, {"step": 1}, idempotency_key=KEY)
    assert done.status_code == 201
    assert phone.post(PATH, {"step": 1}, idempotency_key=KEY).data == done.data
    assert counting.rows == 1


def test_processes_that_serve_the_same_write_at_once_do_it_once(
    world: World, counting: Counting, phone: Device
) -> None:
    outcomes = served_at_once([call_of(world, phone, KEY, step=1)] * 4)
    done = {body for status, body in outcomes if status == 201}
    assert len(done) == 1
    assert {status for status, _ in outcomes} <= {201, 409}
    assert phone.post(PATH, {"step": 1}, idempotency_key=KEY).data in done
    assert counting.rows == 1
    assert counting.calls == 0


def test_a_key_is_forgotten_after_a_day(
    world: World, counting: Counting, phone: Device, clock: FakeClock
) -> None:
    first = phone.post(PATH, {"step": 1, "note": "a"}, idempotency_key=KEY)
    clock.advance(seconds=timedelta(days=1).total_seconds() - 1)
    assert phone.post(PATH, {"step": 1, "note": "a"}, idempotency_key=KEY).data == first.data
    clock.advance(seconds=1)
    assert phone.post(PATH, {"step": 2}, idempotency_key=KEY).status_code == 201
    assert counting.rows == 2

    phone.post(PATH, {"step": 3}, idempotency_key="another-key")
    clock.advance(days=1)
    phone.post(PATH, {"step": 4}, idempotency_key="a-third-key")
    assert world.shared.idempotency.sweep() == 2
    assert world.shared.idempotency.sweep() == 0


@pytest.mark.usefixtures("counting")
def test_a_kept_answer_cannot_be_read_in_the_database(world: World, phone: Device) -> None:
    phone.post(PATH, {"step": 1, "note": "8888888888"}, idempotency_key=KEY)
    with world.database.separate() as tx:
        [row] = tx.execute(text("SELECT * FROM idempotency_keys")).all()
    assert b"8888888888" not in bytes(row.response)
    assert "8888888888" not in repr(row)


def test_an_overtaken_claim_can_neither_answer_nor_give_the_key_back(
    world: World, clock: FakeClock
) -> None:
    ledger = world.shared.idempotency
    answer = KeptResponse(status=201, headers={}, body=b"{}")

    def claim() -> Claim | KeptResponse:
        keep = timedelta(days=1)
        return ledger.claim(owner="phone:x", key=KEY, fingerprint=b"f" * 32, keep=keep)

    slow = claim()
    clock.advance(seconds=60)
    second = claim()  # still running when the slow one ends
    assert isinstance(slow, Claim)
    assert isinstance(second, Claim)
    with pytest.raises(DomainError, match="IDEMPOTENCY_IN_PROGRESS"):
        ledger.keep(slow, answer)
    ledger.release(slow)
    ledger.keep(second, answer)
    assert claim() == answer
