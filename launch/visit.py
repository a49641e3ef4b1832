"""A visit to the hospital: find a place, hold it, pay the fee by the card, come, be seen."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from launch.hospital import WALK_IN
from launch.journey import Line
from launch.payer import pay_order
from launch.steps import StepFailed, Taken, timed
from sandbox.phone.http import Refused
from sandbox.terminal.money import yuan
from sandbox.terminal.scanner import scan

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from typing import Any

    from launch.steps import T
    from sandbox.hospital_his.client import Hospital
    from sandbox.phone.appointments import Appointment, Session
    from sandbox.phone.client import Phone

REGISTRATION: Final = "01101"
"""The purpose of a code at a hospital's desk."""
_THERE_ALREADY: Final = "APPOINTMENT_SAME_DEPARTMENT_DAY"
_HELD, _BOOKED, _ARRIVED, _FULFILLED = "PENDING_PAYMENT", "BOOKED", "ARRIVED", "FULFILLED"
_CHINA_OFFSET: Final = timedelta(hours=8)
_PAYMENT_SECONDS: Final = 20.0
_AGAIN_SECONDS: Final = 0.1


def play_visit(
    phone: Phone, *, desk: Hospital, var: Path, tell: Callable[[Line], None] = lambda _: None
) -> Mapping[str, float]:
    """Play all steps in their order.

    Args:
        phone: the citizen's device, with a token and a card.
        desk: the hospital's system, signed in.
        var: where the launcher wrote down its payment provider.
        tell: hears of each step as it ends.

    Returns:
        Milliseconds by step: place, hold, fee, arrival, service.

    Raises:
        StepFailed: a step did not hold.
        LaunchRefused: the fee's cash part could not be paid.
        UnreachableError: there was no answer.
    """
    times: dict[str, float] = {}

    def told(name: str, taken: Taken[T], text: str) -> T:
        times[name] = taken.ms
        tell(Line(name=name, ms=taken.ms, text=text))
        return taken.value

    found = find_place(phone)
    session = told("place", found, f"{found.value.free} places free today: {_where(found.value)}")
    held = hold(phone, session)
    place = told("hold", held, f"number {held.value.number} is the citizen's, to be paid")
    told("fee", pay(phone, place, var), f"{yuan(place.fee)} yuan by the card: booked")
    told("arrival", arrive(phone, desk, place), "the hospital's desk scanned the card's code")
    told("service", be_seen(phone, desk, place), "the doctor has seen them; the phone says so")
    return times


def find_place(phone: Phone) -> Taken[Session]:
    """Find a half-day of today that has a free place."""
    today = (datetime.now(UTC) + _CHINA_OFFSET).date().isoformat()

    def find() -> Session | None:
        found = phone.find_sessions(q=WALK_IN, day_from=today, day_to=today)
        free = [one for one in found if one.is_open and one.free > 0]
        return free[-1] if free else None

    taken = timed("place", phone.http, find)
    if taken.value is None:
        msg = f"No session of {WALK_IN} has a free place today."
        raise StepFailed(msg)
    return Taken(value=taken.value, ms=taken.ms)


def hold(phone: Phone, session: Session) -> Taken[Appointment]:
    """Take the lowest number; after a visit that was broken off, the place it had."""

    def take() -> Appointment:
        try:
            return phone.hold_place(session.id)
        except Refused as refused:
            if refused.code != _THERE_ALREADY:
                raise
        live = (_HELD, _BOOKED, _ARRIVED)
        return next(
            one
            for one in phone.appointments()
            if one.status in live and one.department == session.department
        )

    return timed("hold", phone.http, take)


def pay(phone: Phone, place: Appointment, var: Path) -> Taken[Appointment]:
    """Pay the fee; what insurance and account leave is paid at the payment provider."""

    def settle() -> Appointment:
        if place.status != _HELD:
            return place
        paid = phone.pay_fee(place.id)
        if paid.cash_order_id is not None and paid.appointment.status == _HELD:
            pay_order(var, paid.cash_order_id)
        return _once(phone, place, _BOOKED)

    return timed("fee", phone.http, settle)


def arrive(phone: Phone, desk: Hospital, place: Appointment) -> Taken[Mapping[str, Any]]:
    """Show a code of the card at the desk."""
    shown = phone.card_code(REGISTRATION)
    digits = scan(shown.qr_svg)
    taken = timed("arrival", desk.http, lambda: desk.check_in(digits))
    if (taken.value["id"], taken.value["status"]) != (place.id, _ARRIVED):
        msg = f"The desk checked somebody else in, or nobody: {taken.value}"
        raise StepFailed(msg)
    return Taken(value=taken.value, ms=taken.ms)


def be_seen(phone: Phone, desk: Hospital, place: Appointment) -> Taken[Appointment]:
    """Let the doctor write down that the visit is over, and read it on the phone."""
    served = timed("service", desk.http, lambda: desk.served(place.id))
    seen = phone.appointment(place.id)
    if seen.status != _FULFILLED:
        msg = f"The phone does not show that the doctor has seen them: {seen.status}"
        raise StepFailed(msg)
    return Taken(value=seen, ms=served.ms)


def _once(phone: Phone, place: Appointment, status: str) -> Appointment:
    """The appointment as soon as it is in a state."""
    deadline = time.monotonic() + _PAYMENT_SECONDS
    seen = phone.appointment(place.id)
    while seen.status != status:
        if time.monotonic() > deadline:
            msg = f"The appointment is {seen.status} instead of {status}"
            raise StepFailed(msg)
        time.sleep(_AGAIN_SECONDS)
        seen = phone.appointment(place.id)
    return seen


def _where(session: Session) -> str:
    return f"{session.department}, {session.practitioner}"
