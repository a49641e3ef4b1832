"""What must not pass, played by phones before the whole system."""

from __future__ import annotations

import pytest

from launch.journey import Journey
from sandbox.phone.session import Actor
from tests.journeys.attempts import Attempt
from tests.journeys.conftest import Wires
from tests.journeys.ground import Books
from tests.journeys.people import AYNUR
from tests.journeys.wire import Answer, Session, Wire, until_believed

pytestmark = [pytest.mark.model, pytest.mark.timeout(300)]


@pytest.mark.parametrize(
    ("name", "code", "gates"),
    [
        ("impostor", "NOT_VERIFIED", {"match"}),
        ("replay", "REJECTED_PROTOCOL", {"frame_replayed"}),
        ("replay-rehashed", "REJECTED_PROTOCOL", {"frame_replayed"}),
        ("reorder", "REJECTED_PROTOCOL", {"order"}),
        ("stale-nonce", "REJECTED_PROTOCOL", {"chain"}),
        ("frozen", "REJECTED_PROTOCOL", {"duplicates"}),
        ("early", "REJECTED_PROTOCOL", {"reveal", "slope"}),
    ],
)
def test_an_attack_is_refused_by_the_check_that_is_meant_for_it(
    attempts: dict[str, Attempt], name: str, code: str, gates: set[str]
) -> None:
    ended = attempts[name]

    assert (ended.ending["status"], ended.ending["retry_code"]) == ("FAILED", code)
    assert ended.gate in gates


def test_a_flat_photograph_turned_by_hand_is_refused_for_its_motion_or_its_flatness(
    attempts: dict[str, Attempt],
) -> None:
    ended = attempts["flat"]

    # Which movement comes first is drawn; a print does none of them but coming closer.
    unseen = {"turn_size", "nod_seen", "blink_seen", "mouth_seen"}
    flat = {"solid", "nod_solid", "geometry_floor", "evidence"}
    assert ended.gate in unseen | flat
    told = "ACTION_NOT_SEEN" if ended.gate in unseen else "NOT_VERIFIED"
    assert ended.ending["retry_code"] == told


def test_the_caller_hears_a_coarse_code_and_no_figure(attempts: dict[str, Attempt]) -> None:
    for ended in attempts.values():
        assert set(ended.ending) == {"id", "status", "retry_code", "hint"}
        assert ended.gate not in str(ended.ending)


@pytest.mark.parametrize(
    ("name", "standing"),
    [
        ("stranger", "UNKNOWN"),
        ("wrong-name", "UNKNOWN"),
        ("deceased", "DECEASED"),
        ("minor", "MINOR"),
        ("without-photograph", "NO_REFERENCE"),
    ],
)
def test_who_cannot_pass_is_answered_like_an_impostor(
    attempts: dict[str, Attempt], name: str, standing: str
) -> None:
    impostor, ended = attempts["impostor"], attempts[name]

    assert (ended.standing, impostor.standing) == (standing, "ENROLLED")
    assert {**ended.ending, "id": ""} == {**impostor.ending, "id": ""}
    assert ended.opening.keys() == impostor.opening.keys()
    assert ended.opening["step"].keys() == impostor.opening["step"].keys()


def test_a_session_is_one_devices_and_each_step_is_answered_once_and_in_order(
    wires: Wires, actor: Actor
) -> None:
    phone, thief = wires(), wires()
    passed = until_believed(lambda: _answered_in_order(Session(phone, AYNUR, actor), thief))

    assert passed.json["status"] == "PASSED", passed
    code = passed.json["code"]
    # A code is for the phone that was verified, and for one use.
    assert thief.redeem(code).json["error"] == "invalid_grant"
    tokens = phone.redeem(code)
    assert tokens.status == 200
    assert phone.redeem(code).brief == (400, "INVALID_GRANT")
    # Whoever used it twice may be a thief: what the first use gave is worth nothing any more.
    assert phone.send("GET", "/v1/me", token=tokens.json["access_token"]).status == 401


def _answered_in_order(session: Session, thief: Wire) -> Answer:
    stolen = Session(thief, AYNUR, session.actor)
    stolen.id = session.id
    frames = session.film()

    # Another device may neither answer nor look, and the next step is not due.
    assert stolen.send(frames, n=0).brief == (403, "VERIFICATION_FOREIGN")
    assert stolen.look().brief == (404, "NOT_FOUND")
    assert session.send(frames, n=1).brief == (409, "STEP_OUT_OF_ORDER")

    first = session.send(frames)
    assert first.json["status"] == "IN_PROGRESS"
    # The same again is answered the same; anything else is a second answer.
    assert session.send(frames, n=0).json == first.json
    assert session.send(frames[:-1], n=0).brief == (409, "STEP_REPEATED")
    return session.finish()


def test_an_expired_session_takes_no_step(wires: Wires, actor: Actor, books: Books) -> None:
    session = Session(wires(), AYNUR, actor)
    frames = session.film()

    books.let_time_pass(session.id)

    assert session.look().json["status"] == "EXPIRED"
    assert session.send(frames).brief == (410, "VERIFICATION_EXPIRED")
    assert "step" not in session.look().json


def test_a_token_is_worth_nothing_with_another_key(journey: Journey, wires: Wires) -> None:
    refused = wires().send("GET", "/v1/me", token=journey.tokens.access)

    assert refused.brief == (401, "INVALID_TOKEN")
    assert 'error="invalid_token"' in refused.headers["WWW-Authenticate"]
