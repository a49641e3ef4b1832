"""What the browser tests of the desk stand on: a hospital of their own, its sessions, patients."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from app.core.clock import SystemClock
from launch.system import System
from sandbox.hospital_his.client import SCOPES, Hospital
from sandbox.phone.client import Phone
from sandbox.phone.dpop import Prover
from sandbox.phone.http import Http
from sandbox.phone.keys import DeviceKey
from sandbox.terminal.assertion import ClientAssertions
from tests.browser.booking_ground import china_day
from tests.browser.operators import code_of, command

_CHINA: Final = timedelta(hours=8)
REGISTRATION: Final = "01101"
ROOM: Final = "3 诊室"


@dataclass(kw_only=True)
class DeskGround:
    """One hospital: its system over the API, and codes by which browsers become its desks."""

    system: System
    client_id: str
    his: Hospital
    _planned: dict[str, int] = field(default_factory=dict)
    """How many days ahead each is."""

    def code(self) -> str:
        """A code, good once."""
        return code_of(self.system, self.client_id)

    def session(
        self,
        name: str,
        department: str,
        *,
        places: int = 4,
        ahead: int = 0,
        of: str | None = None,
        **more: Any,
    ) -> str:
        """Plan a session that costs nothing; today's has just begun. Returns our id of it.

        Args:
            name: the hospital's id of it.
            department: what patients read.
            places: for the public.
            ahead: days from today.
            of: the hospital's id of department and doctor; left out: as the session's.
            more: members of the record.
        """
        record = {
            "kind": "session",
            "id": name,
            "department": of or name,
            "practitioner": of or name,
            "day": china_day(ahead).isoformat(),
            "half_day": "afternoon",
            "fee_class": "ordinary",
            "fee": 0,
            "item_code": "YL0001",
            "opens_at": (SystemClock().now() - timedelta(minutes=1)).isoformat(),
            "pools": [{"channel": "app", "size": places}],
            **(_running() if ahead == 0 else {"starts": "14:00", "ends": "16:00"}),
            **more,
        }
        lines: list[dict[str, Any]] = [
            {"kind": "campus", "id": "C1", "name": "本部", "address": "人民路1号"}
            | {"latitude": 30.25, "longitude": 120.16},
            {"kind": "department", "id": record["department"], "campus": "C1", "name": department},
            {"kind": "practitioner", "id": record["practitioner"], "name": "苏合香"}
            | {"title": "主任医师"},
            record,
        ]
        data = "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines)
        told = self.his.import_lines(data.encode(), dry_run=False)
        assert told["refused"] == 0, told
        self._planned[name] = ahead
        return self.named(name, ahead)

    def clear(self) -> None:
        """See whoever is there, call off the rest: nobody's time is taken any more."""
        for name, ahead in self._planned.items():
            line = f"/v1/hospital/sessions/{self.named(name, ahead)}/appointments"
            for one in self.his._call("GET", line).json()["items"]:
                if one["status"] == "ARRIVED":
                    self.his.served(one["id"])
        if self._planned:
            body = {"session_ids": [*self._planned], "reason": "other"}
            self.his.write("/v1/hospital/stops", body, key=f"clear {[*self._planned]}")
        self._planned.clear()

    def named(self, name: str, ahead: int = 0) -> str:
        """Our id of a session."""
        page = self.his._call("GET", f"/v1/hospital/sessions?day={china_day(ahead)}&limit=500")
        return next(str(one["id"]) for one in page.json()["items"] if one["external_id"] == name)


def _running() -> dict[str, str]:
    """A session that has begun, in local times, and lasts until midnight at most."""
    local = SystemClock().now() + _CHINA
    starts = local.replace(minute=local.minute // 10 * 10)
    ends = min(starts + timedelta(hours=3), starts.replace(hour=23, minute=59))
    return {"starts": f"{starts:%H:%M}", "ends": f"{ends:%H:%M}"}


@contextmanager
def desk_ground(system: System, folder: Path, name: str) -> Iterator[DeskGround]:
    """Put a hospital on the list, with a terminal that may do everything."""
    key = DeviceKey.generate()
    keys = folder / "hospital.jwks.json"
    keys.write_text(json.dumps({"keys": [key.public_jwk()]}))
    hospital = command(system, "add-hospital", "--name", name, "--region", "990100")
    client = command(
        system,
        *("add-terminal", "--merchant", str(hospital["merchant_id"])),
        *("--purposes", REGISTRATION, "--scopes", SCOPES.replace(" ", ",")),
        *("--jwks", str(keys)),
    )
    client_id = str(client["client_id"])
    issuer = system.base_url
    assertions = ClientAssertions(client_id=client_id, key=key, issuer=issuer, clock=time.time)
    prover = Prover(key=DeviceKey.generate(), clock=time.time)
    with Http(base_url=issuer, prover=prover, clock=time.perf_counter) as http:
        his = Hospital(http=http, assertions=assertions, token=None, keep=lambda _: None)
        his.sign_in()
        yield DeskGround(system=system, client_id=client_id, his=his)


def booked(phone: Phone, session: str, consent: str = "none") -> dict[str, Any]:
    """A place that costs nothing, taken on a phone."""
    told: dict[str, Any] = phone._post(
        "/v1/appointments", {"session_id": session, "consent": consent}
    )
    assert told["status"] == "BOOKED", told
    return told


def shown(phone: Phone) -> str:
    """The digits of a fresh code for registration."""
    return str(phone.card_code(REGISTRATION).code)
