"""The one-time code of a passed verification."""

from __future__ import annotations

import pytest

from app.core.errors import FORBIDDEN, DomainError
from app.identity.service.codes import CodeReused, VerifiedPerson
from tests.app.device import Device
from tests.app.identity.desk import PATH, Desk, begin, play
from tests.app.identity.races import ground, processes, redeem


def passed(phone: Device) -> str:
    return str(play(phone, begin(phone)).get_json()["code"])


def redeem_and_fail(desk: Desk, code: str, phone: Device) -> None:
    with desk.database.transaction():
        assert isinstance(desk.parts.codes.redeem(code, phone.thumbprint), VerifiedPerson)
        raise FORBIDDEN()


def test_a_code_tells_who_was_verified_when_and_how_well(desk: Desk) -> None:
    phone = desk.phone()
    session_id = begin(phone)
    code = play(phone, session_id).get_json()["code"]
    verified_at = desk.clock.now()
    desk.clock.advance(seconds=30)

    redeemed = desk.parts.codes.redeem(code, phone.thumbprint)

    [(person_id,)] = desk.rows("SELECT id FROM persons")
    assert redeemed == VerifiedPerson(
        person_id=person_id,
        level="L1",
        authenticated_at=verified_at,
        verification_id=session_id,
        receipt_digest=phone.get(f"{PATH}/{session_id}/receipt").get_json()["digest"],
    )


def test_a_second_use_is_reported_whoever_presents_it(desk: Desk) -> None:
    phone = desk.phone()
    session_id = begin(phone)
    code = play(phone, session_id).get_json()["code"]
    desk.parts.codes.redeem(code, phone.thumbprint)

    reused = CodeReused(verification_id=session_id)
    assert desk.parts.codes.redeem(code, phone.thumbprint) == reused
    assert desk.parts.codes.redeem(code, "another key") == reused


def test_another_device_gets_nothing_and_spoils_nothing(desk: Desk) -> None:
    phone = desk.phone()
    code = passed(phone)

    assert desk.parts.codes.redeem(code, desk.phone().thumbprint) is None
    assert isinstance(desk.parts.codes.redeem(code, phone.thumbprint), VerifiedPerson)


def test_a_code_lives_for_a_minute(desk: Desk) -> None:
    phone = desk.phone()
    code = passed(phone)
    desk.clock.advance(seconds=60)

    assert desk.parts.codes.redeem(code, phone.thumbprint) is None


def test_an_invented_code_is_nothing(desk: Desk) -> None:
    phone = desk.phone()
    code = passed(phone)

    for invented in ("", code[:-1], code + "A", code.swapcase()):
        assert desk.parts.codes.redeem(invented, phone.thumbprint) is None


def test_a_code_is_not_spent_when_the_tokens_could_not_be_issued(desk: Desk) -> None:
    phone = desk.phone()
    code = passed(phone)

    with pytest.raises(DomainError):
        redeem_and_fail(desk, code, phone)

    assert isinstance(desk.parts.codes.redeem(code, phone.thumbprint), VerifiedPerson)


def test_a_code_is_consumed_at_most_once_by_processes_that_race(desk: Desk) -> None:
    phone = desk.phone()
    code = passed(phone)

    with processes(4) as pool:
        arguments = [(ground(desk.shared.settings, desk.clock), code, phone.thumbprint)] * 12
        outcomes = pool.starmap(redeem, arguments, chunksize=1)

    assert sorted(outcome for _, outcome in outcomes) == ["CodeReused"] * 11 + ["won"]
    assert len({pid for pid, _ in outcomes}) > 1
