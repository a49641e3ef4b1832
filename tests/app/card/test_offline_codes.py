"""Offline codes: checked without a network, uploaded later, or decoded at once."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import jwt
import pytest
from sqlalchemy import func, select

from app.card.models import Card, CodeGrant, Presentation
from app.card.offline_models import OfflineExposure, OfflineUpload
from app.card.service.offline.exposure import expose
from app.core.keys.files import FileKeys
from codes import cbor, cose, credential
from codes.checking import check
from codes.keys import key_id
from codes.results import Reason
from codes.revocations import Revocations
from tests.app.card.steps import PHARMACY, accesses, decode, json_of, refusal, show
from tests.app.card.wallet import (
    Wallet,
    published,
    published_keys,
    sale,
    upload,
    verdict,
)
from tests.app.device import Device, new_key
from tests.app.world import World
from tests.codes.steps import Issuer
from tests.fakes import FakeClock


@pytest.fixture
def wallet(holder: Device) -> Wallet:
    return Wallet(phone=holder).fetch(3)


@pytest.fixture
def other_till(world: World) -> Device:
    return world.terminal(merchant="康民大药房")


def reason(world: World, code: str, known: Revocations, clock: FakeClock) -> Reason | None:
    return check(
        code,
        keys=published_keys(world),
        revocations=known,
        now=clock.now(),
        purposes={PHARMACY},
    ).reason


def count(world: World, table: Any, *where: Any) -> int:
    with world.database.separate() as tx:
        return tx.scalar(select(func.count()).select_from(table).where(*where)) or 0


# What a till can do with published documents alone.


def test_a_till_checks_a_code_with_published_documents_alone(
    world: World, clock: FakeClock, wallet: Wallet
) -> None:
    assert reason(world, wallet.show(clock.now()), published(world), clock) is None


@pytest.mark.parametrize("path", ["freeze", "report-loss"])
def test_a_freeze_or_loss_is_on_the_list_at_once(
    world: World, clock: FakeClock, wallet: Wallet, path: str
) -> None:
    before = published(world)
    wallet.phone.post(f"/v1/card/{path}")
    code = wallet.show(clock.now())
    assert reason(world, code, published(world), clock) is Reason.REVOKED
    assert reason(world, code, published(world, before), clock) is Reason.REVOKED
    assert len(published(world).aliases) == 3


def test_a_till_with_yesterdays_list_serves_a_revoked_card_but_no_longer_than_a_day(
    world: World, clock: FakeClock, wallet: Wallet
) -> None:
    old = published(world)
    wallet.phone.post("/v1/card/freeze")
    assert reason(world, wallet.show(clock.now()), old, clock) is None
    clock.advance(days=1, seconds=1)
    assert reason(world, wallet.show(clock.now()), old, clock) is Reason.DELTA_TOO_OLD


def test_the_list_does_not_show_which_revocations_belong_together(
    world: World, wallet: Wallet
) -> None:
    """Aliases are in the order of their random values, not in that of the freezes."""
    wallet.phone.post("/v1/card/freeze")
    other = world.citizen()
    other.post("/v1/card")
    Wallet(phone=other).fetch(3)
    other.post("/v1/card/freeze")
    piece = cbor.decode(cose.read(world.client.get("/.well-known/card-revocations").data).payload)
    assert isinstance(piece, dict)
    joined = piece[5]
    assert isinstance(joined, bytes)
    aliases = [joined[n : n + 16] for n in range(0, len(joined), 16)]
    assert len(aliases) == 6
    assert aliases == sorted(aliases)


def test_the_list_names_no_card_and_forgets_what_expired(
    world: World, clock: FakeClock, wallet: Wallet
) -> None:
    wallet.phone.post("/v1/card/freeze")
    clock.advance(days=2)
    known = published(world)
    assert (known.upto, known.aliases) == (3, frozenset())


def test_the_list_goes_on_from_where_a_till_is(world: World, holder: Device) -> None:
    Wallet(phone=holder).fetch(2)
    holder.post("/v1/card/freeze")
    first = published(world)
    other = world.citizen()
    other.post("/v1/card")
    Wallet(phone=other).fetch(1)
    other.post("/v1/card/freeze")
    piece = world.client.get(f"/.well-known/card-revocations?since={first.upto}").data
    assert len(first.take(piece, published_keys(world)).aliases) == 3
    assert len(piece) < len(world.client.get("/.well-known/card-revocations").data)


def test_a_number_never_given_out_is_answered_from_the_beginning(
    world: World, wallet: Wallet
) -> None:
    wallet.phone.post("/v1/card/freeze")
    piece = world.client.get("/.well-known/card-revocations?since=999").data
    assert len(Revocations().take(piece, published_keys(world)).aliases) == 3


def test_a_number_that_is_none_is_refused(world: World) -> None:
    for since in ("-1", "x", "9" * 30):
        path = f"/.well-known/card-revocations?since={since}"
        assert world.client.get(path).status_code == 422


def test_codes_outlive_a_rotation_of_the_keys_that_signed_them(
    world: World, clock: FakeClock, till: Device, wallet: Wallet
) -> None:
    keys = FileKeys(world.settings.keys_path, clock=clock)
    keys.rotate_signing("card", publish_ahead=timedelta(0), overlap=timedelta(days=5))
    code = wallet.show(clock.now())
    assert reason(world, code, published(world), clock) is None
    assert verdict(till, code) == "ACCEPTED"


def test_a_stolen_key_replaced_at_once_forges_nothing_more(
    world: World, clock: FakeClock, till: Device, wallet: Wallet
) -> None:
    keys = FileKeys(world.settings.keys_path, clock=clock)
    keys.rotate_signing("card", publish_ahead=timedelta(0), overlap=timedelta(0))
    clock.advance(seconds=1)
    assert verdict(till, wallet.show(clock.now())) == "CODE_FORGED"


# Uploads.


def test_an_uploaded_code_is_accepted_and_can_be_settled(
    world: World, clock: FakeClock, till: Device, wallet: Wallet
) -> None:
    code = wallet.show(clock.now())
    clock.advance(minutes=9)
    (outcome,) = upload(till, sale(code))
    assert (outcome["verdict"], outcome["repeated"]) == ("ACCEPTED", False)
    claims = jwt.decode(outcome["presence_token"], options={"verify_signature": False})
    assert claims["purpose"] == PHARMACY
    assert count(world, Presentation, Presentation.id == claims["jti"]) == 1


def test_the_same_upload_again_gets_the_same_verdict(
    world: World, clock: FakeClock, till: Device, wallet: Wallet
) -> None:
    code = wallet.show(clock.now())
    first, second = (upload(till, sale(code))[0] for _ in range(2))
    assert second == {**first, "repeated": True, "presence_token": second["presence_token"]}
    tokens = [
        jwt.decode(one["presence_token"], options={"verify_signature": False})
        for one in (first, second)
    ]
    assert tokens[0] == tokens[1]
    assert count(world, OfflineUpload) == 1
    assert len(accesses(wallet.phone, "card.offline_accepted")) == 1


def test_a_second_use_of_a_credential_does_not_count(
    clock: FakeClock, till: Device, other_till: Device, wallet: Wallet
) -> None:
    code, later = wallet.show(clock.now()), wallet.show(clock.now() + timedelta(minutes=1))
    assert verdict(till, code) == "ACCEPTED"
    assert verdict(other_till, code) == "OFFLINE_DOUBLE_USE"
    assert verdict(till, code, sale_id="s-2") == "OFFLINE_DOUBLE_USE"
    assert refusal(decode(other_till, code)) == (409, "CODE_USED", "QUERY")
    clock.advance(minutes=1)
    assert verdict(till, later) == "OFFLINE_DOUBLE_USE"


def test_a_device_shows_one_code_a_minute_and_purpose(
    clock: FakeClock, till: Device, other_till: Device, wallet: Wallet
) -> None:
    """Two credentials in one minute: whoever does that has changed the phone's program."""
    now = clock.now()
    assert verdict(till, wallet.show(now)) == "ACCEPTED"
    assert verdict(other_till, wallet.show(now, number=1)) == "OFFLINE_DOUBLE_USE"
    other_purpose = wallet.show(now, number=2, purpose="01301")
    assert verdict(till, other_purpose) == "ACCEPTED"


