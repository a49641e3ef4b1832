"""What the provider tells is believed when it is signed, ours and right, and counts once."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from werkzeug.test import TestResponse

from app.core.errors import UNAVAILABLE
from app.factory import close, create_app
from app.settlement.payments.ports import CashState
from app.wiring.parts import Parts
from app.wiring.payments import Payments
from sandbox.payments.signing import signed_headers
from tests.app.identity.fakes import FakeFaces
from tests.app.payments.counterpart import PATH, TOKEN, Counterpart, Settler
from tests.app.payments.rows import alerts, events, handed, refunds
from tests.app.world import World

ORDER = "ord_1"
AMOUNT = 20_000
Post = Callable[..., TestResponse]


@pytest.fixture
def settler() -> Settler:
    return Settler()


@pytest.fixture
def ordered(cash: Payments, provider: Counterpart) -> str:
    """An order the payer has been asked for; returns the provider's reference."""
    provider.switch(webhooks="none")
    return cash.create(ORDER, AMOUNT).provider_ref


@pytest.fixture
def post(world: World, provider: Counterpart) -> Post:
    """Sends a notification signed by the provider's key; `changes` overwrite headers."""

    def send(members: Any, **changes: str) -> TestResponse:
        body = members if isinstance(members, bytes) else json.dumps(members).encode()
        return world.client.post(PATH, data=body, headers=provider.sign(body, **changes))

    return send


def notice(ref: str, **changes: Any) -> dict[str, Any]:
    data = {
        "order_id": ORDER,
        "refund_id": None,
        "provider_ref": ref,
        "state": "PAID",
        "amount_fen": AMOUNT,
        **changes,
    }
    kinds = {"PAID": "payment.succeeded", "FAILED": "payment.failed"}
    kind = kinds.get(data["state"], "refund.succeeded")
    return {"type": kind, "timestamp": "2026-11-23T08:00:00Z", "data": data}


@pytest.mark.parametrize(
    "came", [("usual", CashState.PAID), ("declined", CashState.FAILED)], ids=lambda came: came[0]
)
def test_what_came_of_a_payment_is_handed_on(
    ordered: str,
    provider: Counterpart,
    world: World,
    settler: Settler,
    came: tuple[str, CashState],
) -> None:
    payer, state = came
    provider.switch(payer=payer)
    provider.pay(ORDER)

    assert provider.deliver() == 0
    assert handed(world, settler) == 1
    ((order_id, status),) = settler.heard
    assert (order_id, status.state, status.amount) == (ORDER, state, AMOUNT)
    assert (status.provider_ref, status.refund_id) == (ordered, None)
    assert handed(world, settler) == 0


@pytest.mark.usefixtures("ordered")
def test_what_is_told_twice_counts_once(
    provider: Counterpart, world: World, settler: Settler
) -> None:
    provider.switch(webhooks="double")
    provider.pay(ORDER)

    assert provider.deliver() == 0
    assert len(events(world)) == 1
    assert handed(world, settler) == 1
    assert settler.states == ["PAID"]


@pytest.mark.usefixtures("ordered")
def test_a_forged_signature_is_refused_and_the_true_one_taken_later(
    provider: Counterpart, world: World, settler: Settler
) -> None:
    provider.switch(webhooks="forged")
    provider.pay(ORDER)

    assert provider.deliver() == 1
    assert (events(world), alerts(world)) == ([], [])

    provider.switch()
    world.clock.advance(minutes=10)
    assert provider.deliver() == 0
    handed(world, settler)
    assert settler.states == ["PAID"]


@pytest.mark.usefixtures("ordered")
def test_a_signed_lie_about_the_amount_changes_nothing_and_alerts(
    provider: Counterpart, world: World, settler: Settler
) -> None:
    provider.switch(webhooks="lying")
    provider.pay(ORDER)

    assert provider.deliver() == 1
    assert events(world) == []
    assert alerts(world) == [(ORDER, "other_amount", "notice", 1)]

    provider.switch()
    world.clock.advance(minutes=10)
    assert provider.deliver() == 0
    handed(world, settler)
    assert settler.states == ["PAID"]


