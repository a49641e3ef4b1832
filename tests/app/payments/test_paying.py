"""Money is collected and returned once, and what is not certain is called UNKNOWN."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import select

from app.core.errors import DomainError
from app.settlement.payments.calling import HttpProvider
from app.settlement.payments.errors import Doubt, Doubted
from app.settlement.payments.models import PaymentOrder
from app.settlement.payments.ports import CashState, CashStatus
from app.settlement.payments.service.alerts import PaymentAlerts
from app.wiring.infrastructure import Infrastructure, build_infrastructure
from app.wiring.payments import Payments, build_payments
from config import Settings
from tests.app.payments.conftest import SECONDS
from tests.app.payments.counterpart import TOKEN, Counterpart
from tests.app.payments.rows import alerts, refunds
from tests.clean import forget_everything
from tests.fakes import FakeClock

ORDER = "ord_1"
AMOUNT = 20_000


@pytest.fixture
def shared(settings: Settings, clock: FakeClock) -> Iterator[Infrastructure]:
    """What the services stand on, without an application: nobody hears notifications here."""
    with ExitStack() as closing:
        made = build_infrastructure(settings, clock, closing)
        forget_everything(made.database, made.redis)
        yield made


@pytest.fixture
def cash(shared: Infrastructure) -> Iterator[Payments]:
    with ExitStack() as closing:
        yield build_payments(shared, closing, seconds=SECONDS)


def with_settings(shared: Infrastructure, **changes: Any) -> Infrastructure:
    return replace(shared, settings=shared.settings.model_copy(update=changes))


def refused(raised: pytest.ExceptionInfo[DomainError]) -> str:
    return raised.value.kind.code


def test_an_order_is_pending_until_it_is_paid(cash: Payments, provider: Counterpart) -> None:
    made = cash.create(ORDER, AMOUNT)
    provider.pay(ORDER)
    paid = cash.query(ORDER)

    assert (made.state, made.amount) == (CashState.PENDING, AMOUNT)
    assert (paid.state, paid.amount) == (CashState.PAID, AMOUNT)
    assert made.provider_ref == paid.provider_ref == provider.order(ORDER)["provider_ref"]
    assert paid.doubt is None


def test_an_order_is_made_once_however_often_it_is_asked_for(
    cash: Payments, provider: Counterpart
) -> None:
    made = cash.create(ORDER, AMOUNT)
    provider.pay(ORDER)

    assert cash.create(ORDER, AMOUNT).state is CashState.PAID
    assert cash.create(ORDER, AMOUNT).provider_ref == made.provider_ref
    with pytest.raises(DomainError) as raised:
        cash.create(ORDER, AMOUNT + 1)
    assert refused(raised) == "PAYMENT_ORDER_REUSED"


def test_an_order_that_is_closed_cannot_be_paid(cash: Payments, provider: Counterpart) -> None:
    cash.create(ORDER, AMOUNT)

    assert cash.close(ORDER).state is CashState.CLOSED
    assert provider.pay(ORDER) == 409
    assert cash.query(ORDER).state is CashState.CLOSED


def test_closing_an_order_that_was_paid_says_so(cash: Payments, provider: Counterpart) -> None:
    cash.create(ORDER, AMOUNT)
    provider.pay(ORDER)

    assert cash.close(ORDER).state is CashState.PAID


def test_closing_holds_against_an_order_that_is_still_on_its_way(
    cash: Payments, provider: Counterpart
) -> None:
    provider.switch(answers="unavailable")
    assert cash.create(ORDER, AMOUNT).state is CashState.UNKNOWN
    provider.switch()

    assert cash.query(ORDER).doubt is Doubt.NOT_THERE
    assert cash.close(ORDER).state is CashState.CLOSED
    assert cash.create(ORDER, AMOUNT).state is CashState.CLOSED
    assert provider.pay(ORDER) == 409


def test_a_payment_that_comes_through_after_closing_is_seen(
    cash: Payments, provider: Counterpart
) -> None:
    cash.create(ORDER, AMOUNT)
    cash.close(ORDER)
    provider.switch(payer="late")

    assert provider.pay(ORDER) == 200
    assert cash.query(ORDER).state is CashState.PAID


def test_a_payment_that_is_declined_has_failed(cash: Payments, provider: Counterpart) -> None:
    cash.create(ORDER, AMOUNT)
    provider.switch(payer="declined")
    provider.pay(ORDER)

    assert cash.query(ORDER).state is CashState.FAILED


def test_refunds_are_paid_once_each_and_never_exceed_the_order(
    cash: Payments, provider: Counterpart
) -> None:
    cash.create(ORDER, AMOUNT)
    provider.pay(ORDER)

    part = cash.refund(ORDER, "ref_1", 5_000)
    again = cash.refund(ORDER, "ref_1", 5_000)
    assert (part.state, part.amount, part.refund_id) == (CashState.REFUNDED, 5_000, "ref_1")
    assert again == part
    assert cash.query(ORDER).state is CashState.PAID
    with pytest.raises(DomainError) as too_much:
        cash.refund(ORDER, "ref_2", 15_001)
    with pytest.raises(DomainError) as reused:
        cash.refund(ORDER, "ref_1", 4_000)
    assert (refused(too_much), refused(reused)) == (
        "PAYMENT_REFUND_TOO_MUCH",
        "PAYMENT_REFUND_REUSED",
    )

    assert cash.refund(ORDER, "ref_3", 15_000).state is CashState.REFUNDED
    assert cash.query(ORDER).state is CashState.REFUNDED
    assert provider.order(ORDER)["refunded_fen"] == AMOUNT


def test_a_refund_that_failed_stays_failed_and_leaves_its_amount_free(
    cash: Payments, provider: Counterpart, shared: Infrastructure
) -> None:
    cash.create(ORDER, AMOUNT)
    provider.pay(ORDER)
    provider.switch(payer="declined")

    assert cash.refund(ORDER, "ref_1", AMOUNT).state is CashState.FAILED
    provider.switch()
    assert cash.refund(ORDER, "ref_1", AMOUNT).state is CashState.FAILED
    assert cash.refund(ORDER, "ref_2", AMOUNT).state is CashState.REFUNDED
    assert refunds(shared) == {"ref_1": "FAILED", "ref_2": "DONE"}


@pytest.mark.parametrize(
    "fault",
    [
        ("silent", Doubt.TIMED_OUT, ()),
        ("lost", Doubt.BROKEN_OFF, ()),
        ("unavailable", Doubt.OVERLOADED, ()),
        ("lying", Doubt.OTHER_AMOUNT, (ORDER, "ord_paid")),
        ("misshapen", Doubt.MISSHAPEN, (ORDER, "ord_paid")),
    ],
    ids=lambda fault: str(fault[0]),
)
def test_what_is_not_answered_well_is_unknown_until_it_is_asked_again(
    cash: Payments,
    provider: Counterpart,
    shared: Infrastructure,
    fault: tuple[str, Doubt, tuple[str, ...]],
) -> None:
    answers, doubt, alerted = fault
    cash.create("ord_paid", AMOUNT)
    provider.pay("ord_paid")
    provider.switch(answers=answers)

    for told in (
        cash.create(ORDER, AMOUNT),
        cash.query("ord_paid"),
        cash.refund("ord_paid", "ref_1", 1),
        cash.close("ord_paid"),
    ):
        assert (told.state, told.doubt) == (CashState.UNKNOWN, doubt)
    assert [(about, reason) for about, reason, _, _ in alerts(shared)] == [
        (about, doubt) for about in alerted
    ]

    provider.switch()
    arrived = answers != "unavailable"
    assert (cash.query(ORDER).doubt is Doubt.NOT_THERE) is not arrived
    assert cash.create(ORDER, AMOUNT).state is CashState.PENDING
    assert cash.query("ord_paid").state is CashState.PAID
    assert cash.refund("ord_paid", "ref_1", 1).state is CashState.REFUNDED
    assert provider.order("ord_paid")["refunded_fen"] == 1


def test_nothing_is_unknown_where_nothing_was_sent(
    cash: Payments, provider: Counterpart, shared: Infrastructure
) -> None:
    provider.running.stop()

    with pytest.raises(DomainError) as raised:
        cash.create(ORDER, AMOUNT)

    assert refused(raised) == "UNAVAILABLE"
    assert alerts(shared) == []


def test_a_provider_that_was_begun_again_knows_everything(
    cash: Payments, provider: Counterpart
) -> None:
    made = cash.create(ORDER, AMOUNT)
    provider.pay(ORDER)
    cash.refund(ORDER, "ref_1", 1)
    provider.restart()

    assert cash.query(ORDER).provider_ref == made.provider_ref
    assert cash.refund(ORDER, "ref_1", 1).state is CashState.REFUNDED
    assert provider.order(ORDER)["refunded_fen"] == 1


def test_a_provider_that_forgot_an_order_is_not_asked_to_make_it_again(
    cash: Payments, provider: Counterpart, shared: Infrastructure
) -> None:
    cash.create(ORDER, AMOUNT)
    provider.running.stop()
    for file in provider.data.glob("*.sqlite3*"):
        file.unlink()
    provider.restart()

    assert cash.create(ORDER, AMOUNT).doubt is Doubt.VANISHED
    assert provider.order(ORDER) == {}
    assert alerts(shared) == [(ORDER, "vanished", "answer", 1)]


def test_an_order_is_written_down_before_the_provider_hears_of_it(
    cash: Payments, provider: Counterpart, shared: Infrastructure
) -> None:
    provider.switch(answers="silent")
    with ThreadPoolExecutor(max_workers=1) as pool:
        asked = pool.submit(cash.create, ORDER, AMOUNT)
        arrived = threading.Event()
        while not provider.order(ORDER):
            assert not arrived.wait(0.01)
        with shared.database.separate() as tx:
            known = tx.scalars(select(PaymentOrder.amount)).all()
        assert known == [AMOUNT]
        assert asked.result(20).state is CashState.UNKNOWN


def test_a_token_that_is_not_accepted_is_an_alert_and_stands_in_no_log(
    shared: Infrastructure, capfd: pytest.CaptureFixture[str]
) -> None:
    other = with_settings(shared, payments_token=SecretStr("another-token-4711"))
    with ExitStack() as closing:
        told = build_payments(other, closing, seconds=SECONDS).create(ORDER, AMOUNT)

    assert told.doubt is Doubt.NOT_AUTHENTICATED
    assert alerts(shared) == [(ORDER, "not_authenticated", "answer", 1)]
    logged = "".join(capfd.readouterr())
    assert "payment_doubted" in logged
    assert not [text for text in ("4711", TOKEN, ORDER, str(AMOUNT)) if text in logged]


def test_a_silent_provider_holds_no_more_threads_than_it_has_places(
    provider: Counterpart,
) -> None:
    provider.switch(answers="silent")
    caller = HttpProvider(base_url=provider.running.url, token=TOKEN, seconds=1.5)
    cases = [{"order_id": f"ord_{n}", "amount_fen": 1} for n in range(9)]

    def doubt(members: dict[str, object]) -> Doubt | None:
        try:
            caller.post("/v1/orders", members)
        except Doubted as doubted:
            return doubted.doubt
        return None

    with ThreadPoolExecutor(max_workers=9) as pool:
        doubts = list(pool.map(doubt, cases))
    caller.close()

    assert sorted(str(one) for one in doubts) == ["crowded", *["timed_out"] * 8]


def test_an_alert_is_counted_while_it_is_open_and_begins_anew_afterwards(
    cash: Payments, provider: Counterpart, shared: Infrastructure
) -> None:
    keeper = PaymentAlerts(database=shared.database, clock=shared.clock)
    cash.create(ORDER, AMOUNT)
    provider.switch(answers="lying")
    for _ in range(3):
        cash.query(ORDER)
    assert alerts(shared) == [(ORDER, "other_amount", "answer", 3)]

    (opened,) = keeper.opened()
    keeper.close(opened.id)
    with pytest.raises(DomainError) as raised:
        keeper.close(opened.id)
    assert refused(raised) == "PAYMENT_ALERT_UNKNOWN"
    cash.query(ORDER)
    assert alerts(shared) == [(ORDER, "other_amount", "answer", 1)]


def test_what_was_never_ordered_is_not_asked_about(cash: Payments) -> None:
    calls: list[Callable[[], CashStatus]] = [
        lambda: cash.query("ord_9"),
        lambda: cash.close("ord_9"),
        lambda: cash.refund("ord_9", "ref_1", 1),
    ]
    for call in calls:
        with pytest.raises(DomainError) as raised:
            call()
        assert refused(raised) == "PAYMENT_ORDER_UNKNOWN"


def test_without_a_provider_every_call_says_so(shared: Infrastructure) -> None:
    nowhere = with_settings(shared, payments_url=None, payments_token=None, payments_jwks=None)
    with ExitStack() as closing:
        cash = build_payments(nowhere, closing)
    calls: list[Callable[[], CashStatus]] = [
        lambda: cash.create(ORDER, 1),
        lambda: cash.query(ORDER),
        lambda: cash.close(ORDER),
        lambda: cash.refund(ORDER, "ref_1", 1),
    ]
    for call in calls:
        with pytest.raises(DomainError) as raised:
            call()
        assert refused(raised) == "PAYMENTS_NOT_CONNECTED"