def test_each_upload_of_a_batch_is_judged_on_its_own(
    clock: FakeClock, till: Device, wallet: Wallet
) -> None:
    codes = [wallet.show(clock.now() + timedelta(minutes=n), number=n) for n in range(2)]
    clock.advance(minutes=2)
    sales = [sale(code, sale_id=f"s-{n}") for n, code in enumerate([*codes, codes[0], "ZR1:0"])]
    verdicts = [one["verdict"] for one in upload(till, *sales)]
    assert verdicts == ["ACCEPTED", "ACCEPTED", "OFFLINE_DOUBLE_USE", "CODE_UNREADABLE"]


def test_a_sale_before_the_freeze_counts_one_after_it_does_not(
    clock: FakeClock, till: Device, wallet: Wallet
) -> None:
    before = wallet.show(clock.now())
    clock.advance(minutes=2)
    wallet.phone.post("/v1/card/freeze")
    clock.advance(minutes=2)
    after = wallet.show(clock.now(), number=1)
    assert verdict(till, before) == "ACCEPTED"
    assert verdict(till, after) == "CODE_REVOKED"


def test_uploads_have_three_days(world: World, clock: FakeClock, wallet: Wallet) -> None:
    till = world.phone()
    client_id = world.onboard(till)
    with_time = wallet.show(clock.now(), number=0)
    too_late = wallet.show(clock.now() - timedelta(minutes=1), number=1)
    clock.advance(days=3, minutes=1)
    till.token = till.form("/oauth/token", world.login_form(till, client_id)).json["access_token"]
    assert verdict(till, too_late) == "OFFLINE_TOO_LATE"
    assert verdict(till, with_time) == "ACCEPTED"