@pytest.mark.usefixtures("ordered")
def test_what_is_told_late_is_taken(provider: Counterpart, world: World, settler: Settler) -> None:
    provider.switch(delay_ms=3_600_000)
    provider.pay(ORDER)
    assert (provider.deliver(), events(world)) == (1, [])

    world.clock.advance(minutes=61)
    assert provider.deliver() == 0
    handed(world, settler)
    ((_, status),) = settler.heard
    assert (world.clock.now() - status.at).total_seconds() == 61 * 60


def test_a_late_success_of_a_closed_order_is_handed_on(
    cash: Payments, ordered: str, provider: Counterpart, world: World, settler: Settler
) -> None:
    assert cash.close(ORDER).provider_ref == ordered
    provider.switch(payer="late")
    provider.pay(ORDER)
    provider.deliver()

    handed(world, settler)
    assert settler.states == ["PAID"]


@pytest.mark.usefixtures("ordered")
def test_a_refund_is_told_with_its_own_amount(
    cash: Payments, provider: Counterpart, world: World, settler: Settler
) -> None:
    provider.switch()
    provider.pay(ORDER)
    provider.switch(answers="lost")
    assert cash.refund(ORDER, "ref_1", 500).state is CashState.UNKNOWN
    assert refunds(world) == {"ref_1": "ASKED"}

    assert provider.deliver() == 0
    assert refunds(world) == {"ref_1": "DONE"}
    handed(world, settler)
    assert settler.states == ["PAID", "REFUNDED"]
    _, status = settler.heard[-1]
    assert (status.refund_id, status.amount) == ("ref_1", 500)


@pytest.mark.usefixtures("ordered")
def test_a_provider_that_was_begun_again_still_tells(
    provider: Counterpart, world: World, settler: Settler
) -> None:
    provider.pay(ORDER)
    provider.restart()

    assert provider.deliver() == 0
    handed(world, settler)
    assert settler.states == ["PAID"]


def test_a_reference_is_learnt_from_a_notification_when_the_answer_was_lost(
    cash: Payments, provider: Counterpart, world: World
) -> None:
    provider.switch(answers="lost")
    assert cash.create(ORDER, AMOUNT).provider_ref == ""
    provider.switch()
    provider.pay(ORDER)
    provider.deliver()

    assert len(events(world)) == 1
    assert cash.query(ORDER).state is CashState.PAID


def test_a_replay_has_no_effect_and_an_old_one_is_refused(
    ordered: str, world: World, provider: Counterpart
) -> None:
    body = json.dumps(notice(ordered)).encode()
    headers = provider.sign(body)

    outcomes = [world.client.post(PATH, data=body, headers=headers) for _ in range(3)]
    assert [one.status_code for one in outcomes] == [200] * 3
    assert [one.json["outcome"] for one in outcomes] == ["taken", "repeated", "repeated"]
    assert len(events(world)) == 1

    world.clock.advance(minutes=5, seconds=1)
    old = world.client.post(PATH, data=body, headers=headers)
    assert (old.status_code, old.json["code"]) == (400, "PAYMENT_NOTICE_STALE")


def test_a_notification_from_the_future_is_refused(ordered: str, post: Post, world: World) -> None:
    ahead = str(int(world.clock.now().timestamp()) + 301)

    answer = post(notice(ordered), webhook_timestamp=ahead)

    assert answer.json["code"] == "PAYMENT_NOTICE_STALE"


def test_an_id_that_comes_with_another_content_is_an_alert(
    ordered: str, post: Post, world: World
) -> None:
    assert post(notice(ordered)).status_code == 200

    answer = post(notice(ordered, state="FAILED"))

    assert (answer.status_code, answer.json["code"]) == (422, "PAYMENT_NOTICE_CONTRADICTS")
    assert alerts(world) == [(ORDER, "id_reused", "notice", 1)]
    assert [one.state for one in events(world)] == ["PAID"]


def test_what_contradicts_the_order_is_refused_with_an_alert(
    ordered: str, post: Post, world: World
) -> None:
    for changes in (
        {"amount_fen": AMOUNT - 1},
        {"amount_fen": AMOUNT + 1},
        {"provider_ref": "pay_other"},
        {"state": "REFUNDED", "refund_id": "ref_9"},
    ):
        answer = post(notice(ordered, **changes))
        assert (answer.status_code, answer.json["code"]) == (422, "PAYMENT_NOTICE_CONTRADICTS")
    assert alerts(world) == [
        (ORDER, "other_amount", "notice", 2),
        (ORDER, "other_order", "notice", 1),
        (ORDER, "other_reference", "notice", 1),
    ]
    assert events(world) == []


