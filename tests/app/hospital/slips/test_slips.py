"""A slip in the hand of whoever needs paper, and what the desk sees in it."""

from __future__ import annotations

import io
from typing import Any

import pytest
import zxingcpp
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from app.hospital.service.claiming.claims import Wanted, claim
from app.hospital.service.claiming.moves import Move, move
from app.hospital.slips.service.codes import SlipCodes
from app.hospital.states import AppointmentState
from tests.app.device import Device
from tests.app.family.steps import Relative, accepted, done, log_of, refused, relative
from tests.app.hospital.planting import Clinic, plant
from tests.app.world import World
from tests.certificates.tools import needs, run

A = AppointmentState
DESK = "/v1/hospital/slips"


@pytest.fixture
def patient(world: World) -> Relative:
    return relative(world, "李清照")


def desk_of(world: World, merchant: str = "市第一人民医院") -> Device:
    return world.terminal(
        merchant=merchant, purposes=frozenset({"01101"}), scopes=frozenset({"hospital.desk"})
    )


def taken(world: World, who: Relative, session: str, **changes: Any) -> str:
    wanted = {
        "person_id": who.person_id(world),
        "session_id": session,
        "state": A.BOOKED,
        "deadline": None,
        **changes,
    }
    with world.database.direct() as tx:
        claimed = claim(tx, Wanted(**wanted), world.clock.now())
    assert claimed is not None
    return claimed.appointment_id


def moved(world: World, appointment: str, state: AppointmentState) -> None:
    with world.database.direct() as tx:
        step = Move(state=state, actor="hospital")
        assert move(tx, appointment, step, world.clock.now()) is not None


def printed(who: Relative, appointment: str) -> bytes:
    answer = who.phone.get(f"/v1/appointments/{appointment}/slip.pdf")
    assert (answer.status_code, answer.content_type) == (200, "application/pdf"), answer.text
    return bytes(answer.data)


def code_of(world: World, appointment: str, sequence: int = 1) -> str:
    return SlipCodes(cipher=world.shared.cipher).write(appointment, sequence)


@needs("pdftotext")
def test_the_page_says_where_when_and_which_number(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    appointment = taken(world, patient, clinic.session())
    page = "".join(run("pdftotext", "-", "-", stdin=printed(patient, appointment)).decode().split())
    said = ("市第一人民医院", "本部人民路1号", "内科", "华佗主任医师", "2026年11月26日09:00–09:10")
    for one in (*said, "50.00", appointment, "李"):
        assert one in page
    for secret in (patient.name, patient.number):
        assert secret not in page


@needs("pdftoppm")
def test_the_qr_is_what_the_desk_reads(world: World, clinic: Clinic, patient: Relative) -> None:
    appointment = taken(world, patient, clinic.session())
    picture = run("pdftoppm", "-r", "150", "-png", "-", stdin=printed(patient, appointment))
    (found,) = zxingcpp.read_barcodes(Image.open(io.BytesIO(picture)))
    assert found.text == code_of(world, appointment)
    read = done(desk_of(world).post(DESK, {"code": found.text}))
    assert (read["appointment_id"], read["status"], read["number"]) == (appointment, "BOOKED", 1)
    assert read["current"] is True


def test_a_slip_that_was_overtaken_is_told_so(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    appointment = taken(world, patient, clinic.session())
    code = code_of(world, appointment)
    moved(world, appointment, A.CANCELLED_HOSPITAL)
    read = done(desk_of(world).post(DESK, {"code": code}))
    assert (read["status"], read["current"]) == ("CANCELLED_HOSPITAL", False)
    path = f"/v1/appointments/{appointment}/slip.pdf"
    assert refused(patient.phone.get(path)) == (409, "SLIP_NOT_BOOKED")


def test_a_slip_is_for_the_patient_and_for_who_acts_for_them(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    agent, stranger = relative(world, "赵明诚"), relative(world, "辛弃疾")
    mandate = accepted(world, patient, agent, purposes=["01101"], merchant_kinds=["hospital"])
    acts = {"agent_id": agent.person_id(world), "mandate_id": mandate}
    appointment = taken(world, patient, clinic.session(), **acts)
    path = f"/v1/appointments/{appointment}/slip.pdf"
    assert refused(stranger.phone.get(path)) == (404, "APPOINTMENT_UNKNOWN")
    assert printed(agent, appointment).startswith(b"%PDF")
    done(patient.phone.post(f"/v1/family/mandates/{mandate}/revocation"))
    assert refused(agent.phone.get(path)) == (404, "APPOINTMENT_UNKNOWN")


def test_the_patient_sees_who_read_it(world: World, clinic: Clinic, patient: Relative) -> None:
    appointment = taken(world, patient, clinic.session())
    printed(patient, appointment)
    done(desk_of(world).post(DESK, {"code": code_of(world, appointment)}))
    assert len(log_of(patient, "appointment.read")) == 2


def test_another_hospital_and_a_forger_learn_nothing(
    world: World, clinic: Clinic, patient: Relative
) -> None:
    appointment = taken(world, patient, clinic.session())
    code = code_of(world, appointment)
    plant(world, "市第二人民医院")
    unknown = (404, "SLIP_UNKNOWN")
    assert refused(desk_of(world, "市第二人民医院").post(DESK, {"code": code})) == unknown
    desk = desk_of(world)
    for forged in (code[:-22] + "A" * 22, code.replace(".1.", ".2."), code.lower(), "x"):
        assert refused(desk.post(DESK, {"code": forged})) == unknown
    assert log_of(patient, "appointment.read") == []


@given(st.text(max_size=100))
def test_no_text_that_we_did_not_write_is_read(given_text: str) -> None:
    assert SlipCodes(cipher=_Keyed()).read(given_text) is None  # type: ignore[arg-type]


@given(st.from_regex(r"apt_[0-9a-v]{26}", fullmatch=True), st.integers(1, 999_999_999))
def test_what_we_wrote_is_read(appointment: str, sequence: int) -> None:
    codes = SlipCodes(cipher=_Keyed())  # type: ignore[arg-type]
    assert codes.read(codes.write(appointment, sequence)) == (appointment, sequence)


class _Keyed:
    """A keyed hash of the tests' own."""

    def index(self, use: str, value: str) -> bytes:
        return (use + value).encode().ljust(32, b"k")[-32:]
