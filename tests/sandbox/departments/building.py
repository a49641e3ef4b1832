"""A department at work on loopback, and a caller who can say anything to it."""

import http.client
import json
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any

from sandbox.departments.office.control import FAULTS_PATH, RECORDS_PATH
from sandbox.departments.office.counter import CHANGES_PATH
from sandbox.departments.office.desk import Department
from sandbox.departments.office.faults import Faults
from sandbox.departments.office.office import HOST, Office, Ports

TOKEN = "a-service-token"
QUICK = Faults(fastest_ms=0, slowest_ms=0)
USUAL = {"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def json(self) -> dict[str, Any]:
        members: dict[str, Any] = json.loads(self.body)
        return members


def send(
    port: int,
    method: str,
    path: str,
    *,
    body: bytes | dict[str, Any] | None = None,
    headers: dict[str, str] | None = None,
) -> Answer:
    sent = json.dumps(body).encode() if isinstance(body, dict) else body
    with closing(http.client.HTTPConnection(HOST, port, timeout=20)) as connection:
        connection.request(method, path, sent, USUAL if headers is None else headers)
        reply = connection.getresponse()
        return Answer(status=reply.status, headers=reply.headers, body=reply.read())


@dataclass(frozen=True, slots=True, kw_only=True)
class Building:
    """Both ports of a department."""

    office: Office
    department: Department

    @property
    def port(self) -> int:
        return self.office.port

    @property
    def control(self) -> int:
        assert self.office.control_port is not None
        return self.office.control_port

    def question(self, contract: str, who: tuple[str, str], **changes: Any) -> dict[str, Any]:
        known = {one.name: one for one in self.department.contracts}[contract]
        usual = {
            known.subject.member: who[0],
            "name": who[1],
            "fields": sorted(known.fields),
            "case": "case-1",
            "purpose": "certificate",
        }
        return usual | changes

    def ask(self, contract: str, who: tuple[str, str], **changes: Any) -> Answer:
        known = {one.name: one for one in self.department.contracts}[contract]
        return send(self.port, "POST", known.path, body=self.question(contract, who, **changes))

    def switch(self, failure: str, *, fastest_ms: int = 0, slowest_ms: int = 0) -> Answer:
        faults = {"failure": failure, "fastest_ms": fastest_ms, "slowest_ms": slowest_ms}
        return send(self.control, "PUT", FAULTS_PATH, body=faults)

    def held(self, subject: str) -> list[dict[str, Any]]:
        found = send(self.control, "POST", f"{RECORDS_PATH}/lookup", body={"subject": subject})
        records: list[dict[str, Any]] = found.json["records"]
        return records

    def put(self, key: str, record: object) -> Answer:
        return send(self.control, "PUT", f"{RECORDS_PATH}/{key}", body={"record": record})

    def changes(self, after: int = 0) -> dict[str, Any]:
        return send(self.port, "GET", f"{CHANGES_PATH}?after={after}").json


@contextmanager
def at_work(department: Department, *, faults: Faults = QUICK) -> Iterator[Building]:
    with Office(department, token=TOKEN, faults=faults, ports=Ports(control=0)) as office:
        yield Building(office=office, department=department)