def test_a_refund_that_failed_cannot_be_told_to_have_succeeded(
    cash: Payments, ordered: str, provider: Counterpart, post: Post, world: World
) -> None:
    provider.pay(ORDER)
    provider.switch(payer="declined", webhooks="none")
    cash.refund(ORDER, "ref_1", 500)

    answer = post(notice(ordered, state="REFUNDED", refund_id="ref_1", amount_fen=500))

    assert answer.json["code"] == "PAYMENT_NOTICE_CONTRADICTS"
    assert alerts(world) == [(ORDER, "impossible", "notice", 1)]
    assert refunds(world) == {"ref_1": "FAILED"}


def test_an_order_that_is_not_ours_is_unknown(ordered: str, post: Post, world: World) -> None:
    answer = post(notice(ordered, order_id="ord_2"))

    assert (answer.status_code, answer.json["code"]) == (404, "PAYMENT_ORDER_UNKNOWN")
    assert alerts(world) == [("ord_2", "not_ours", "notice", 1)]


BAD_HEADERS: list[dict[str, str]] = [
    {"webhook_id": ""},
    {"webhook_id": "a.b"},
    {"webhook_id": "x" * 65},
    {"webhook_timestamp": "soon"},
    {"webhook_timestamp": "-1"},
    {"webhook_timestamp": "01795420800"},
    {"webhook_timestamp": "9" * 40},
    {"webhook_signature": ""},
    {"webhook_signature": "v1,AAAA"},
    {"webhook_signature": "v1a,AAAA"},
    {"webhook_signature": "v1a,!!!!"},
    {"webhook_signature": " ".join(["v1a," + "A" * 86 + "=="] * 5)},
    {"webhook_signature": "v1a," + "A" * 2000},
]


def test_headers_that_are_not_in_their_form_are_refused(
    ordered: str, post: Post, world: World
) -> None:
    answers = [post(notice(ordered), **changes) for changes in BAD_HEADERS]

    assert {one.status_code for one in answers} == {400}
    assert {one.json["code"] for one in answers} == {"PAYMENT_NOTICE_INVALID"}
    assert (events(world), alerts(world)) == ([], [])


def test_each_header_comes_once(ordered: str, world: World, provider: Counterpart) -> None:
    body = json.dumps(notice(ordered)).encode()
    signed = provider.sign(body)
    for name in ("webhook-id", "webhook-timestamp", "webhook-signature"):
        for times in (0, 2):
            headers = [pair for pair in signed.items() if pair[0] != name]
            headers += [(name, signed[name])] * times
            answer = world.client.post(PATH, data=body, headers=headers)
            assert answer.json["code"] == "PAYMENT_NOTICE_INVALID", (name, times)


def bad_bodies(good: dict[str, Any]) -> list[Any]:
    data = good["data"]
    return [
        {**good, "type": "payment.failed"},
        {**good, "type": "order.made"},
        {**good, "timestamp": "2026-11-23"},
        {**good, "more": 1},
        {**good, "data": {**data, "amount_fen": "20000"}},
        {**good, "data": {**data, "amount_fen": 20000.0}},
        {**good, "data": {**data, "refund_id": "ref_1"}},
        {**good, "data": {**data, "state": "UNKNOWN"}},
        {**good, "data": {**data, "state": "REFUNDED"}},
        {**good, "data": {name: data[name] for name in data if name != "refund_id"}},
        [good],
        b"{",
        b"\xff",
    ]


def test_a_signed_body_of_another_form_is_refused(ordered: str, post: Post, world: World) -> None:
    for n, body in enumerate(bad_bodies(notice(ordered))):
        answer = post(body)
        assert (answer.status_code, answer.json["code"]) == (400, "PAYMENT_NOTICE_INVALID"), n
    assert events(world) == []


