"""Codes on a phone's screen."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import cv2
import numpy as np
import pytest
import zxingcpp
from sqlalchemy import select, text

from app.audit.models import AccessEvent
from app.card.models import CardToken, CodeGrant
from app.card.policy import CardPolicy
from app.card.service.code_numbers import has_check_digit
from app.card.service.sweeping import CardSweep
from app.card.states import GrantState, TokenState
from app.core.errors import DomainError
from app.core.idempotency.models import IdempotencyKey
from tests.app.card.steps import Services, citizen_of, decode, json_of, refusal, show
from tests.app.device import Device
from tests.app.world import World
from tests.fakes import FakeClock

RECTANGLE = re.compile(r"M(\d+) (\d+)h(\d+)v(\d+)h-\d+z")


def grants(world: World) -> list[CodeGrant]:
    with world.database.separate() as tx:
        return list(tx.scalars(select(CodeGrant).order_by(CodeGrant.issued_at, CodeGrant.id)))


def sweeper(world: World, clock: FakeClock) -> CardSweep:
    return CardSweep(database=world.database, clock=clock, policy=CardPolicy())


def rasterised(svg: str) -> np.ndarray:
    """The picture as a screen would show it, 4 pixels a module."""
    size = re.search(r'viewBox="0 0 (\d+) (\d+)"', svg)
    assert size
    width, height = int(size[1]), int(size[2])
    pixels = np.full((height, width), 255, np.uint8)
    for x, y, w, h in (map(int, found) for found in RECTANGLE.findall(svg)):
        pixels[y : y + h, x : x + w] = 0
    return cv2.resize(pixels, None, fx=4, fy=4, interpolation=cv2.INTER_NEAREST)


def test_a_code_has_18_digits_and_a_check_digit(holder: Device) -> None:
    code = show(holder)
    assert re.fullmatch(r"[0-9]{18}", code)
    assert has_check_digit(code)


@pytest.mark.parametrize("picture", ["qr_svg", "code128_svg"])
def test_a_scanner_reads_the_code_from_the_picture(holder: Device, picture: str) -> None:
    shown = json_of(holder.post("/v1/card/codes", json={"purpose": "02121"}))
    (found,) = zxingcpp.read_barcodes(rasterised(shown[picture]))
    assert found.text == shown["code"]


def test_a_code_lives_for_a_minute(clock: FakeClock, holder: Device) -> None:
    shown = json_of(holder.post("/v1/card/codes", json={"purpose": "02121"}))
    assert shown["refresh_after_s"] == 60
    ends = (clock.now() + timedelta(seconds=60)).isoformat().replace("+00:00", "Z")
    assert shown["expires_at"] == ends


def test_a_new_code_supersedes_the_one_before(world: World, holder: Device) -> None:
    show(holder)
    show(holder)
    assert sorted(g.state for g in grants(world)) == [GrantState.ISSUED, GrantState.SUPERSEDED]


def test_a_code_whose_time_was_over_is_recorded_as_expired(
    world: World, clock: FakeClock, holder: Device
) -> None:
    show(holder)
    clock.advance(seconds=60)
    show(holder)
    assert [g.state for g in grants(world)] == [GrantState.EXPIRED, GrantState.ISSUED]


def test_codes_of_two_purposes_live_side_by_side(
    world: World, holder: Device, till: Device
) -> None:
    codes = {purpose: show(holder, purpose) for purpose in ("02121", "01301")}
    assert [g.state for g in grants(world)] == [GrantState.ISSUED, GrantState.ISSUED]
    for purpose, code in codes.items():
        assert decode(till, code, purpose).status_code == 200


def test_a_repeated_request_shows_the_same_code(world: World, holder: Device) -> None:
    body = {"purpose": "02121"}
    first = holder.post("/v1/card/codes", json=body, idempotency_key="one-screen")
    second = holder.post("/v1/card/codes", json=body, idempotency_key="one-screen")
    assert first.data == second.data
    assert len(grants(world)) == 1


def test_a_code_is_kept_nowhere_in_clear(world: World, holder: Device) -> None:
    code = show(holder)
    tables = (CodeGrant, IdempotencyKey, AccessEvent)
    with world.database.separate() as tx:
        rows = "".join(
            str(tuple(row))
            for table in tables
            for row in tx.execute(select(*table.__table__.columns))
        )
        found = tx.scalars(select(IdempotencyKey.response)).all()
    assert code not in rows
    assert all(code.encode() not in response for response in found if response)


@pytest.mark.parametrize(
    "body", [{}, {"purpose": "99999"}, {"purpose": 2121}, {"purpose": "02121", "more": 1}]
)
def test_a_wrong_body_is_refused_with_a_pointer(holder: Device, body: dict[str, object]) -> None:
    response = holder.post("/v1/card/codes", json=body)
    assert refusal(response)[:2] == (422, "INVALID_FIELD")
    assert json_of(response)["pointer"] in {"/purpose", "/more"}


def test_a_frozen_card_shows_no_code(holder: Device) -> None:
    holder.post("/v1/card/freeze")
    response = holder.post("/v1/card/codes", json={"purpose": "02121"})
    assert refusal(response)[:2] == (409, "CARD_FROZEN")


def test_a_device_shows_at_most_its_rate_of_codes(holder: Device) -> None:
    for _ in range(20):
        show(holder)
    response = holder.post("/v1/card/codes", json={"purpose": "02121"})
    assert refusal(response)[:2] == (429, "TOO_MANY_REQUESTS")
    assert int(response.headers["Retry-After"]) > 0


def test_a_number_drawn_twice_makes_no_second_code(
    world: World, clock: FakeClock, holder: Device, tmp_path: Path
) -> None:
    drawn = iter([7, 7, 7, 8])
    showing = Services(world.database, tmp_path / "k", clock).showing(lambda _: next(drawn))
    citizen = citizen_of(world.database, holder, now=clock.now())
    first, second = (showing.show(citizen, purpose=p).code for p in ("02121", "01301"))
    assert (int(first[2:17]), int(second[2:17])) == (7, 8)


def test_a_source_that_draws_one_number_only_is_given_up(
    world: World, clock: FakeClock, holder: Device, tmp_path: Path
) -> None:
    showing = Services(world.database, tmp_path / "k", clock).showing(lambda _: 7)
    citizen = citizen_of(world.database, holder, now=clock.now())
    showing.show(citizen, purpose="02121")
    with pytest.raises(DomainError, match="BUSY"):
        showing.show(citizen, purpose="01301")


def test_a_face_verified_long_ago_shows_no_codes_until_bound_again(
    world: World, clock: FakeClock, holder: Device
) -> None:
    with world.database.separate() as tx:
        tx.execute(text("UPDATE card_tokens SET verified_at = verified_at - interval '181 days'"))
    body = {"purpose": "02121"}
    assert refusal(holder.post("/v1/card/codes", json=body))[:2] == (409, "CARD_FACE_TOO_OLD")
    assert sweeper(world, clock).sweep() == 1
    with world.database.separate() as tx:
        assert tx.scalars(select(CardToken.state)).one() == TokenState.STALE
    assert refusal(holder.post("/v1/card/codes", json=body))[:2] == (409, "CARD_FACE_TOO_OLD")
    holder.post("/v1/card")
    show(holder)


def test_the_sweep_expires_and_forgets_only_codes_nobody_used(
    world: World, clock: FakeClock, holder: Device, till: Device
) -> None:
    used = show(holder)
    decode(till, used)
    show(holder)
    clock.advance(seconds=61)
    assert sweeper(world, clock).sweep() == 1
    clock.advance(days=1, seconds=1)
    assert sweeper(world, clock).sweep() == 1
    assert [g.state for g in grants(world)] == [GrantState.CONSUMED]
