"""Pauses after failed verifications."""

from __future__ import annotations

from datetime import timedelta

import pytest

from app.core.errors import DomainError
from app.identity.service.lockouts import Lockouts, Notice
from tests.app.device import Device
from tests.app.identity.desk import NUMBER, PATH, Desk, asked, begin, capture, play, send
from tests.app.identity.fakes import FakeFaces
from tests.app.identity.races import fail, ground, processes
from tests.app.world import citizen_number

STRANGER = citizen_number(serial=9)


@pytest.fixture
def lockouts(desk: Desk) -> Lockouts:
    return Lockouts(database=desk.database, clock=desk.clock)


def pause(lockouts: Lockouts, *subjects: str) -> int | None:
    """Seconds to wait, or None."""
    try:
        lockouts.check(*subjects)
    except DomainError as refused:
        return refused.retry_after
    return None


def fail_session(desk: Desk, phone: Device, number: str) -> None:
    desk.shared.redis.flushall()  # the rates are another matter
    session_id = begin(phone, citizen_number=number)
    assert play(phone, session_id).get_json()["status"] == "FAILED"


@pytest.mark.parametrize("number", [NUMBER, STRANGER], ids=["registered", "unknown"])
def test_five_failures_pause_the_person_on_every_device(
    desk: Desk, faces: FakeFaces, number: str
) -> None:
    faces.outcome = "NOT_VERIFIED"
    for _ in range(5):
        fail_session(desk, desk.phone(), number)

    paused = desk.phone().post(PATH, asked(citizen_number=number))

    assert (paused.status_code, paused.get_json()["code"]) == (429, "VERIFICATION_PAUSED")
    assert paused.headers["Retry-After"] == "1800"
    begin(desk.phone(), citizen_number=citizen_number(serial=10))


def test_five_failures_pause_the_device_for_every_person(desk: Desk, faces: FakeFaces) -> None:
    faces.outcome = "NOT_VERIFIED"
    phone = desk.phone()
    for serial in range(20, 25):
        fail_session(desk, phone, citizen_number(serial=serial))

    assert phone.post(PATH, asked()).get_json()["code"] == "VERIFICATION_PAUSED"
    assert desk.registry.asked[-1]["citizen_number"] != NUMBER
    begin(desk.phone())


def test_twenty_failures_pause_the_address_for_every_person_and_device(
    desk: Desk, faces: FakeFaces
) -> None:
    faces.outcome = "NOT_VERIFIED"
    for serial in range(30, 49):
        fail_session(desk, desk.phone(), citizen_number(serial=serial))
    begin(desk.phone())
    fail_session(desk, desk.phone(), citizen_number(serial=49))

    paused = desk.phone().post(PATH, asked())

    assert (paused.status_code, paused.get_json()["code"]) == (429, "VERIFICATION_PAUSED")
    elsewhere = desk.phone()
    elsewhere.client.environ_base["REMOTE_ADDR"] = "192.0.2.7"
    begin(elsewhere)


def test_an_operator_may_allow_an_address_more(desk: Desk) -> None:
    hall = Lockouts(database=desk.database, clock=desk.clock, address_failures=100)
    for _ in range(99):
        hall.count("address:1")
    before = pause(hall, "address:1")
    hall.count("address:1")

    assert (before, pause(hall, "address:1")) == (None, 1800)


def test_what_passes_at_an_address_is_set_off_against_what_fails(
    desk: Desk, faces: FakeFaces
) -> None:
    faces.outcome = "NOT_VERIFIED"
    for serial in (50, 51):
        fail_session(desk, desk.phone(), citizen_number(serial=serial))
    faces.outcome = "PASSED"
    counts = []
    for _ in range(3):
        desk.shared.redis.flushall()
        phone = desk.phone()
        play(phone, begin(phone))
        counts += desk.rows("SELECT failures FROM lockouts WHERE subject LIKE 'address:%'")

    assert counts == [(1,), (0,), (0,)]


def test_an_address_is_counted_under_a_keyed_hash(desk: Desk, faces: FakeFaces) -> None:
    faces.outcome = "NOT_VERIFIED"
    fail_session(desk, desk.phone(), NUMBER)

    assert "127.0.0.1" not in desk.everything()


def test_a_person_who_passes_is_told_of_failures_since_the_last_pass(
    desk: Desk, faces: FakeFaces
) -> None:
    faces.outcome = "NOT_VERIFIED"
    for _ in range(2):
        desk.clock.advance(minutes=1)
        fail_session(desk, desk.phone(), NUMBER)
    desk.clock.advance(minutes=31)
    faces.outcome = "PASSED"

    answers = []
    for _ in range(2):
        phone = desk.phone()
        desk.shared.redis.flushall()
        answers.append(play(phone, begin(phone)).get_json())

    assert answers[0]["notice"] == {"failed_sessions": 2, "last_failed_at": "2026-11-23T08:02:00Z"}
    assert "notice" not in answers[1]