def test_bodies_are_bounded_and_json(ordered: str, post: Post) -> None:
    large = post({**notice(ordered), "more": "x" * 9000})
    form = post(notice(ordered), Content_Type="text/plain")

    assert (large.status_code, large.json["code"]) == (413, "TOO_LARGE")
    assert (form.status_code, form.json["code"]) == (415, "UNSUPPORTED_MEDIA_TYPE")


def test_a_stranger_s_signature_is_refused_whatever_it_is_over(
    ordered: str, world: World, capfd: pytest.CaptureFixture[str]
) -> None:
    body = json.dumps(notice(ordered)).encode()
    at = int(world.clock.now().timestamp())
    headers = signed_headers(body, message_id="evt_1", at=at, key=Ed25519PrivateKey.generate())

    answer = world.client.post(PATH, data=body, headers=headers)

    assert (answer.status_code, answer.json["code"]) == (403, "PAYMENT_NOTICE_FORGED")
    assert (events(world), alerts(world)) == ([], [])
    logged = "".join(capfd.readouterr())
    assert headers["webhook-signature"] not in logged
    assert ORDER not in logged


def test_what_stands_under_the_signature_cannot_be_changed(
    ordered: str, post: Post, world: World
) -> None:
    later = str(int(world.clock.now().timestamp()) + 1)
    for changes in ({"webhook_id": "evt_2"}, {"webhook_timestamp": later}):
        assert post(notice(ordered), **changes).json["code"] == "PAYMENT_NOTICE_FORGED"


def test_a_second_signature_is_enough_while_keys_change(
    ordered: str, world: World, provider: Counterpart
) -> None:
    body = json.dumps(notice(ordered)).encode()
    at = int(world.clock.now().timestamp())
    new = signed_headers(body, message_id="evt_1", at=at, key=Ed25519PrivateKey.generate())
    old = provider.sign(body)
    both = f"{new['webhook-signature']} v1,abc {old['webhook-signature']}"

    answer = world.client.post(PATH, data=body, headers={**old, "webhook-signature": both})

    assert answer.status_code == 200


def test_while_no_key_was_ever_fetched_the_provider_is_asked_to_come_again(
    ordered: str, post: Post, provider: Counterpart, world: World
) -> None:
    provider.running.stop()

    answer = post(notice(ordered))

    assert (answer.status_code, answer.json["code"]) == (503, "UNAVAILABLE")
    assert "Retry-After" in answer.headers
    assert events(world) == []


def test_an_event_that_is_refused_comes_again_before_later_ones_of_its_order(
    ordered: str, post: Post, world: World, settler: Settler
) -> None:
    post(notice(ordered), message_id="evt_1")
    post(notice(ordered, state="FAILED"), message_id="evt_2")
    settler.refusals = [UNAVAILABLE()]

    assert handed(world, settler) == 1
    assert settler.states == []
    world.clock.advance(minutes=1)
    assert handed(world, settler) == 2
    assert settler.states == ["PAID", "FAILED"]


def test_without_a_provider_nobody_is_believed(world: World, provider: Counterpart) -> None:
    nowhere = {"payments_url": None, "payments_token": None, "payments_jwks": None}
    app = create_app(
        world.settings.model_copy(update=nowhere),
        parts=Parts(clock=world.clock, faces=FakeFaces()),
    )
    body = json.dumps(notice("pay_1")).encode()
    try:
        answer = app.test_client().post(PATH, data=body, headers=provider.sign(body))
    finally:
        close(app)

    assert (answer.status_code, answer.json["code"]) == (503, "PAYMENTS_NOT_CONNECTED")


@pytest.mark.usefixtures("ordered")
def test_neither_side_logs_what_is_secret(
    cash: Payments,
    provider: Counterpart,
    world: World,
    settler: Settler,
    capfd: pytest.CaptureFixture[str],
) -> None:
    provider.switch()
    provider.pay(ORDER)
    provider.deliver()
    cash.query(ORDER)
    cash.refund(ORDER, "ref_1", 4_711)
    handed(world, settler)

    logged = "".join(capfd.readouterr())
    assert "/v1/payments/notifications" in logged
    assert "refund 200" in logged
    secret = (TOKEN, ORDER, "ref_1", "4711", str(AMOUNT), "v1a,", "PRIVATE KEY")
    assert [text for text in secret if text in logged] == []
