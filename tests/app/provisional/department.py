"""Human resources and social security on loopback, over HTTP, and what is done with its answers."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from sqlalchemy import select

from app.documents.confirmation_models import CertificateConfirmation
from app.documents.service.confirming import ConfirmingRound
from app.exchange.models import Exchange
from app.wiring.lineage import build_confirming, build_sources
from tests.app.device import Device
from tests.app.documents.people import issued
from tests.app.world import World
from tests.fakes import FakeClock

TYPE = "social_insurance"
NAME = "张伟"
FIRM = {"code": "91990101900000014C", "name": "晴川市明远软件有限公司"}


@dataclass
class SocialSecurity:
    """Knows one job of everybody; `status` other than 200 is answered to every question."""

    clock: FakeClock
    status: int = 200
    version: str = "v1"
    months_paid: int = 30
    knows: bool = True
    hours_old: float = 0
    """How old what it says is."""
    asked: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def answer(self, question: dict[str, Any]) -> dict[str, Any]:
        self.asked.append(question)
        job = {
            "citizen_number": question["citizen_number"],
            "name": question["name"],
            "employer": FIRM,
            "insurances": ["养老保险", "医疗保险"],
            "insured_since": "2024-05-01",
            "months_paid": self.months_paid,
            "monthly_base_fen": 800_000,
            "status": "active",
        }
        told = [{name: job[name] for name in question["fields"]}] if self.knows else []
        aged = FakeClock(self.clock.now())
        aged.advance(minutes=-60 * self.hours_old)
        return {
            "contract": "social-insurance-participation/1.0.0",
            "found": self.knows,
            "records": told,
            "record_version": self.version,
            "as_of": aged.now().isoformat(),
        }


@contextmanager
def running(clock: FakeClock) -> Iterator[SocialSecurity]:
    department = SocialSecurity(clock)

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = json.dumps(department.answer(json.loads(self.rfile.read(length)))).encode()
            self.send_response(department.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
    thread.start()
    department.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield department
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def provisional(device: Device, department: SocialSecurity) -> dict[str, Any]:
    """A certificate made with a kept answer; the department is down from then on."""
    issued(device, TYPE)
    department.status = 503
    made = issued(device, TYPE)
    assert made["provisional"] is True
    department.asked.clear()
    return made


def settled(world: World, *, minutes: float = 1, most: int = 100) -> ConfirmingRound:
    """One round of the task, some minutes later, by a process of its own."""
    world.clock.advance(minutes=minutes)
    with ExitStack() as closing:
        sources = build_sources(world.shared, closing)
        return build_confirming(world.shared, sources).run(most=most)


def turn_of(world: World, made: dict[str, Any]) -> CertificateConfirmation:
    with world.database.separate() as tx:
        return tx.get_one(CertificateConfirmation, made["id"])


def exchanges(world: World, made: dict[str, Any]) -> list[Exchange]:
    """The questions of the task about a certificate, as they were written down."""
    query = select(Exchange).where(
        Exchange.case_id == made["id"], Exchange.purpose.endswith(":confirmation")
    )
    with world.database.separate() as tx:
        return list(tx.scalars(query.order_by(Exchange.id)).all())
