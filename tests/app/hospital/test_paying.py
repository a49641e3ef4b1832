"""A fee is paid once, whatever answer was lost, repeated or late; a place never has two owners."""

from __future__ import annotations

from pathlib import Path

import pytest
from sqlalchemy import text

from app.settlement.service.cash.saga import CashSaga
from app.wiring.family import build_persons
from app.wiring.hospital.appointments import build_appointments, build_following
from app.wiring.settlement import build_saga, build_settlement
from tests.app.family.steps import done, refused, relative
from tests.app.hospital.planting import Clinic
from tests.app.hospital.steps import (
    ask,
    booked,
    cancel,
    fees,
    held,
    kinds,
    patient,
    pay,
    read,
    settlements,
    sweep,
    units,
    wait,
    work_off,
)
from tests.app.settlement.fakes import LOST, FakePayments
from tests.app.settlement.steps import insure, sound
from tests.app.world import World


@pytest.fixture
def payments() -> FakePayments:
    return FakePayments()


@pytest.fixture
def world(world: World, payments: FakePayments) -> World:
    """The application with a payment provider."""
    with world.app.app_context():
        services = world.app.extensions["zero_run.services"]
    persons = build_persons(world.shared)
    services.update(build_settlement(world.shared, persons=persons, payments=payments))
    services.update(build_appointments(world.shared, services, persons=persons))
    return world


@pytest.fixture
def saga(world: World, payments: FakePayments) -> CashSaga:
    return build_saga(world.shared, payments=payments)


def test_a_held_place_is_paid_by_the_card(world: World, clinic: Clinic, tmp_path: Path) -> None:
    who, session = patient(world, tmp_path), clinic.session()
    made = held(who, session)
    answer = done(pay(who, made["id"]))
    assert answer["status"] == "PAID"
    assert answer["appointment"]["status"] == "BOOKED"
    assert answer["appointment"]["fee_status"] == "PAID"
    assert kinds(who, made["id"]) == ["pending_payment", "extended", "booked"]
    assert units(world, session) == ["BOOKED", "FREE", "FREE"]
    purchase = done(who.phone.get(f"/v1/card/purchases/{answer['settlement_id']}"))
    assert purchase["merchant"] == "市第一人民医院"
    assert [line["code"] for line in purchase["lines"]] == ["YL0001"]
    assert purchase["split"]["total"] == 5_000
    sound(world)


def test_asked_for_again_it_is_paid_once(world: World, clinic: Clinic, tmp_path: Path) -> None:
    who = patient(world, tmp_path)
    made = held(who, clinic.session())
    first, second = done(pay(who, made["id"])), done(pay(who, made["id"]))
    assert first["settlement_id"] == second["settlement_id"]
    assert settlements(world) == ["SETTLED"]


def test_beginning_to_pay_moves_the_deadline_once(
    world: World, clinic: Clinic, tmp_path: Path
) -> None:
    who = patient(world, tmp_path, opening=0)
    made = held(who, clinic.session())
    done(pay(who, made["id"]), 202)
    after = read(who, made["id"])["deadline"]
    done(pay(who, made["id"]), 202)
    assert read(who, made["id"])["deadline"] == after
    assert made["deadline"] < after
    assert kinds(who, made["id"]) == ["pending_payment", "extended"]


def test_a_cash_part_keeps_it_waiting_until_it_is_paid(
    world: World, clinic: Clinic, tmp_path: Path, payments: FakePayments, saga: CashSaga
) -> None:
    who, session = patient(world, tmp_path, opening=1_000), clinic.session()
    made = held(who, session)
    answer = done(pay(who, made["id"]), 202)
    assert answer["status"] == "UNDER_WAY"
    assert answer["cash_order_id"] == list(payments.orders)[-1]
    assert answer["appointment"]["fee_status"] == "HELD"
    payments.pay()
    wait(world, who, minutes=1)
    saga.resolve()
    work_off(world)
    seen = read(who, made["id"])
    assert (seen["status"], seen["fee_status"]) == ("BOOKED", "PAID")
    sound(world)


def test_a_cash_part_that_fails_leaves_the_hold(
    world: World, clinic: Clinic, tmp_path: Path, payments: FakePayments, saga: CashSaga
) -> None:
    """And another payment may be made in time."""
    who, session = patient(world, tmp_path, opening=1_000), clinic.session()
    made = held(who, session)
    done(pay(who, made["id"]), 202)
    payments.pay("FAILED")
    wait(world, who, minutes=1)
    saga.resolve()
    work_off(world)
    seen = read(who, made["id"])
    assert (seen["status"], seen["fee_status"]) == ("PENDING_PAYMENT", "DROPPED")
    payments.pays_at_once = True
    done(pay(who, made["id"]), 200)
    assert fees(world) == ["DROPPED", "PAID"]
    assert settlements(world) == ["VOIDED", "SETTLED"]


