"""POST /v1/verifications/{id}/steps/{n} and GET /v1/verifications/{id}: the state machine."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy.exc import IntegrityError

from app.core.errors import BUSY, UNAVAILABLE
from app.core.ids import new_id
from app.identity.errors import FRAME_BROKEN
from app.identity.ports import Finding
from app.identity.service.replays import Likenesses, Replays
from app.identity.service.seals import SessionSeals
from app.identity.service.sessions import CLAIM_LASTS, Sessions, StepKey
from tests.app.identity.desk import NUMBER, PATH, Desk, begin, capture, play, send, twin
from tests.app.identity.fakes import FakeFaces
from tests.app.world import citizen_number


def refuse(error: BaseException) -> None:
    raise error


def state(desk: Desk, session_id: str) -> str:
    rows = desk.rows("SELECT state FROM verification_sessions WHERE id = :id", id=session_id)
    return str(rows[0][0])


def failures(desk: Desk) -> list[int]:
    return [count for (count,) in desk.rows("SELECT failures FROM lockouts")]


def test_two_good_steps_pass_and_give_a_code_for_a_minute(desk: Desk) -> None:
    phone = desk.phone()
    session_id = begin(phone)

    told = play(phone, session_id).get_json()

    assert set(told) == {"id", "status", "level", "code", "code_expires_at"}
    assert (told["id"], told["status"], told["level"]) == (session_id, "PASSED", "L1")
    assert told["code_expires_at"] == "2026-11-23T08:01:00Z"
    assert len(told["code"]) == 43
    assert told["code"] not in desk.everything()


def test_a_step_is_revealed_only_after_the_one_before(desk: Desk) -> None:
    phone = desk.phone()
    session_id = begin(phone)

    before = phone.get(f"{PATH}/{session_id}").get_json()
    revealed = send(phone, session_id, 0).get_json()
    after = phone.get(f"{PATH}/{session_id}").get_json()

    assert (before["status"], before["step"]["n"]) == ("CREATED", 0)
    assert revealed["step"]["nonce"] not in str(before)
    assert (revealed["status"], revealed["step"]["n"]) == ("IN_PROGRESS", 1)
    assert after["status"] == "IN_PROGRESS"
    assert after["step"] == revealed["step"]


def test_a_step_is_timed_from_the_moment_it_is_revealed(desk: Desk) -> None:
    phone = desk.phone()
    session_id = begin(phone)
    desk.clock.advance(seconds=5)
    send(phone, session_id, 0)

    rows = desk.rows(
        "SELECT extract(epoch FROM revealed_at - created_at)::int FROM verification_sessions"
    )

    assert rows == [(5,)]


def test_another_device_can_neither_see_nor_go_on(desk: Desk, faces: FakeFaces) -> None:
    session_id = begin(desk.phone())
    other = desk.phone()

    assert other.get(f"{PATH}/{session_id}").status_code == 404
    assert send(other, session_id, 0).get_json()["code"] == "VERIFICATION_FOREIGN"
    assert (faces.measured, state(desk, session_id)) == ([], "CREATED")


@pytest.mark.parametrize(
    "session_id", ["vrf_" + "a" * 26, "vrf_1", "vrf_" + "A" * 26, "prs_" + "a" * 26]
)
def test_an_unknown_session_is_404(desk: Desk, session_id: str) -> None:
    phone = desk.phone()

    assert phone.get(f"{PATH}/{session_id}").status_code == 404
    assert send(phone, session_id, 0).status_code == 404


def test_without_a_proof_nothing_is_answered(desk: Desk) -> None:
    phone = desk.phone()
    session_id = begin(phone)

    refused = desk.app.test_client().get(f"{PATH}/{session_id}")

    assert refused.status_code == 401
    assert 'error="invalid_dpop_proof"' in refused.headers["WWW-Authenticate"]


def test_a_step_out_of_order_is_refused_and_the_session_goes_on(desk: Desk) -> None:
    phone = desk.phone()
    session_id = begin(phone)

    early = send(phone, session_id, 1)

    assert (early.status_code, early.get_json()["code"]) == (409, "STEP_OUT_OF_ORDER")
    assert play(phone, session_id).get_json()["status"] == "PASSED"


def test_a_repeat_gets_the_same_answer_and_other_content_is_refused(
    desk: Desk, faces: FakeFaces
) -> None:
    phone = desk.phone()
    session_id, frames, last = begin(phone), capture(), capture()

    first = send(phone, session_id, 0, frames)
    again = send(phone, session_id, 0, frames)
    other = send(phone, session_id, 0)
    ended = send(phone, session_id, 1, last)
    ended_again = send(phone, session_id, 1, last)

    assert first.get_data() == again.get_data()
    assert (other.status_code, other.get_json()["code"]) == (409, "STEP_REPEATED")
    assert ended.get_json()["code"] == ended_again.get_json()["code"]
    assert faces.measured == [0, 1]


def test_the_last_answer_is_repeated_no_longer_than_its_code_lives(desk: Desk) -> None:
    phone = desk.phone()
    session_id, last = begin(phone), capture()
    send(phone, session_id, 0)
    send(phone, session_id, 1, last)

    desk.clock.advance(seconds=61)
    late = send(phone, session_id, 1, last)

    assert (late.status_code, late.get_json()["code"]) == (410, "VERIFICATION_ENDED")


def test_an_expired_session_is_410_and_forgets(desk: Desk) -> None:
    phone = desk.phone()
    session_id = begin(phone)
    send(phone, session_id, 0)
    desk.clock.advance(seconds=181)

    assert phone.get(f"{PATH}/{session_id}").get_json()["status"] == "EXPIRED"
    late = send(phone, session_id, 1)

    assert (late.status_code, late.get_json()["code"]) == (410, "VERIFICATION_EXPIRED")
    assert state(desk, session_id) == "EXPIRED"
    assert desk.rows("SELECT count(*) FROM verification_evidence") == [(0,)]
    assert send(phone, session_id, 1).get_json()["code"] == "VERIFICATION_EXPIRED"
    assert failures(desk) == []


@pytest.mark.parametrize("code", ["REJECTED_PROTOCOL", "TOO_SLOW"])
def test_a_broken_protocol_ends_the_session_before_anything_is_measured(
    desk: Desk, faces: FakeFaces, code: str
) -> None:
    phone = desk.phone()
    session_id = begin(phone)
    faces.checked = Finding(gate="chain", code=code)

    told = send(phone, session_id, 0)

    assert told.status_code == 200
    assert (told.get_json()["status"], told.get_json()["retry_code"]) == ("FAILED", code)
    assert told.get_json()["hint"]
    assert "chain" not in told.get_data(as_text=True)
    assert faces.measured == []
    assert failures(desk) == [1, 1, 1]  # person, device and address
    seen = phone.get(f"{PATH}/{session_id}").get_json()
    assert (seen["status"], seen["retry_code"]) == ("FAILED", code)
    assert "step" not in seen


def test_a_hopeless_session_ends_early_and_is_counted(desk: Desk, faces: FakeFaces) -> None:
    phone = desk.phone()
    session_id = begin(phone)
    faces.screened = Finding(gate="faces", code="TWO_FACES")

    told = send(phone, session_id, 0).get_json()

    assert (told["status"], told["retry_code"]) == ("FAILED", "TWO_FACES")
    assert failures(desk) == [1, 1, 1]  # person, device and address


def test_an_unknown_person_and_a_wrong_face_end_the_same(desk: Desk, faces: FakeFaces) -> None:
    stranger, impostor = desk.phone(), desk.phone()
    unknown = begin(stranger, citizen_number=citizen_number(serial=7))
    wrong = begin(impostor)
    told = play(stranger, unknown).get_json()

    faces.outcome = "NOT_VERIFIED"
    other = play(impostor, wrong).get_json()

    assert {**told, "id": ""} == {**other, "id": ""}
    assert faces.measured == [0, 1, 0, 1]
    assert desk.rows("SELECT count(*) FROM persons") == [(0,)]


def test_the_hint_is_in_the_readers_language(desk: Desk, faces: FakeFaces) -> None:
    phone = desk.phone()
    session_id, frames = begin(phone), capture()
    faces.screened = Finding(gate="light", code="TOO_DARK")

    chinese = send(phone, session_id, 0, frames).get_json()["hint"]

    assert chinese == "光线太暗。"


def test_a_frame_of_another_session_is_refused(desk: Desk, faces: FakeFaces) -> None:
    stolen = capture(5)
    victim, thief = desk.phone(), desk.phone()
    send(victim, begin(victim), 0, stolen)
    session_id = begin(thief, citizen_number=citizen_number(serial=3))

    told = send(thief, session_id, 0, [*capture(2), stolen[3]]).get_json()

    assert (told["status"], told["retry_code"]) == ("FAILED", "REJECTED_PROTOCOL")
    assert faces.measured == [0]


def test_a_recording_encoded_anew_is_refused(desk: Desk, faces: FakeFaces) -> None:
    faces.likeness = (b"a" * 32, b"b" * 32)
    victim, thief = desk.phone(), desk.phone()
    assert play(victim, begin(victim)).get_json()["status"] == "PASSED"

    told = play(thief, begin(thief)).get_json()

    assert (told["status"], told["retry_code"]) == ("FAILED", "REJECTED_PROTOCOL")


def test_holding_still_alike_twice_is_no_replay(desk: Desk, faces: FakeFaces) -> None:
    phone = desk.phone()
    for _ in range(2):
        session_id = begin(phone)
        faces.likeness = (b"a" * 32, b"b" * 32)
        send(phone, session_id, 0)
        faces.likeness = None

        assert send(phone, session_id, 1).get_json()["status"] == "PASSED"


def test_a_likeness_is_forgotten_after_a_day(desk: Desk) -> None:
    phone = desk.phone()
    first, second = begin(phone), begin(phone)
    play(phone, first)
    send(phone, second, 0)
    seals = SessionSeals(desk.shared.cipher)
    replays = Replays(database=desk.database, seals=seals, clock=desk.clock)
    session = Sessions(database=desk.database, clock=desk.clock).find(second)
    assert session is not None
    remembered = replays.likenesses(session)

    desk.clock.advance(days=1)

    assert (len(remembered.own), [len(other) for other in remembered.others]) == (3, [6])
    assert replays.likenesses(session) == Likenesses(own=[], others=[])


@pytest.mark.parametrize(
    ("fault", "status"),
    [
        (BUSY(retry_after=1), 503),
        (UNAVAILABLE(retry_after=1), 503),
        (FRAME_BROKEN(pointer="/frames/1"), 422),
        (ZeroDivisionError(), 500),
    ],
    ids=["busy", "worker died", "broken picture", "unforeseen"],
)
def test_a_fault_while_measuring_leaves_the_step_to_be_sent_again(
    desk: Desk, faces: FakeFaces, fault: Exception, status: int
) -> None:
    phone = desk.phone()
    session_id, frames = begin(phone), capture()
    faces.before_measure = lambda: refuse(fault)

    refused = send(phone, session_id, 0, frames)
    faces.before_measure = lambda: None
    again = send(phone, session_id, 0, frames)

    assert refused.status_code == status
    assert again.get_json()["status"] == "IN_PROGRESS"
    assert failures(desk) == []
    assert send(phone, session_id, 1).get_json()["status"] == "PASSED"


def test_the_same_step_sent_twice_at_once_is_judged_once(desk: Desk, faces: FakeFaces) -> None:
    phone = desk.phone()
    session_id, frames = begin(phone), capture()
    measuring, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        measuring.set()
        assert go_on.wait(20)

    faces.before_measure = hold
    with ThreadPoolExecutor(1) as pool:
        first = pool.submit(send, twin(desk, phone), session_id, 0, frames)
        assert measuring.wait(20)
        second = send(phone, session_id, 0, frames)
        go_on.set()

        assert first.result(20).get_json()["status"] == "IN_PROGRESS"
    assert (second.status_code, second.get_json()["code"]) == (409, "STEP_IN_PROGRESS")
    assert second.headers["Retry-After"] == "1"
    assert faces.measured == [0]


def test_a_claim_whose_owner_died_lapses_and_its_late_result_is_void(
    desk: Desk, faces: FakeFaces
) -> None:
    phone = desk.phone()
    session_id, frames = begin(phone), capture()

    def outlived() -> None:
        faces.before_measure = lambda: None
        desk.clock.advance(seconds=CLAIM_LASTS.total_seconds() + 1)
        taken_over = send(twin(desk, phone), session_id, 0, frames)
        assert taken_over.get_json()["status"] == "IN_PROGRESS"

    faces.before_measure = outlived
    late = send(phone, session_id, 0, frames)

    assert (late.status_code, late.get_json()["code"]) == (409, "STEP_IN_PROGRESS")
    assert faces.measured == [0, 0]
    assert phone.get(f"{PATH}/{session_id}").get_json()["step"]["n"] == 1


def test_a_session_that_is_being_judged_does_not_expire_under_the_judge(
    desk: Desk, faces: FakeFaces
) -> None:
    phone = desk.phone()
    session_id = begin(phone)
    desk.clock.advance(seconds=170)
    send(phone, session_id, 0)

    def sweep_late() -> None:
        desk.clock.advance(seconds=20)
        desk.parts.sweeper.sweep()

    faces.before_measure = sweep_late
    assert send(phone, session_id, 1).get_json()["status"] == "PASSED"


@pytest.mark.parametrize("outcome", ["PASSED", "NOT_VERIFIED"])
def test_an_ended_session_has_forgotten_whom_it_was_about(
    desk: Desk, faces: FakeFaces, outcome: str
) -> None:
    faces.outcome = outcome
    phone = desk.phone()
    session_id = begin(phone)
    play(phone, session_id)

    kept = desk.rows("SELECT subject, template, challenge, chain, claim FROM verification_sessions")
    assert kept == [(None, None, None, None, None)]
    assert desk.rows("SELECT count(*) FROM verification_evidence") == [(0,)]
    assert desk.rows("SELECT audit IS NOT NULL FROM verification_sessions") == [(True,)]
    assert NUMBER not in desk.everything()


def test_the_database_itself_refuses_an_ended_session_that_remembers(desk: Desk) -> None:
    begin(desk.phone())

    with pytest.raises(IntegrityError, match="ended_forgets"):
        desk.rows(
            "UPDATE verification_sessions SET state = 'EXPIRED', ended_at = now() RETURNING id"
        )


def test_a_pass_is_written_to_the_persons_log(desk: Desk) -> None:
    phone = desk.phone()
    play(phone, begin(phone))

    events = desk.rows("SELECT action, actor_kind, purpose FROM access_events ORDER BY id")

    assert sorted(events) == [
        ("face.verified", "self", "login"),
        ("registry.read", "system", "login"),
    ]


def test_each_look_at_the_registry_is_written_once(desk: Desk) -> None:
    for phone in (desk.phone(), desk.phone()):
        play(phone, begin(phone))

    actions = [action for (action,) in desk.rows("SELECT action FROM access_events")]
    assert sorted(actions) == ["face.verified"] * 2 + ["registry.read"] * 2


def test_a_failure_is_written_only_to_the_log_of_somebody_known(
    desk: Desk, faces: FakeFaces
) -> None:
    faces.outcome = "NOT_VERIFIED"
    phone = desk.phone()
    play(phone, begin(phone))
    nothing = desk.rows("SELECT count(*) FROM access_events")
    faces.outcome = "PASSED"
    play(phone, begin(phone))
    faces.outcome = "NOT_VERIFIED"
    play(phone, begin(phone))

    assert nothing == [(0,)]
    actions = [action for (action,) in desk.rows("SELECT action FROM access_events")]
    assert sorted(actions) == ["face.refused", "face.verified", "registry.read", "registry.read"]


def test_one_claim_wins_among_many(desk: Desk) -> None:
    phone = desk.phone()
    key = StepKey(session_id=begin(phone), n=0, thumbprint=phone.thumbprint)
    sessions = Sessions(database=desk.database, clock=desk.clock)

    with ThreadPoolExecutor(8) as pool:
        claims = list(pool.map(lambda _: sessions.claim(key), range(8)))

    assert sum(claim is not None for claim in claims) == 1


def test_ids_of_sessions_cannot_be_guessed_from_one_another(desk: Desk) -> None:
    now = desk.clock.now()

    assert len({new_id("vrf", now) for _ in range(1000)}) == 1000