def test_a_code_from_the_future_does_not_count_before_its_minute(
    clock: FakeClock, till: Device, wallet: Wallet
) -> None:
    code = wallet.show(clock.now() + timedelta(minutes=4))
    assert verdict(till, code) == "CODE_CLOCK_OFF"
    assert len(accesses(wallet.phone, "card.offline_refused")) == 1
    clock.advance(minutes=3)
    assert verdict(till, code) == "ACCEPTED"


def test_a_code_from_before_its_credential_was_issued_does_not_count(
    clock: FakeClock, till: Device, wallet: Wallet
) -> None:
    """The credential itself names an earlier hour; the database knows better."""
    assert verdict(till, wallet.show(clock.now() - timedelta(minutes=2))) == "CODE_EXPIRED"


def test_a_till_cannot_upload_what_it_may_not_ask_for(
    clock: FakeClock, till: Device, wallet: Wallet
) -> None:
    code = wallet.show(clock.now(), purpose="01302")
    assert verdict(till, code) == "PURPOSE_NOT_ALLOWED"
    assert len(accesses(wallet.phone, "card.offline_refused")) == 1


def test_no_more_is_sold_on_a_code_than_its_cap(
    world: World, clock: FakeClock, till: Device, wallet: Wallet
) -> None:
    code = wallet.show(clock.now())
    assert verdict(till, code, fen=300_01) == "OFFLINE_CAP_EXCEEDED"
    assert count(world, CodeGrant) == 0
    assert verdict(till, code, fen=300_00) == "ACCEPTED"


def test_no_more_is_sold_on_a_card_in_a_day_than_its_cap(
    world: World, clock: FakeClock, till: Device, wallet: Wallet
) -> None:
    """What was too much uses no credential up: less can still be sold on it."""
    first, second = (wallet.show(clock.now() + timedelta(minutes=n), number=n) for n in range(2))
    clock.advance(minutes=2)
    assert verdict(till, first, fen=300_00) == "ACCEPTED"
    assert verdict(till, second, fen=200_01) == "OFFLINE_CAP_EXCEEDED"
    assert verdict(till, second, fen=200_01) == "OFFLINE_CAP_EXCEEDED"
    assert verdict(till, second, fen=200_00) == "ACCEPTED"
    assert len(accesses(wallet.phone, "card.offline_refused")) == 1
    with world.database.separate() as tx:
        assert tx.scalars(select(OfflineExposure.spent_fen)).all() == [500_00]


