"""One-use codes on paper, for people without a phone."""

from __future__ import annotations

import re
from typing import Any

import cv2
import numpy as np
import pytest
import zxingcpp
from sqlalchemy import select, text
from sqlalchemy.exc import IntegrityError

from app.audit.models import AccessEvent
from app.card.codes import SvgPictures
from app.card.models import Card, CardToken, CodeGrant
from app.card.service.code_numbers import TYPE_PAPER, code_hash, has_check_digit, possible_hashes
from app.core.idempotency.models import IdempotencyKey
from tests.app.card.steps import Services, accesses, decode, json_of, refusal, show
from tests.app.device import Device
from tests.app.operators import operator_console
from tests.app.world import World
from tests.fakes import FakeClock

PAPER = "/v1/operator/paper-codes"


@pytest.fixture
def number(world: World) -> str:
    """Of somebody who verified their face once, and has no card yet."""
    number = world.register("欧阳修")
    world.sign_in(world.phone(), number=number, name="欧阳修")
    return number


@pytest.fixture
def counter(world: World) -> Device:
    return operator_console(world, "card.paper")


def order(number: str, **changes: Any) -> dict[str, Any]:
    return {
        "citizen_number": number,
        "name": "欧阳修",
        "purpose": "02121",
        "count": 2,
        "days": 30,
        "amount_cap": 20_000,
        **changes,
    }


def printed(counter: Device, number: str, **changes: Any) -> Any:
    answer = counter.post(PAPER, order(number, **changes))
    assert answer.status_code == 201, answer.text
    return answer.json


def test_each_code_works_once_for_its_purpose_and_says_its_cap(
    counter: Device, number: str, till: Device
) -> None:
    first, second = printed(counter, number)["codes"]
    assert re.fullmatch(r"87[0-9]{16}", first)
    assert has_check_digit(first)
    assert refusal(decode(till, first, "01301"))[:2] == (409, "CODE_PURPOSE_MISMATCH")
    answer = json_of(decode(till, first))
    assert (answer["shown_by"], answer["amount_cap"]) == ("paper", 20_000)
    assert answer["holder"]["name"] == "欧**"
    assert refusal(decode(till, first))[:2] == (409, "CODE_USED")
    assert decode(till, second).status_code == 200


def test_a_code_lives_to_the_last_of_its_days(world: World, counter: Device, number: str) -> None:
    first, second = printed(counter, number, days=2)["codes"]
    world.clock.advance(days=2, seconds=-1)
    till = world.terminal()
    assert decode(till, first).status_code == 200
    world.clock.advance(seconds=1)
    assert refusal(decode(till, second))[:2] == (409, "CODE_EXPIRED")


def test_a_new_sheet_ends_the_one_before(counter: Device, number: str, till: Device) -> None:
    old, _ = printed(counter, number)["codes"]
    new, _ = printed(counter, number)["codes"]
    assert refusal(decode(till, old))[:2] == (409, "CODE_REVOKED")
    assert decode(till, new).status_code == 200


def test_a_sheet_is_ended_at_once_and_once(counter: Device, number: str, till: Device) -> None:
    sheet = printed(counter, number, count=3)
    decode(till, sheet["codes"][0])
    ended = counter.post(f"{PAPER}/{sheet['sheet_id']}/revocation")
    assert json_of(ended) == {"sheet_id": sheet["sheet_id"], "revoked": 2}
    assert refusal(decode(till, sheet["codes"][1]))[:2] == (409, "CODE_REVOKED")
    again = counter.post(f"{PAPER}/{sheet['sheet_id']}/revocation")
    assert refusal(again)[:2] == (404, "PAPER_SHEET_UNKNOWN")


def test_a_phones_token_is_no_sheet(
    world: World, holder: Device, counter: Device, till: Device
) -> None:
    code = show(holder)
    with world.database.separate() as tx:
        token = tx.scalars(select(CardToken.id)).one()
    answer = counter.post(f"{PAPER}/{token}/revocation")
    assert refusal(answer)[:2] == (404, "PAPER_SHEET_UNKNOWN")
    assert decode(till, code).status_code == 200


def test_a_freeze_or_loss_ends_paper_too(world: World, counter: Device, till: Device) -> None:
    number = world.register("欧阳修")
    phone = world.sign_in(world.phone(), number=number, name="欧阳修")
    phone.post("/v1/card")
    code, _ = printed(counter, number)["codes"]
    phone.post("/v1/card/freeze")
    assert refusal(decode(till, code))[:2] == (409, "CODE_REVOKED")
    assert refusal(counter.post(PAPER, order(number)))[:2] == (409, "CARD_FROZEN")
    phone.post("/v1/card/report-loss")
    assert refusal(counter.post(PAPER, order(number)))[:2] == (409, "CARD_LOST")


def test_nobody_unknown_gets_codes_and_cause_is_not_told_apart(
    world: World, counter: Device, number: str
) -> None:
    stranger = order(world.register("苏轼"), name="苏轼")
    for body in (stranger, order(number, name="苏轼")):
        answer = counter.post(PAPER, body)
        assert refusal(answer)[:2] == (404, "PAPER_PERSON_UNKNOWN")
        assert number not in answer.text
    with world.database.separate() as tx:
        assert tx.scalars(select(Card)).all() == []