def test_an_answer_of_the_provider_that_is_lost_changes_nothing(
    world: World, clinic: Clinic, tmp_path: Path, payments: FakePayments, saga: CashSaga
) -> None:
    who, session = patient(world, tmp_path, opening=0), clinic.session()
    made = held(who, session)
    payments.pays_at_once, payments.faults = True, [LOST]
    done(pay(who, made["id"]), 202)
    done(pay(who, made["id"]), 202)
    wait(world, who, minutes=1)
    saga.resolve()
    work_off(world)
    assert read(who, made["id"])["status"] == "BOOKED"
    assert settlements(world) == ["SETTLED"]
    assert len(payments.orders) == 1


def test_our_own_death_after_the_settlement_is_made_good(
    world: World, clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The payment is committed and nothing else is: the settlement's message brings it home."""
    who, session = patient(world, tmp_path), clinic.session()
    made = held(who, session)

    def die(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr("app.hospital.service.fees.following.FeeFollowing.heard", die)
        with pytest.raises(KeyboardInterrupt):
            pay(who, made["id"])
    assert read(who, made["id"])["status"] == "PENDING_PAYMENT"
    assert settlements(world) == ["SETTLED"]
    work_off(world)
    assert read(who, made["id"])["status"] == "BOOKED"
    assert fees(world) == ["PAID"]


def test_without_any_message_the_sweep_brings_it_home(
    world: World, clinic: Clinic, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    who, session = patient(world, tmp_path), clinic.session()
    made = held(who, session)
    with monkeypatch.context() as lost:
        lost.setattr(
            "app.hospital.service.fees.following.FeeFollowing.heard", lambda *_, **__: None
        )
        pay(who, made["id"])
    wait(world, who, minutes=10)
    assert sweep(world).follow_fees() == 1
    assert read(who, made["id"])["status"] == "BOOKED"


def _paid_late(
    world: World, who: object, appointment: str, payments: FakePayments, saga: CashSaga
) -> None:
    """The cash part begins in time; the hold expires; then the money comes."""
    done(pay(who, appointment), 202)  # type: ignore[arg-type]
    with world.database.separate() as tx:
        # The rules leave no room: the provider's time to pay ends before the hold does.
        tx.execute(text("UPDATE appointments SET deadline = now() - interval '1 year'"))
    assert sweep(world).expire() == 1
    payments.pay()
    wait(world, who, minutes=1)  # type: ignore[arg-type]
    saga.resolve()
    work_off(world)


def test_a_payment_after_expiry_gets_an_equal_place(
    world: World, clinic: Clinic, tmp_path: Path, payments: FakePayments, saga: CashSaga
) -> None:
    who, session = patient(world, tmp_path, opening=0), clinic.session()
    made = held(who, session, consent="same_doctor")
    _paid_late(world, who, made["id"], payments, saga)
    old = read(who, made["id"])
    new = done(who.phone.get("/v1/appointments"))["items"][0]
    assert (old["status"], new["status"]) == ("EXPIRED", "BOOKED")
    assert (new["replaces"], new["fee_status"]) == (made["id"], "PAID")
    assert new["consent"] == "same_doctor"
    assert fees(world) == ["PAID"]
    assert units(world, session) == ["BOOKED", "FREE", "FREE"]


def test_a_payment_after_expiry_goes_back_where_the_place_is_gone(
    world: World, clinic: Clinic, tmp_path: Path, payments: FakePayments, saga: CashSaga
) -> None:
    """The place has a new owner, and only that one."""
    who, session = patient(world, tmp_path, opening=0), clinic.session(units=1)
    other = relative(world, "乙")
    made = held(who, session)
    done(pay(who, made["id"]), 202)
    with world.database.separate() as tx:
        tx.execute(text("UPDATE appointments SET deadline = now() - interval '1 year'"))
    assert sweep(world).expire() == 1
    taken = held(other, session)
    payments.pay()
    wait(world, who, other, minutes=1)
    saga.resolve()
    work_off(world)
    saga.resolve()
    assert read(who, made["id"])["status"] == "EXPIRED"
    assert read(other, taken["id"])["status"] == "PENDING_PAYMENT"
    assert (fees(world), settlements(world)) == (["RETURNED"], ["REVERSED"])
    assert payments.returned == payments.taken == 5_000
    assert units(world, session) == ["HELD"]
    sound(world)


def test_a_payment_after_expiry_goes_back_where_a_quota_forbids_another_place(
    world: World, clinic: Clinic, tmp_path: Path, payments: FakePayments, saga: CashSaga
) -> None:
    who = patient(world, tmp_path, opening=0)
    made = held(who, clinic.session())
    done(pay(who, made["id"]), 202)
    with world.database.separate() as tx:
        tx.execute(text("UPDATE appointments SET deadline = now() - interval '1 year'"))
    assert sweep(world).expire() == 1
    booked(who, clinic.session(hour=14, fee=0))
    payments.pay()
    wait(world, who, minutes=1)
    saga.resolve()
    work_off(world)
    assert (fees(world), settlements(world)) == (["RETURNED"], ["REVERSED"])


def test_a_payment_of_a_hold_that_was_given_up_goes_back(
    world: World, clinic: Clinic, tmp_path: Path, payments: FakePayments, saga: CashSaga
) -> None:
    who = patient(world, tmp_path, opening=0)
    made = held(who, clinic.session())
    done(pay(who, made["id"]), 202)
    done(cancel(who, made["id"]))
    payments.pay()
    wait(world, who, minutes=1)
    saga.resolve()
    work_off(world)
    assert (fees(world), settlements(world)) == (["RETURNED"], ["REVERSED"])
    assert len(done(who.phone.get("/v1/appointments"))["items"]) == 1


def test_nothing_is_paid_after_the_deadline(world: World, clinic: Clinic, tmp_path: Path) -> None:
    who = patient(world, tmp_path)
    made = held(who, clinic.session())
    wait(world, who, minutes=10)
    assert refused(pay(who, made["id"])) == (409, "APPOINTMENT_EXPIRED")
    sweep(world).expire()
    assert refused(pay(who, made["id"])) == (409, "APPOINTMENT_EXPIRED")
    assert settlements(world) == []


def test_what_costs_nothing_is_not_paid(world: World, clinic: Clinic) -> None:
    who = relative(world, "张伟")
    made = held(who, clinic.session(fee=0))
    assert refused(pay(who, made["id"])) == (409, "APPOINTMENT_FREE")


def test_what_card_and_settlement_refuse_leaves_the_hold(
    world: World, clinic: Clinic, tmp_path: Path
) -> None:
    """And once it is put right the same hold can be paid."""
    who = relative(world, "张伟")
    made = held(who, clinic.session())
    assert refused(pay(who, made["id"])) == (404, "CARD_NOT_FOUND")
    done(who.phone.post("/v1/card"), 201)
    assert refused(pay(who, made["id"])) == (409, "NOT_INSURED")
    insure(world, who.phone, tmp_path, opening=20_000)
    assert done(pay(who, made["id"]))["status"] == "PAID"


def test_a_suspended_hospital_takes_no_fees(world: World, clinic: Clinic, tmp_path: Path) -> None:
    who = patient(world, tmp_path)
    made = held(who, clinic.session())
    with world.database.separate() as tx:
        tx.execute(text("UPDATE merchants SET state = 'SUSPENDED'"))
    assert refused(pay(who, made["id"])) == (409, "HOSPITAL_TAKES_NO_FEES")


def test_nobody_logs_in_as_the_online_counter(world: World, clinic: Clinic, tmp_path: Path) -> None:
    """One terminal a hospital, with a scope that no route asks for."""
    for name in ("甲", "乙"):
        booked(patient(world, tmp_path, name), clinic.session(hour=9 if name == "甲" else 14))
    query = text(
        "SELECT t.scopes, t.purposes FROM terminals t JOIN hospitals h ON "
        "h.online_terminal_id = t.id"
    )
    with world.database.separate() as tx:
        assert tx.execute(query).all() == [(["hospital.online"], ["01101"])]
        assert tx.scalars(text("SELECT count(*) FROM terminals")).one() == 1


def test_a_lost_message_is_no_harm_to_one_that_comes_twice(
    world: World, clinic: Clinic, tmp_path: Path
) -> None:
    who, session = patient(world, tmp_path), clinic.session()
    made = booked(who, session)
    with world.database.separate() as tx:
        fee = tx.scalars(text("SELECT id FROM appointment_fees")).one()
    for _ in range(3):
        build_following(world.shared).follow(fee)
    assert kinds(who, made["id"]) == ["pending_payment", "extended", "booked"]
    assert ask(who, session).status_code == 409


def test_the_name_of_a_payment_is_fenced_when_its_hold_is_over(
    world: World, clinic: Clinic
) -> None:
    """Nothing was paid under it, and a request that is late can pay nothing any more."""
    who = relative(world, "张伟")
    made = held(who, clinic.session())
    done(who.phone.post("/v1/card"), 201)
    assert refused(pay(who, made["id"])) == (409, "NOT_INSURED")
    assert fees(world) == ["BEGUN"]
    wait(world, who, minutes=15)
    assert sweep(world).expire() == 1
    work_off(world)
    assert fees(world) == ["DROPPED"]
    fenced = text(
        "SELECT m.outcome FROM settlement_messages m JOIN appointment_fees f ON f.id = m.msgid"
    )
    with world.database.separate() as tx:
        assert list(tx.scalars(fenced)) == ["FENCED"]
