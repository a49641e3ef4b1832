"""/v1/appointments: what patients, and those who act for them, do."""

from __future__ import annotations

from flask import Response
from flask_openapi import APIBlueprint, Tag

from app.core.access.guards import citizen
from app.core.access.principals import Citizen, caller
from app.core.http.replies import reply
from app.core.http.services import service
from app.core.idempotency.routes import idempotent
from app.hospital.ports import Standing
from app.hospital.routes.replies import appointment_reply, detail_reply
from app.hospital.schemas import (
    AppointmentBody,
    AppointmentDetailReply,
    AppointmentPath,
    AppointmentReply,
    AppointmentsQuery,
    AppointmentsReply,
    PaymentReply,
    ReschedulingBody,
)
from app.hospital.service.booking.cancelling import Cancelling
from app.hospital.service.booking.holding import Asked, Holding
from app.hospital.service.booking.paying import Paying
from app.hospital.service.booking.rescheduling import Instead, Rescheduling
from app.hospital.service.reading import AppointmentReading

blueprint = APIBlueprint(
    "appointments", __name__, url_prefix="/v1/appointments", abp_tags=[Tag(name="appointments")]
)


@blueprint.post("", summary="Take a place", responses={201: AppointmentReply})
@citizen()
@idempotent()
def hold(body: AppointmentBody) -> Response:
    """PENDING_PAYMENT until `deadline`, or BOOKED at once where nothing has to be paid.

    With `mandate_id` it is for whoever gave the caller that family mandate. SESSION_FULL: wait for
    a place; SESSION_NOT_OPEN: booking has not begun, or the session was called off.
    """
    asked = Asked(
        session_id=body.session_id,
        window=body.window,
        mandate_id=body.mandate_id,
        consent=body.consent,
        ticket=body.ticket,
    )
    return _told(service(Holding).hold(caller(Citizen), asked), 201)


@blueprint.post(
    "/<id>/payment", summary="Pay the fee", responses={200: PaymentReply, 202: PaymentReply}
)
@citizen()
def pay(path: AppointmentPath) -> Response:
    """By the card on this phone, as at a till. However often it is asked for, it is paid once.

    202: the cash part waits for the person at the payment provider. The answer names another
    appointment where the hold had expired and an equal place was free.
    """
    paid = service(Paying).pay(caller(Citizen), path.id)
    seen = service(AppointmentReading).acted(paid.appointment_id)
    waits = paid.payment is not None and paid.payment.standing is Standing.UNDER_WAY
    body = PaymentReply(
        status="UNDER_WAY" if waits else "PAID",
        settlement_id=seen.settlement_id,
        cash_order_id=None if paid.payment is None else paid.payment.cash_order_id,
        appointment=appointment_reply(seen),
    )
    return reply(body, 202 if waits else 200)


@blueprint.get("", summary="My appointments", responses={200: AppointmentsReply})
@citizen()
def page(query: AppointmentsQuery) -> Response:
    """The caller's, and those they made for others by a mandate that stands; newest first."""
    found = service(AppointmentReading).page(
        caller(Citizen), before=query.cursor, limit=query.limit
    )
    items = [appointment_reply(one) for one in found.items]
    return reply(AppointmentsReply(items=items, next=found.next))


@blueprint.get("/<id>", summary="One appointment", responses={200: AppointmentDetailReply})
@citizen()
def read(path: AppointmentPath) -> Response:
    """With all that happened to it."""
    reading = service(AppointmentReading)
    seen = reading.one(caller(Citizen), path.id)
    return reply(detail_reply(seen, reading.events(seen.id)))


@blueprint.post("/<id>/cancellation", summary="Give it up", responses={200: AppointmentReply})
@citizen()
@idempotent()
def cancel(path: AppointmentPath) -> Response:
    """Until `free_until` it costs nothing. What was paid goes back as it came."""
    service(Cancelling).cancel(caller(Citizen), path.id)
    return _told(path.id, 200)


@blueprint.post("/<id>/rescheduling", summary="Move it", responses={201: AppointmentReply})
@citizen()
@idempotent()
def reschedule(path: AppointmentPath, body: ReschedulingBody) -> Response:
    """Another place of the same hospital at the same fee, or none of it happens."""
    instead = Instead(session_id=body.session_id, window=body.window, ticket=body.ticket)
    return _told(service(Rescheduling).reschedule(caller(Citizen), path.id, instead), 201)


def _told(appointment_id: str, status: int) -> Response:
    seen = service(AppointmentReading).acted(appointment_id)
    return reply(appointment_reply(seen), status)
