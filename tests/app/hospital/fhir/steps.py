"""What the tests of the FHIR facade do again and again.

Resources are checked with the models of `fhir.resources`, of R4B (4.3.0): what we write of R4
(4.0.1) is the same there. There are no models of 4.0.1 in the versions of that library that are
still maintained.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from fhir.resources.R4B.appointment import Appointment
from fhir.resources.R4B.bundle import Bundle
from fhir.resources.R4B.capabilitystatement import CapabilityStatement
from fhir.resources.R4B.operationoutcome import OperationOutcome
from fhir.resources.R4B.schedule import Schedule
from fhir.resources.R4B.slot import Slot
from sqlalchemy import text
from werkzeug.test import TestResponse

from app.hospital.fhir.service.ids import fhir_id
from app.hospital.service.claiming.claims import Wanted, claim
from app.hospital.states import AppointmentState
from tests.app.card.steps import decode, show
from tests.app.device import Device
from tests.app.family.steps import Relative, relative
from tests.app.hospital.planting import Clinic, plant
from tests.app.world import World

R4: Final = "/fhir/R4"
FHIR: Final = "application/fhir+json"
REGISTRATION: Final = "01101"
HOSPITAL: Final = "市第一人民医院"
SCOPES: Final = frozenset({"hospital.fhir", "card.decode", "events.read"})
_MODELS: Final[dict[str, Any]] = {
    "Appointment": Appointment,
    "Bundle": Bundle,
    "CapabilityStatement": CapabilityStatement,
    "OperationOutcome": OperationOutcome,
    "Schedule": Schedule,
    "Slot": Slot,
}


def valid(answer: TestResponse, kind: str, status: int = 200) -> dict[str, Any]:
    """The resource of an answer, once the models have found nothing wrong with it."""
    assert (answer.status_code, answer.mimetype) == (status, FHIR), answer.text
    body: dict[str, Any] = answer.get_json(force=True)
    assert body["resourceType"] == kind
    _MODELS[kind].model_validate(body)
    for entry in body.get("entry", ()):
        _MODELS[entry["resource"]["resourceType"]].model_validate(entry["resource"])
    return body


def refused(answer: TestResponse) -> tuple[int, str, str]:
    """Status, issue type and code of an OperationOutcome."""
    (issue,) = valid(answer, "OperationOutcome", answer.status_code)["issue"]
    return answer.status_code, issue["code"], issue["details"]["coding"][0]["code"]


@dataclass(frozen=True, kw_only=True)
class Window:
    """A window of a hospital, and its system."""

    world: World
    clinic: Clinic
    terminal: Device

    def get(self, path: str, **kwargs: Any) -> TestResponse:
        return self.terminal.get(R4 + path, **kwargs)

    def all_of(self, path: str, kind: str) -> list[dict[str, Any]]:
        """The resources of all pages, by the links between them."""
        found: list[dict[str, Any]] = []
        base = self.world.settings.public_url
        link: str | None = R4 + path
        while link is not None:
            page = valid(self.terminal.get(link), "Bundle")
            found += [entry["resource"] for entry in page.get("entry", ())]
            nexts = [one["url"] for one in page["link"] if one["relation"] == "next"]
            link = nexts[0].removeprefix(base) if nexts else None
        assert {one["resourceType"] for one in found} <= {kind}
        return found

    def operate(self, operation: str, **told: str) -> TestResponse:
        """One operation; slot, schedule and appointment are references."""
        parameters = [
            {"name": name, "valueReference": {"reference": value}}
            if name in {"slot", "schedule", "appointment"}
            else {"name": name, "valueString": value}
            for name, value in told.items()
        ]
        return self.send(
            "POST",
            f"/Appointment/${operation}",
            {"resourceType": "Parameters", "parameter": parameters},
        )

    def send(
        self, method: str, path: str, body: Any, *, media: str = FHIR, **headers: str
    ) -> TestResponse:
        return self.terminal.send(
            method, R4 + path, json=body, headers={"Content-Type": media, **headers}
        )

    def patch(self, appointment: str, status: str, **headers: str) -> TestResponse:
        return self.send(
            "PATCH",
            f"/Appointment/{fhir_id(appointment)}",
            [{"op": "replace", "path": "/status", "value": status}],
            media="application/json-patch+json",
            **headers,
        )

    def presence(self, holder: Device, purpose: str = REGISTRATION) -> str:
        """Somebody shows their code at the window."""
        answer = decode(self.terminal, show(holder, purpose), purpose)
        assert answer.status_code == 200, answer.text
        return str(answer.json["presence_token"])

    def booked(self, who: Relative, session: str, **changes: Any) -> str:
        """An appointment as the app makes it; returns its id."""
        wanted = Wanted(
            **{
                "person_id": who.person_id(self.world),
                "session_id": session,
                "state": AppointmentState.BOOKED,
                "deadline": None,
                **changes,
            }
        )
        with self.world.database.direct() as tx:
            made = claim(tx, wanted, self.world.clock.now())
        assert made is not None
        return made.appointment_id

    def held(self, who: Relative, session: str) -> str:
        return self.booked(
            who,
            session,
            state=AppointmentState.PENDING_PAYMENT,
            deadline=self.world.clock.now() + timedelta(minutes=10),
        )


def window_of(world: World, clinic: Clinic, merchant: str = HOSPITAL) -> Window:
    terminal = world.terminal(
        purposes=frozenset({REGISTRATION, "02121"}), merchant=merchant, scopes=SCOPES
    )
    return Window(world=world, clinic=clinic, terminal=terminal)


def other_window(world: World, name: str = "区卫生院") -> Window:
    """A window of another hospital."""
    return window_of(world, plant(world, name), name)


def patient(world: World, name: str = "张伟") -> Relative:
    """Somebody with a card on their phone."""
    found = relative(world, name)
    assert found.phone.post("/v1/card").status_code in {200, 201}
    return found


def run(world: World, statement: str, **values: Any) -> list[Any]:
    """One statement behind everybody's back."""
    with world.database.separate() as tx:
        done = tx.connection().execute(text(statement), values)
        return list(done.all()) if done.returns_rows else []
