"""What is deleted without anybody calling."""

from __future__ import annotations

from tests.app.identity.desk import Desk, begin, play, send

LEFT = (
    "SELECT (SELECT count(*) FROM verification_evidence),"
    " (SELECT count(*) FROM verification_steps),"
    " (SELECT count(*) FROM seen_frames), (SELECT count(*) FROM seen_captures),"
    " (SELECT count(*) FROM lockouts)"
)


def test_sessions_end_when_their_time_is_over(desk: Desk) -> None:
    phone = desk.phone()
    send(phone, begin(phone), 0)
    desk.clock.advance(seconds=180)

    desk.parts.sweeper.sweep()

    assert desk.rows("SELECT state, subject FROM verification_sessions") == [("EXPIRED", None)]
    assert desk.rows("SELECT count(*) FROM verification_evidence") == [(0,)]


def test_a_live_session_is_left_alone(desk: Desk) -> None:
    phone = desk.phone()
    session_id = begin(phone)
    desk.clock.advance(seconds=179)

    assert desk.parts.sweeper.sweep() == 0
    assert play(phone, session_id).get_json()["status"] == "PASSED"


def test_nothing_is_left_after_a_day_but_the_record(desk: Desk) -> None:
    phone, other = desk.phone(), desk.phone()
    play(phone, begin(phone))
    send(other, begin(other), 0)
    desk.clock.advance(days=1)

    desk.parts.sweeper.sweep()

    assert desk.rows(LEFT) == [(0, 0, 0, 0, 0)]
    states = desk.rows("SELECT state FROM verification_sessions ORDER BY state")
    assert states == [("EXPIRED",), ("PASSED",)]
