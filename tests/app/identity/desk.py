"""The identity service's verification half behind real HTTP, on a real database."""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from flask import Flask
from sqlalchemy import text
from werkzeug.datastructures import FileStorage, MultiDict
from werkzeug.test import TestResponse, stream_encode_multipart

from app.core.database import Base, Database
from app.factory import close, create_app
from app.identity.ports import FacePort
from app.identity.service.parts import VerificationParts
from app.wiring.identity import build_sessions
from app.wiring.infrastructure import Infrastructure, build_infrastructure
from app.wiring.parts import Parts
from config import Settings
from tests.app.device import Device
from tests.app.identity.fakes import NobodyKnown
from tests.app.registry import Registry, record
from tests.app.world import citizen_number, claim
from tests.clean import forget_everything
from tests.fakes import FakeClock

NAME = "张伟"
NUMBER = citizen_number()
PATH = "/v1/verifications"


@dataclass(kw_only=True)
class Desk:
    """What a test needs of the verification half."""

    app: Flask
    shared: Infrastructure
    parts: VerificationParts
    """The test's own; the application has others on the same database."""
    clock: FakeClock
    registry: Registry

    @property
    def database(self) -> Database:
        return self.shared.database

    def phone(self) -> Device:
        return Device(
            client=self.app.test_client(),
            clock=self.clock,
            public_url=self.shared.settings.public_url,
        )

    def register(self, number: str = NUMBER, name: str = NAME, **changes: Any) -> None:
        self.registry.persons[number] = record(number, name, **changes)

    def rows(self, sql: str, **values: Any) -> list[Any]:
        with self.database.separate() as tx:
            return list(tx.execute(text(sql), values).all())

    def everything(self) -> str:
        """All that is stored, as text."""
        tables = [table.name for table in Base.metadata.sorted_tables]
        return "\n".join(str(self.rows(f'SELECT * FROM "{table}"')) for table in tables)  # noqa: S608


@contextmanager
def open_desk(
    settings: Settings, *, clock: FakeClock, faces: FacePort, registry: Registry
) -> Iterator[Desk]:
    """The whole application, empty but for one registered person, with these faces."""
    app = create_app(settings, parts=Parts(clock=clock, faces=faces))
    with ExitStack() as closing:
        closing.callback(close, app)
        shared = build_infrastructure(settings, clock, closing)
        desk = Desk(
            app=app,
            shared=shared,
            parts=build_sessions(shared, faces=faces, registry=NobodyKnown()),
            clock=clock,
            registry=registry,
        )
        forget_everything(desk.database, desk.shared.redis)
        desk.register()
        yield desk


def asked(**changes: Any) -> dict[str, Any]:
    """The body that begins a session of the registered person."""
    return {**claim(NUMBER), **changes}


def begin(phone: Device, **changes: Any) -> str:
    """The id of a new session."""
    answer = phone.post(PATH, asked(**changes))
    assert answer.status_code == 201, answer.get_data(as_text=True)
    return str(answer.get_json()["id"])


def manifest(count: int, **members: Any) -> str:
    frames = [{"seq": n, "t_ms": 1000 + 66 * n, "hash": f"{n:064x}"} for n in range(count)]
    return json.dumps({"frames": frames, **members})


def capture(count: int = 3) -> list[bytes]:
    """Frames that nobody has sent before."""
    return [b"frame " + secrets.token_bytes(16) for _ in range(count)]


def send(
    phone: Device,
    session_id: str,
    n: int | str,
    contents: list[bytes] | None = None,
    **parts: Any,
) -> TestResponse:
    """Answer a step, or send "n/parts/k"; `parts` add to or replace the parts of the upload."""
    sent = capture() if contents is None else contents
    data = {"manifest": manifest(len(sent)), "frames": [file(one) for one in sent], **parts}
    body, boundary = _encoded({name: part for name, part in data.items() if part is not None})
    return phone.send(
        "POST",
        f"{PATH}/{session_id}/steps/{n}",
        data=body,
        content_type=f'multipart/form-data; boundary="{boundary}"',
    )


def file(content: bytes, name: str = "frame.jpg", kind: str = "image/jpeg") -> FileStorage:
    return FileStorage(BytesIO(content), filename=name, content_type=kind)


def _encoded(parts: dict[str, Any]) -> tuple[bytes, str]:
    # In memory: werkzeug's own client would leave a temporary file open.
    stream, _, boundary = stream_encode_multipart(MultiDict(parts), use_tempfile=False)
    return stream.read(), boundary


def twin(desk: Desk, phone: Device) -> Device:
    """The same device on a connection of its own."""
    return Device(
        client=desk.app.test_client(), clock=phone.clock, public_url=phone.public_url, key=phone.key
    )


def play(phone: Device, session_id: str) -> TestResponse:
    """Both steps; returns the answer to the last one."""
    first = send(phone, session_id, 0)
    assert first.get_json()["status"] == "IN_PROGRESS", first.get_data(as_text=True)
    return send(phone, session_id, 1)
