"""A terminal reads a code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

import pytest
from limits import parse
from sqlalchemy import func, select

from app.card.errors import ACTIONS, ALL
from app.card.models import CodeGrant, Presentation
from app.card.ports import HolderIdentity
from app.card.service.code_numbers import new_code
from app.card.service.decoding import CodeDecoding
from app.card.states import GrantState
from app.core.errors import TOO_MANY_REQUESTS, UNAVAILABLE, DomainError
from app.core.http.services import service
from app.partners.models import Merchant, Terminal
from tests.app.card.steps import Services, accesses, decode, json_of, refusal, show, terminal_of
from tests.app.device import Device
from tests.app.world import World
from tests.fakes import FakeClock

RESCAN, QUERY, CANCEL, CONTACT, RETRY = "RESCAN", "QUERY", "CANCEL", "CONTACT", "RETRY"


class Unreachable:
    """Persons cannot be read."""

    def identity_of(self, person_id: str) -> HolderIdentity:
        assert person_id
        raise UNAVAILABLE(retry_after=2)

    def sealed(self, person: str) -> str:
        return f"CASE WHEN {person} IS NOT NULL THEN ARRAY[''::bytea] END"

    def opened(self, person_id: str, sealed: Sequence[bytes]) -> HolderIdentity:
        assert sealed
        return self.identity_of(person_id)


class Overtaken:
    """Others used the rate up between the check and the count."""

    def check(self, name: str, *keys: str) -> None:
        assert name in {"decode_misses", "decode_misses_all"}
        assert len(keys) == 1

    def check_each(self, *uses: tuple[str, str]) -> None:
        for name, key in uses:
            self.check(name, key)

    def hit(self, name: str, *keys: str) -> None:
        self.check(name, *keys)
        raise TOO_MANY_REQUESTS(retry_after=9)


def state(world: World) -> GrantState:
    with world.database.separate() as tx:
        return tx.scalars(select(CodeGrant.state)).one()


def count(world: World, table: type) -> int:
    with world.database.separate() as tx:
        return int(tx.scalar(select(func.count()).select_from(table)) or 0)


def unknown(n: int = 5) -> str:
    return new_code(lambda _: n)


def test_a_terminal_learns_a_masked_holder(holder: Device, till: Device) -> None:
    response = decode(till, show(holder))
    assert response.status_code == 200
    assert set(json_of(response)) == {"holder", "presence_token", "expires_at", "shown_by"}
    assert json_of(response)["holder"]["name"] == "欧**"
    assert re.fullmatch(
        r"[0-9]{4}\*{10}[0-9]{3}[0-9X]", json_of(response)["holder"]["citizen_number"]
    )


def test_a_code_is_consumed_at_most_once(world: World, holder: Device, till: Device) -> None:
    code = show(holder)
    assert decode(till, code).status_code == 200
    assert refusal(decode(till, code)) == (409, "CODE_USED", QUERY)
    assert refusal(decode(world.terminal(merchant="康民大药房"), code))[1] == "CODE_USED"
    assert count(world, Presentation) == 1


def test_a_decode_leaves_exactly_one_row_in_the_holders_log(
    world: World, holder: Device, till: Device
) -> None:
    code = show(holder)
    decode(till, code)
    decode(till, code)
    decode(till, unknown())
    (entry,) = accesses(holder, "card.code_decoded")
    with world.database.separate() as tx:
        assert entry["actor"] == tx.scalars(select(Merchant.name)).one()
    assert entry["actor_kind"] == "terminal"
    assert entry["purpose"] == "02121"
    assert entry["fields"] == ["citizen_number", "name"]


def test_an_expired_code_says_so(clock: FakeClock, holder: Device, till: Device) -> None:
    code = show(holder)
    clock.advance(seconds=60)
    assert refusal(decode(till, code)) == (409, "CODE_EXPIRED", RESCAN)


def test_a_code_works_until_its_last_moment(clock: FakeClock, holder: Device, till: Device) -> None:
    code = show(holder)
    clock.advance(seconds=59.9)
    assert decode(till, code).status_code == 200


def test_a_superseded_code_says_so(holder: Device, till: Device) -> None:
    old, new = show(holder), show(holder)
    assert refusal(decode(till, old)) == (409, "CODE_SUPERSEDED", RESCAN)
    assert decode(till, new).status_code == 200


@pytest.mark.parametrize("act", ["freeze", "report-loss"])
def test_a_freeze_or_loss_kills_earlier_codes_at_once(
    world: World, holder: Device, till: Device, act: str
) -> None:
    code = show(holder)
    holder.post(f"/v1/card/{act}")
    assert state(world) == GrantState.REVOKED
    assert refusal(decode(till, code)) == (409, "CODE_REVOKED", CANCEL)


def test_unfreezing_does_not_revive_a_code(holder: Device, till: Device) -> None:
    code = show(holder)
    holder.post("/v1/card/freeze")
    holder.post("/v1/card/unfreeze")
    assert refusal(decode(till, code))[1] == "CODE_REVOKED"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ("UPDATE cards SET state = 'FROZEN'", "CARD_FROZEN"),
        ("UPDATE cards SET state = 'LOST'", "CARD_LOST"),
        ("UPDATE card_tokens SET state = 'REVOKED'", "CODE_REVOKED"),
    ],
)
def test_the_decode_itself_looks_at_card_and_device(
    world: World, holder: Device, till: Device, change: str, code: str
) -> None:
    shown = show(holder)
    with world.database.separate() as tx:
        tx.connection().exec_driver_sql(change)
    assert refusal(decode(till, shown)) == (409, code, CANCEL)
    assert state(world) == GrantState.ISSUED


def test_a_code_for_another_purpose_is_not_used_up(
    world: World, holder: Device, till: Device
) -> None:
    code = show(holder, "02121")
    assert refusal(decode(till, code, "01301")) == (409, "CODE_PURPOSE_MISMATCH", RESCAN)
    assert state(world) == GrantState.ISSUED
    assert decode(till, code, "02121").status_code == 200


def test_an_unknown_code_says_so(till: Device) -> None:
    assert refusal(decode(till, unknown())) == (404, "CODE_UNKNOWN", RESCAN)


def test_a_misread_code_is_refused_with_a_pointer(
    world: World, holder: Device, till: Device
) -> None:
    code = show(holder)
    misread = code[:-1] + str((int(code[-1]) + 1) % 10)
    response = decode(till, misread)
    assert refusal(response) == (422, "CODE_CHECK_DIGIT", RESCAN)
    assert json_of(response)["pointer"] == "/code"
    assert state(world) == GrantState.ISSUED


def test_a_payment_code_is_told_apart(till: Device) -> None:
    for scanned in ("134567890123456789", "123", "八" * 18, "٣" * 18, "https://example/pay?a=1"):
        assert refusal(decode(till, scanned)) == (422, "CODE_NOT_OURS", RESCAN)


@pytest.mark.parametrize(
    "body",
    [
        {"code": "", "purpose": "02121"},
        {"code": "8" * 7090, "purpose": "02121"},
        {"code": 868934562297764140, "purpose": "02121"},
        {"purpose": "02121"},
        {"code": "8" * 18, "purpose": "00000"},
        {"code": "8" * 18, "purpose": "02121", "force": True},
    ],
)
def test_a_wrong_body_is_refused_with_a_pointer(till: Device, body: dict[str, object]) -> None:
    response = till.post("/v1/terminal/decode", json=body)
    assert refusal(response) == (422, "INVALID_FIELD", CONTACT)
    assert json_of(response)["pointer"] in {"/code", "/purpose", "/force"}


def test_a_terminal_asks_only_for_its_own_purposes(world: World, holder: Device) -> None:
    till = world.terminal(purposes=frozenset({"02121"}))
    code = show(holder, "01301")
    assert refusal(decode(till, code, "01301")) == (403, "PURPOSE_NOT_ALLOWED", CONTACT)
    assert state(world) == GrantState.ISSUED


def test_a_suspended_terminal_is_shut_out_at_once(
    world: World, holder: Device, till: Device
) -> None:
    code = show(holder)
    with world.database.separate() as tx:
        terminal_id = tx.scalars(select(Terminal.id)).one()
    world.onboarding.suspend(terminal_id)
    assert decode(till, code).status_code == 401
    world.onboarding.resume(terminal_id)
    assert decode(till, code).status_code == 200


def test_a_citizen_cannot_decode(holder: Device) -> None:
    assert decode(holder, show(holder)).status_code == 401


def test_a_terminal_cannot_show_codes(till: Device) -> None:
    assert till.post("/v1/card/codes", json={"purpose": "02121"}).status_code == 401


def test_guessing_is_limited_for_each_terminal(world: World, holder: Device, till: Device) -> None:
    code = show(holder)
    for n in range(20):
        assert refusal(decode(till, unknown(n)))[1] == "CODE_UNKNOWN"
    for guess in (unknown(99), code):
        response = decode(till, guess)
        assert refusal(response) == (429, "DECODE_PAUSED", RETRY)
        assert int(response.headers["Retry-After"]) > 0
    assert state(world) == GrantState.ISSUED
    assert decode(world.terminal(merchant="康民大药房"), code).status_code == 200


def test_a_guess_that_uses_the_rate_up_is_the_first_to_be_paused(
    world: World, clock: FakeClock, tmp_path: Path
) -> None:
    decoding, terminal = (
        Services(world.database, tmp_path / "k", clock).decoding(),
        terminal_of("t"),
    )
    decoding._limits = Overtaken()
    with pytest.raises(DomainError, match="DECODE_PAUSED") as paused:
        decoding.decode(terminal, code=unknown(), purpose="02121")
    assert (paused.value.retry_after, paused.value.members) == (9, {"action": RETRY})


def test_many_terminals_that_guess_a_little_each_are_paused_together(world: World) -> None:
    tills = [world.terminal(merchant=f"{n}号大药房") for n in range(2)]
    with world.app.app_context():
        limits = service(CodeDecoding)._limits
    # Three misses in all, twenty a terminal.
    limits._rates["decode_misses_all"] = parse("3 per minute")  # type: ignore[attr-defined]
    for n in range(3):
        assert refusal(decode(tills[n % 2], unknown(n))) == (404, "CODE_UNKNOWN", RESCAN)
    for till in tills:
        answer = decode(till, unknown())
        assert refusal(answer) == (429, "DECODE_PAUSED", RETRY)
        assert int(answer.headers["Retry-After"]) > 0


def test_honest_misses_are_not_counted_as_guesses(holder: Device, till: Device) -> None:
    code = show(holder)
    decode(till, code)
    for _ in range(21):
        assert refusal(decode(till, code))[1] == "CODE_USED"


def test_a_code_stays_consumed_when_the_rest_fails(
    world: World, holder: Device, till: Device
) -> None:
    code = show(holder)
    with world.app.app_context():
        decoding = service(CodeDecoding)
    persons, decoding._holders = decoding._holders, Unreachable()
    assert decode(till, code).status_code == 503
    decoding._holders = persons
    assert refusal(decode(till, code)) == (409, "CODE_USED", QUERY)
    assert len(accesses(holder, "card.code_decoded")) == 1


def test_a_cashier_reads_the_refusal_in_chinese_or_english(till: Device) -> None:
    body = {"code": unknown(), "purpose": "02121"}
    texts = [
        json_of(till.post("/v1/terminal/decode", json=body, headers={"Accept-Language": language}))
        for language in ("zh-CN", "en")
    ]
    assert [text["detail"] for text in texts] == [
        "没有这个码，请持卡人刷新后重新扫码。",
        "There is no such code. Ask the holder to refresh it and scan again.",
    ]


def test_every_refusal_of_a_code_says_what_the_cashier_does_next() -> None:
    told = {kind for kind in ALL if kind.code.startswith(("CODE_", "PURPOSE_", "DECODE_"))}
    assert told <= set(ACTIONS)
    assert len({kind.code for kind in ALL}) == len(ALL)