def test_a_cap_that_was_lowered_holds_for_credentials_from_before(
    world: World, clock: FakeClock, holder: Device
) -> None:
    with world.database.separate() as tx:
        card = tx.scalars(select(Card.id)).one()
        assert not expose(tx, card, at=clock.now(), amount_fen=300_00, cap_fen=200_00)
        assert expose(tx, card, at=clock.now(), amount_fen=200_00, cap_fen=200_00)
    assert holder.get("/v1/card").status_code == 200


def test_a_forged_code_leaves_no_trace(
    world: World, clock: FakeClock, till: Device, wallet: Wallet
) -> None:
    forger, key = Issuer(), new_key()
    forged = Wallet(phone=wallet.phone, keys=[key], issued=[forger.issue(key)])
    code = forged.show(clock.now())
    assert verdict(till, code) == "CODE_FORGED"
    assert refusal(decode(till, code)) == (422, "CODE_FORGED", "CONTACT")
    assert count(world, OfflineUpload) == 0


def test_a_credential_that_we_signed_but_never_noted_is_unknown(
    world: World, clock: FakeClock, till: Device, wallet: Wallet
) -> None:
    """As after the loss of the database's last seconds."""
    ours, key = world.shared.keys.signing("card").active, new_key()
    claims = credential.read(Issuer().issue(key)).credential
    issued = credential.issue(claims, signer=ours.sign, key_id=key_id(ours.public))
    code = Wallet(phone=wallet.phone, keys=[key], issued=[issued]).show(clock.now())
    assert verdict(till, code) == "CODE_UNKNOWN"
    assert refusal(decode(till, code))[:2] == (404, "CODE_UNKNOWN")


def test_the_holder_sees_each_upload_and_who_brought_it(
    clock: FakeClock, till: Device, other_till: Device, wallet: Wallet
) -> None:
    code = wallet.show(clock.now())
    verdict(till, code)
    verdict(other_till, code)
    (accepted,) = accesses(wallet.phone, "card.offline_accepted")
    (refused,) = accesses(wallet.phone, "card.offline_refused")
    assert (accepted["actor"], refused["actor"]) == ("平安大药房", "康民大药房")
    assert accepted["fields"] == []


def test_a_body_of_another_form_is_refused(till: Device) -> None:
    body: Any
    for body in (
        {},
        {"uploads": []},
        {"uploads": [sale("ZR1:0")] * 51},
        {"uploads": [sale("ZR1:0") | {"sale": {"sale_id": "", "lines": []}}]},
        {"uploads": [sale("ZR1:0", fen=-1)]},
        {"uploads": [sale("ZR1:0", fen=10_000_001)]},
        {"uploads": [sale("")]},
        {"uploads": [sale("Z" * 484)]},
    ):
        assert refusal(till.post("/v1/terminal/uploads", json=body))[:2] == (422, "INVALID_FIELD")


def test_only_terminals_upload(holder: Device) -> None:
    assert holder.post("/v1/terminal/uploads", json={"uploads": [sale("ZR1:0")]}).status_code == 401


def test_outcomes_tell_the_cashier_what_to_do_in_their_language(till: Device) -> None:
    response = till.post(
        "/v1/terminal/uploads",
        json={"uploads": [sale("ZR1:0")]},
        headers={"Accept-Language": "zh-CN"},
    )
    (outcome,) = json_of(response)["outcomes"]
    assert (outcome["action"], outcome["detail"][-1]) == ("RESCAN", "。")


# At a till that has a network.


