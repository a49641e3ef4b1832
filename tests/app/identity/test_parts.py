"""POST /v1/verifications/{id}/steps/{n}/parts/{k}: a step that is sent while it is filmed."""

from __future__ import annotations

import hashlib
import threading
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from app.core.errors import BUSY
from app.identity.ports import Finding, Frame, Upload
from app.identity.service.sessions import StepKey
from tests.app.device import Device
from tests.app.identity.desk import PATH, Desk, begin, capture, manifest, send, twin
from tests.app.identity.fakes import FakeFaces
from tests.app.identity.part_races import submit
from tests.app.identity.races import processes
from tests.app.world import citizen_number

LEFT = "SELECT n, part FROM verification_evidence ORDER BY n, part"


@pytest.fixture
def phone(desk: Desk) -> Device:
    return desk.phone()


@pytest.fixture
def session_id(phone: Device) -> str:
    return begin(phone)


def seen(frames: list[bytes]) -> list[str]:
    return [hashlib.sha256(frame).hexdigest() for frame in frames]


def refusal(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.get_json()["code"]


def failures(desk: Desk) -> list[Any]:
    return desk.rows("SELECT failures FROM lockouts")


@pytest.mark.parametrize("cuts", [(9,), (8, 9), (1, 2, 3, 4, 5, 6, 7, 8, 9), (4, 9)])
def test_however_a_step_is_cut_the_same_frames_are_judged(
    phone: Device, session_id: str, faces: FakeFaces, cuts: tuple[int, ...]
) -> None:
    frames, start = capture(10), 0
    for k, end in enumerate(cuts):
        told = send(phone, session_id, f"0/parts/{k}", frames[start:end]).get_json()
        assert told == {
            "id": session_id,
            "status": "IN_PROGRESS",
            "received": end,
            "next_part": k + 1,
        }
        start = end
    revealed = send(phone, session_id, 0, frames[start:]).get_json()
    last = capture()

    assert revealed["step"]["n"] == 1
    assert send(phone, session_id, 1, last).get_json()["status"] == "PASSED"
    assert [step["seen"] for step in faces.judged] == [seen(frames), seen(last)]


def test_a_part_is_measured_when_it_arrives_and_tells_nothing_of_the_next_step(
    phone: Device, session_id: str, faces: FakeFaces
) -> None:
    told = send(phone, session_id, "0/parts/0").get_json()

    assert set(told) == {"id", "status", "received", "next_part"}
    assert faces.measured == [0]
    view = phone.get(f"{PATH}/{session_id}").get_json()
    assert (view["status"], view["step"]["n"]) == ("IN_PROGRESS", 0)


def test_each_upload_goes_on_where_the_last_one_ended(
    phone: Device, session_id: str, faces: FakeFaces
) -> None:
    for path in ("0/parts/0", "0/parts/1", 0, "1/parts/0", 1):
        assert send(phone, session_id, path).status_code == 200

    told = [(one.n, one.chain, one.final) for one in faces.captures]
    assert told == [
        (0, b"0", False),
        (0, b"3", False),
        (0, b"6", True),
        (1, b"9", False),
        (1, b"12", True),
    ]


def test_a_step_is_timed_from_its_reveal_not_from_its_parts(
    desk: Desk, phone: Device, session_id: str, faces: FakeFaces
) -> None:
    desk.clock.advance(seconds=1)
    send(phone, session_id, "0/parts/0")
    desk.clock.advance(seconds=1)
    send(phone, session_id, 0)
    first, second = faces.captures

    assert first.revealed_ms == second.revealed_ms
    assert second.received_ms - second.revealed_ms == 2000


def test_parts_come_in_order(phone: Device, session_id: str, faces: FakeFaces) -> None:
    early = send(phone, session_id, "0/parts/1", manifest="{")
    send(phone, session_id, "0/parts/0")
    gap = send(phone, session_id, "0/parts/2", manifest="{")

    assert refusal(early) == refusal(gap) == (409, "PART_OUT_OF_ORDER")
    assert faces.measured == [0]


@pytest.mark.parametrize(("path", "status"), [("0/parts/16", 422), ("0/parts/-1", 404)])
def test_a_step_has_sixteen_parts_at_most(
    phone: Device, session_id: str, path: str, status: int
) -> None:
    assert send(phone, session_id, path, manifest="{").status_code == status


def test_parts_belong_to_the_step_that_is_due_and_to_its_device(
    desk: Desk, phone: Device, session_id: str
) -> None:
    assert refusal(send(phone, session_id, "1/parts/0", manifest="{")) == (409, "STEP_OUT_OF_ORDER")
    other = send(desk.phone(), session_id, "0/parts/0", manifest="{")
    assert refusal(other) == (403, "VERIFICATION_FOREIGN")
    unknown = send(phone, "vrf_" + "a" * 26, "0/parts/0", manifest="{")
    assert refusal(unknown) == (404, "NOT_FOUND")


def test_a_repeat_gets_the_same_answer_and_other_content_is_refused(
    phone: Device, session_id: str, faces: FakeFaces
) -> None:
    frames = capture()
    first = send(phone, session_id, "0/parts/0", frames)
    again = send(phone, session_id, "0/parts/0", frames)
    other = send(phone, session_id, "0/parts/0")
    retold = send(phone, session_id, "0/parts/0", frames, manifest=manifest(3, shown_ms=1))
    send(phone, session_id, 0)
    late = send(phone, session_id, "0/parts/0", frames)

    assert first.get_data() == again.get_data() == late.get_data()
    assert refusal(other) == refusal(retold) == (409, "PART_REPEATED")
    assert faces.measured == [0, 0]


def test_the_parts_of_a_step_hold_no_more_frames_than_it_allows(
    phone: Device, session_id: str
) -> None:
    send(phone, session_id, "0/parts/0", capture(8))

    for path in ("0/parts/1", 0):
        assert refusal(send(phone, session_id, path, capture(3))) == (413, "TOO_MANY_FRAMES")
    assert refusal(send(phone, session_id, "0/parts/1", [])) == (422, "FRAMES_MISSING")
    assert send(phone, session_id, 0, capture(2)).get_json()["step"]["n"] == 1
    assert send(phone, session_id, "1/parts/0", capture(10)).status_code == 200


def test_a_broken_protocol_ends_the_session_with_the_part(
    desk: Desk, phone: Device, session_id: str, faces: FakeFaces
) -> None:
    send(phone, session_id, "0/parts/0")
    faces.checked = Finding(gate="chain", code="REJECTED_PROTOCOL")
    frames = capture()

    told = send(phone, session_id, "0/parts/1", frames)
    again = send(phone, session_id, "0/parts/1", frames)

    body = told.get_json()
    assert (body["status"], body["retry_code"]) == ("FAILED", "REJECTED_PROTOCOL")
    assert body["hint"]
    assert told.get_data() == again.get_data()
    assert refusal(send(phone, session_id, 0)) == (410, "VERIFICATION_ENDED")
    assert faces.measured == [0]
    assert failures(desk) == [(1,), (1,), (1,)]
    assert desk.rows(LEFT) == []


def test_a_frame_of_another_session_ends_the_session_with_the_part(
    desk: Desk, phone: Device, session_id: str
) -> None:
    stolen = capture()
    victim = desk.phone()
    other = begin(victim, citizen_number=citizen_number(serial=3))
    send(victim, other, "0/parts/0", stolen)

    told = send(phone, session_id, "0/parts/0", [*capture(1), stolen[1]]).get_json()

    assert (told["status"], told["retry_code"]) == ("FAILED", "REJECTED_PROTOCOL")


def test_a_recording_cut_in_other_places_is_refused(desk: Desk, faces: FakeFaces) -> None:
    faces.likeness = (b"a" * 32, b"b" * 32)
    victim, thief = desk.phone(), desk.phone()
    first, second = begin(victim), begin(thief)
    for path in (0, "1/parts/0", "1/parts/1", 1):
        send(victim, first, path)
    send(thief, second, 0)

    assert send(thief, second, 1).get_json()["retry_code"] == "REJECTED_PROTOCOL"
    assert desk.rows("SELECT n, count(*) FROM seen_captures GROUP BY n ORDER BY n") == [
        (0, 2),
        (1, 2),
    ]


def test_what_was_measured_of_parts_is_sealed_and_goes_with_them(
    desk: Desk, phone: Device, session_id: str
) -> None:
    frames = capture()
    send(phone, session_id, "0/parts/0", frames)
    send(phone, session_id, "0/parts/1")
    parts = desk.rows(LEFT)
    stored = desk.everything()
    send(phone, session_id, 0)
    whole = desk.rows(LEFT)
    send(phone, session_id, "1/parts/0")
    desk.clock.advance(seconds=181)
    desk.parts.sweeper.sweep()

    assert (parts, whole) == ([(0, 0), (0, 1)], [(0, -1)])
    assert seen(frames)[0] not in stored
    assert desk.rows(LEFT) == []


def test_a_fault_while_measuring_leaves_the_part_to_be_sent_again(
    desk: Desk, phone: Device, session_id: str, faces: FakeFaces
) -> None:
    frames = capture()

    def busy() -> None:
        raise BUSY(retry_after=1)

    faces.before_measure = busy
    refused = send(phone, session_id, "0/parts/0", frames)
    faces.before_measure = lambda: None

    assert refusal(refused) == (503, "BUSY")
    assert send(phone, session_id, "0/parts/0", frames).get_json()["received"] == 3
    assert failures(desk) == []


def test_the_end_of_a_step_waits_for_the_part_that_is_being_judged(
    desk: Desk, phone: Device, session_id: str, faces: FakeFaces
) -> None:
    measuring, go_on = threading.Event(), threading.Event()

    def hold() -> None:
        measuring.set()
        assert go_on.wait(20)

    faces.before_measure = hold
    with ThreadPoolExecutor(1) as pool:
        part = pool.submit(send, twin(desk, phone), session_id, "0/parts/0")
        assert measuring.wait(20)
        early = send(phone, session_id, 0)
        go_on.set()

        assert part.result(20).get_json()["next_part"] == 1
    assert refusal(early) == (409, "STEP_IN_PROGRESS")
    assert send(phone, session_id, 0).get_json()["step"]["n"] == 1


@pytest.mark.parametrize("path", ["0/parts/0", 0])
def test_an_upload_overtaken_by_its_own_repeat_gets_the_answer_of_that(
    desk: Desk, phone: Device, session_id: str, faces: FakeFaces, path: str | int
) -> None:
    frames, quicker = capture(), []

    def overtake() -> None:
        faces.before_claim = lambda: None
        quicker.append(send(twin(desk, phone), session_id, path, frames))

    faces.before_claim = overtake
    slower = send(phone, session_id, path, frames)

    assert slower.status_code == 200
    assert slower.get_data() == quicker[0].get_data()
    assert faces.measured == [0]


def test_when_the_screen_lit_up_is_told_with_a_part(
    phone: Device, session_id: str, faces: FakeFaces
) -> None:
    send(phone, session_id, "0/parts/0")
    send(phone, session_id, "0/parts/1", capture(), manifest=manifest(3, shown_ms=2**53 - 1))
    send(phone, session_id, 0, capture(), manifest=manifest(3, shown_ms=None))

    assert [one.upload.shown_ms for one in faces.captures] == [None, 2**53 - 1, None]


@pytest.mark.parametrize("shown_ms", [-1, 2**53, 1.5, "1", True, [1]])
def test_when_the_screen_lit_up_is_a_whole_number(
    phone: Device, session_id: str, shown_ms: object
) -> None:
    for path in ("0/parts/0", 0):
        told = send(phone, session_id, path, capture(), manifest=manifest(3, shown_ms=shown_ms))

        assert refusal(told) == (422, "INVALID_FIELD")
        assert told.get_json()["pointer"] == "/shown_ms"


def test_the_same_part_is_judged_once_by_processes_that_race(
    desk: Desk, phone: Device, session_id: str
) -> None:
    key = StepKey(session_id=session_id, n=0, part=0, thumbprint=phone.thumbprint)
    frames = [Frame(seq=0, t_ms=0, link=bytes(32), content=content) for content in capture()]
    arguments = (desk.shared.settings, desk.clock.now(), key, Upload(frames=frames))

    with processes(4) as pool:
        outcomes = pool.starmap(submit, [arguments] * 8, chunksize=1)

    assert sum(measured for _, measured, _ in outcomes) == 1
    answers = {outcome for _, _, outcome in outcomes}
    assert "IN_PROGRESS 3 1" in answers
    assert answers <= {"IN_PROGRESS 3 1", "STEP_IN_PROGRESS"}
    assert len({pid for pid, _, _ in outcomes}) > 1
    assert desk.rows(LEFT) == [(0, 0)]