def test_wrong_orders_are_refused_with_a_pointer(counter: Device, number: str) -> None:
    for changes in (
        {"count": 0},
        {"count": 11},
        {"days": 31},
        {"days": 0},
        {"amount_cap": 0},
        {"amount_cap": 100_001},
        {"purpose": "99999"},
        {"citizen_number": "1"},
    ):
        answer = counter.post(PAPER, order(number, **changes))
        assert refusal(answer)[:2] == (422, "INVALID_FIELD"), changes
        assert json_of(answer)["pointer"] == f"/{next(iter(changes))}"


def test_codes_are_kept_nowhere_in_clear_and_told_again_by_key_alone(
    world: World, counter: Device, number: str
) -> None:
    first = counter.post(PAPER, order(number), idempotency_key="one-sheet")
    assert counter.post(PAPER, order(number), idempotency_key="one-sheet").data == first.data
    with world.database.separate() as tx:
        rows = "".join(
            str(tuple(row))
            for table in (CodeGrant, CardToken, IdempotencyKey, AccessEvent)
            for row in tx.execute(select(*table.__table__.columns))
        )
        kept = [bytes(one or b"") for one in tx.scalars(select(IdempotencyKey.response))]
        assert len(tx.scalars(select(CodeGrant)).all()) == 2
    for code in json_of(first)["codes"]:
        assert code not in rows
        assert all(code.encode() not in one for one in kept)


def test_the_holders_log_tells_of_printing_ending_and_use(
    world: World, counter: Device, till: Device
) -> None:
    phone = world.citizen("欧阳修")
    number = max(world.registry.persons)
    sheet = printed(counter, number)
    decode(till, sheet["codes"][0])
    counter.post(f"{PAPER}/{sheet['sheet_id']}/revocation")
    for action, kind in (
        ("card.paper_printed", "staff"),
        ("card.code_decoded", "terminal"),
        ("card.paper_revoked", "staff"),
    ):
        (entry,) = accesses(phone, action)
        assert entry["actor_kind"] == kind


def test_only_operators_with_that_right_print(world: World, number: str) -> None:
    other = operator_console(world, "partners.write")
    assert refusal(other.post(PAPER, order(number)))[:2] == (403, "INSUFFICIENT_SCOPE")
    for device in (world.phone(), world.terminal()):
        assert refusal(device.post(PAPER, order(number)))[:2] == (401, "INVALID_TOKEN")


def test_a_scanner_reads_every_code_from_the_sheet() -> None:
    codes = [f"87{n:015d}{n}" for n in range(10)]
    svg = SvgPictures().sheet(codes, heading="码 & <codes>", notes=("药店", "¥200.00"))
    assert "<codes>" not in svg
    assert sorted(one.text for one in zxingcpp.read_barcodes(rasterised(svg))) == codes


def rasterised(svg: str) -> np.ndarray:
    """The codes of the page as a printer would put them there, 5 dots a millimetre."""
    page = np.full((2970 // 2, 2100 // 2), 255, np.uint8)
    head = re.compile(
        r'<svg x="(\d+)" y="(\d+)"[^>]*? width="(\d+)" height="\d+" viewBox="0 0 (\d+) \d+"'
        r'[^>]*>.*?<path d="([^"]+)"'
    )
    for x, y, side, modules, path in head.findall(svg):
        drawn = np.full((int(modules), int(modules)), 255, np.uint8)
        for part in re.findall(r"M(\d+) (\d+)h(\d+)v(\d+)", path):
            a, b, wide, high = map(int, part)
            drawn[b : b + high, a : a + wide] = 0
        size = int(side) // 2
        top, left = int(y) // 2, int(x) // 2
        page[top : top + size, left : left + size] = cv2.resize(
            drawn, (size, size), interpolation=cv2.INTER_NEAREST
        )
    return page


def test_a_paper_code_is_found_under_keys_of_a_month(
    world: World, clock: FakeClock, tmp_path: Any
) -> None:
    services = Services(world.database, tmp_path / "k", clock)
    paper, online = TYPE_PAPER + "0" * 16, "86" + "0" * 16
    old = {code: code_hash(services.keys.secrets("card-code"), code) for code in (paper, online)}
    for _ in range(3):
        clock.advance(days=7)
        services.keys.rotate_secret("card-code")
    ring = services.keys.secrets("card-code")
    assert old[paper] in possible_hashes(ring, paper)
    assert old[online] not in possible_hashes(ring, online)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("UPDATE code_grants SET amount_cap = NULL", "paper_is_capped"),
        ("UPDATE code_grants SET amount_cap = 0", "amount_cap"),
        ("UPDATE card_tokens SET mandate_id = 'mdt'", "agent_of_mandate"),
    ],
    ids=["uncapped", "no-cap", "mandate"],
)
def test_the_database_keeps_paper_codes_capped(
    world: World, counter: Device, number: str, change: str, constraint: str
) -> None:
    printed(counter, number)
    with pytest.raises(IntegrityError, match=constraint), world.database.separate() as tx:
        tx.execute(text(change))


def test_a_person_has_one_live_sheet(world: World, counter: Device, number: str) -> None:
    printed(counter, number)
    copy = text(
        "INSERT INTO card_tokens (id, card_id, thumbprint, state, level, verified_at, created_at,"
        " state_changed_at) SELECT 'another', card_id, 'paper:another', state, level, verified_at,"
        " created_at, state_changed_at FROM card_tokens"
    )
    with (
        pytest.raises(IntegrityError, match="uq_card_tokens_one_sheet"),
        world.database.separate() as tx,
    ):
        tx.execute(copy)