def test_an_offline_code_is_decoded_like_an_online_one_and_once(
    world: World, clock: FakeClock, till: Device, other_till: Device, wallet: Wallet
) -> None:
    code = wallet.show(clock.now())
    shown = json_of(decode(till, code))
    assert shown["holder"]["name"] == "欧***"[: len(shown["holder"]["name"])]
    assert shown["presence_token"]
    for again in (till, other_till):
        assert refusal(decode(again, code)) == (409, "CODE_USED", "QUERY")
    assert verdict(other_till, code) == "OFFLINE_DOUBLE_USE"
    assert len(accesses(wallet.phone, "card.code_decoded")) == 1
    assert count(world, Presentation) == 1


def test_a_decode_needs_the_codes_own_purpose_and_leaves_it_usable(
    clock: FakeClock, till: Device, wallet: Wallet
) -> None:
    code = wallet.show(clock.now())
    assert refusal(decode(till, code, "01301")) == (409, "CODE_PURPOSE_MISMATCH", "RESCAN")
    assert decode(till, code).status_code == 200


def test_a_phone_an_hour_off_is_told_so_a_minute_is_forgiven(
    clock: FakeClock, till: Device, wallet: Wallet
) -> None:
    clock.advance(seconds=30)
    now = clock.now()
    for minutes, found in ((-60, "CODE_EXPIRED"), (60, "CODE_CLOCK_OFF")):
        code = wallet.show(now + timedelta(minutes=minutes))
        assert refusal(decode(till, code)) == (409, found, "RESCAN")
    for number, minutes in enumerate((0, 1)):
        code = wallet.show(now + timedelta(minutes=minutes), number=number)
        assert decode(till, code).status_code == 200


@pytest.mark.parametrize("path", ["freeze", "report-loss"])
def test_a_freeze_or_loss_kills_a_code_that_is_on_the_screen(
    clock: FakeClock, till: Device, wallet: Wallet, path: str
) -> None:
    code = wallet.show(clock.now())
    clock.advance(seconds=1)
    wallet.phone.post(f"/v1/card/{path}")
    assert refusal(decode(till, code)) == (409, "CODE_REVOKED", "CANCEL")


def test_an_older_batch_is_decoded_for_ten_minutes_more_and_uploaded_for_longer(
    world: World, clock: FakeClock, wallet: Wallet
) -> None:
    """A till without a network cannot know of newer credentials, and must not pay for it."""
    Wallet(phone=wallet.phone).fetch(1)
    clock.advance(minutes=9)
    till = world.terminal()
    assert decode(till, wallet.show(clock.now())).status_code == 200
    clock.advance(minutes=1)
    code = wallet.show(clock.now(), number=1)
    assert refusal(decode(till, code)) == (409, "CODE_SUPERSEDED", "RESCAN")
    assert verdict(till, code) == "ACCEPTED"


def test_a_damaged_code_is_told_from_a_forged_one(
    clock: FakeClock, till: Device, wallet: Wallet
) -> None:
    code = wallet.show(clock.now())
    assert refusal(decode(till, code[:-3])) == (422, "CODE_UNREADABLE", "RESCAN")
    assert refusal(decode(till, "ZR1:lower")) == (422, "CODE_UNREADABLE", "RESCAN")


def test_an_online_code_is_no_offline_one(till: Device, holder: Device) -> None:
    assert verdict(till, show(holder)) == "CODE_UNREADABLE"


def test_two_merchants_cannot_join_what_they_saw(
    clock: FakeClock, till: Device, other_till: Device, wallet: Wallet
) -> None:
    """Codes of one person, and all that came back for them, have no value in common."""
    codes = [wallet.show(clock.now() + timedelta(minutes=n), number=n) for n in range(2)]
    clock.advance(minutes=1)
    seen = []
    for one, code in zip((till, other_till), codes, strict=True):
        (outcome,) = upload(one, sale(code))
        claims = jwt.decode(outcome["presence_token"], options={"verify_signature": False})
        seen.append({outcome["upload_id"], claims["sub"], claims["jti"], claims["aud"]})
    assert not seen[0] & seen[1]