def test_failures_are_told_though_pauses_and_quiet_days_lie_between(
    desk: Desk, lockouts: Lockouts
) -> None:
    for _ in range(6):  # the fifth begins a pause
        lockouts.count("person:1")
    desk.clock.advance(days=3)
    lockouts.count("person:1")
    desk.clock.advance(days=3)

    told = lockouts.clear("person:1")

    failed_at = desk.clock.now() - timedelta(days=3)
    assert told == Notice(failed_sessions=7, last_failed_at=failed_at)
    assert lockouts.clear("person:1") is None


def test_the_notice_is_repeated_with_the_answer(desk: Desk, faces: FakeFaces) -> None:
    faces.outcome = "NOT_VERIFIED"
    fail_session(desk, desk.phone(), NUMBER)
    faces.outcome = "PASSED"
    phone, last = desk.phone(), capture()
    session_id = begin(phone)
    send(phone, session_id, 0)

    told = send(phone, session_id, 1, last)

    assert told.get_json()["notice"]["failed_sessions"] == 1
    assert send(phone, session_id, 1, last).get_data() == told.get_data()


def test_a_failure_is_never_told_to_somebody_who_fails(desk: Desk, faces: FakeFaces) -> None:
    faces.outcome = "NOT_VERIFIED"
    fail_session(desk, desk.phone(), NUMBER)
    phone = desk.phone()

    assert "notice" not in play(phone, begin(phone)).get_json()


def test_a_persons_failures_are_remembered_for_a_month_and_others_for_a_day(
    desk: Desk, faces: FakeFaces
) -> None:
    faces.outcome = "NOT_VERIFIED"
    fail_session(desk, desk.phone(), NUMBER)
    kinds = []
    for days in (1, 28, 1):
        desk.clock.advance(days=days)
        desk.parts.sweeper.sweep()
        kinds.append(desk.rows("SELECT split_part(subject, ':', 1) FROM lockouts"))

    assert kinds == [[("person",)], [("person",)], []]


def test_a_pause_ends_by_itself(desk: Desk, lockouts: Lockouts) -> None:
    for _ in range(5):
        lockouts.count("person:1")
    desk.clock.advance(minutes=29, seconds=59)
    assert pause(lockouts, "person:1") == 1

    desk.clock.advance(seconds=1)
    assert pause(lockouts, "person:1") is None


def test_each_pause_is_twice_as_long_up_to_a_day(desk: Desk, lockouts: Lockouts) -> None:
    lengths = []
    for _ in range(8):
        for _ in range(5):
            lockouts.count("person:1")
        length = pause(lockouts, "person:1")
        assert length is not None
        lengths.append(length // 60)
        desk.clock.advance(seconds=length)

    assert lengths == [30, 60, 120, 240, 480, 960, 1440, 1440]


def test_failures_are_forgotten_after_a_quiet_day(desk: Desk, lockouts: Lockouts) -> None:
    for _ in range(4):
        lockouts.count("person:1")
    desk.clock.advance(days=1)
    lockouts.count("person:1")

    assert pause(lockouts, "person:1") is None
    assert desk.rows("SELECT failures, pauses FROM lockouts") == [(1, 0)]


def test_a_pass_forgets_the_persons_failures_not_the_devices(desk: Desk, faces: FakeFaces) -> None:
    faces.outcome = "NOT_VERIFIED"
    phone = desk.phone()
    fail_session(desk, phone, NUMBER)
    faces.outcome = "PASSED"
    play(phone, begin(phone))

    rows = desk.rows("SELECT subject, failures FROM lockouts WHERE subject NOT LIKE 'address:%'")
    assert rows == [(f"device:{phone.thumbprint}", 1)]


def test_the_longest_pause_of_several_is_told(desk: Desk, lockouts: Lockouts) -> None:
    for _ in range(5):
        lockouts.count("device:1")
    desk.clock.advance(minutes=10)
    for _ in range(5):
        lockouts.count("person:1")

    assert pause(lockouts, "device:1", "person:1") == timedelta(minutes=30).total_seconds()


def test_failures_at_the_same_moment_are_all_counted(desk: Desk, lockouts: Lockouts) -> None:
    subjects = ("person:1", "device:1")
    with processes(4) as pool:
        arguments = [
            (ground(desk.shared.settings, desk.clock), subjects if n % 2 else subjects[::-1])
            for n in range(9)
        ]
        pool.starmap(fail, arguments, chunksize=1)

    rows = desk.rows("SELECT failures, pauses FROM lockouts")
    assert rows == [(4, 1), (4, 1)]
    assert pause(lockouts, "person:1") == 1800
