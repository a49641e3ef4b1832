"""The application on a real port and a real clock, and a status list beside it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from wsgiref.types import StartResponse, WSGIEnvironment

import structlog
from cryptography.hazmat.primitives.asymmetric import ec
from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Response

from app.credentials.service.issuing import CredentialIssuing
from app.factory import close, create_app
from app.wiring.infrastructure import build_infrastructure
from app.wiring.parts import Parts
from certificates.status_list import ListLife, StatusList, TokenStatus, sign_status_list
from config import Settings
from tests.app.identity.fakes import FakeFaces
from tests.app.registry import Registry
from tests.app.world import World
from tests.clean import forget_everything
from tests.fakes import FakeClock

INDEX: Final = 5
_LIST, _SUSPEND = "/lists/1", "/lists/1/suspend"
_LIFE: Final = ListLife(expires=timedelta(hours=1), ttl=timedelta(minutes=5))


class RealClock(FakeClock):
    """The time outside: other programs look at it too."""

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - see above


@dataclass
class Lists:
    """One published status list, and where every credential stands in it."""

    base: str
    key: ec.EllipticCurvePrivateKey = field(
        default_factory=lambda: ec.generate_private_key(ec.SECP256R1())
    )
    statuses: StatusList = field(default_factory=lambda: StatusList(16))

    @property
    def uri(self) -> str:
        return self.base + _LIST

    @property
    def suspend_uri(self) -> str:
        return self.base + _SUSPEND

    def place(self, certificate_id: str) -> tuple[int, str] | None:  # noqa: ARG002 - the port's
        return INDEX, self.uri

    def answer(self, path: str) -> Response:
        if path == _SUSPEND:
            self.statuses[INDEX] = TokenStatus.SUSPENDED
            return Response(status=204)
        token = sign_status_list(
            self.statuses,
            uri=self.uri,
            key=self.key,
            kid="1",
            now=RealClock().now(),
            life=_LIFE,
        )
        return Response(token, content_type="application/statuslist+jwt")


class Door:
    """The server's port: open, shut as if the line were cut, open again."""

    def __init__(self, answer: Callable[..., Any]) -> None:
        self._answer = answer
        self._server = make_server("127.0.0.1", 0, answer, threaded=True, request_handler=_Quiet)
        self.port = self._server.server_port
        self._thread: threading.Thread | None = None

    def open(self) -> None:
        if self._thread is None and self._server.socket.fileno() < 0:
            self._server = make_server(
                "127.0.0.1", self.port, self._answer, threaded=True, request_handler=_Quiet
            )
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))
        self._thread.start()

    def shut(self) -> None:
        if self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._thread = None
        self._server.server_close()


@dataclass
class Served:
    """What the test has in hand."""

    world: World
    lists: Lists
    door: Door


class _Quiet(WSGIRequestHandler):
    def log(self, *_: object) -> None:
        return


@contextmanager
def served(settings: Settings, registry: Registry) -> Iterator[Served]:
    """Serve the application of these settings; its address becomes the public one."""
    inside: dict[str, Any] = {}

    def answer(environ: WSGIEnvironment, start: StartResponse) -> Any:
        path = environ["PATH_INFO"]
        if path.startswith("/lists/"):
            return inside["lists"].answer(path)(environ, start)
        return inside["app"](environ, start)

    door = Door(answer)
    base = f"http://127.0.0.1:{door.port}"
    clock, lists, faces = RealClock(), Lists(base), FakeFaces()
    registry.as_of = clock.now().isoformat(timespec="seconds").replace("+00:00", "Z")
    changed = settings.model_copy(update={"public_url": base})
    app = create_app(changed, parts=Parts(clock=clock, faces=faces))
    inside |= {"app": app, "lists": lists}
    app.extensions["zero_run.services"][CredentialIssuing]._places = lists
    with ExitStack() as closing:
        closing.callback(structlog.reset_defaults)
        closing.callback(close, app)
        shared = build_infrastructure(changed, clock, closing)
        forget_everything(shared.database, shared.redis)
        closing.callback(door.shut)
        door.open()
        world = World(
            app=app, settings=changed, clock=clock, faces=faces, registry=registry, shared=shared
        )
        yield Served(world=world, lists=lists, door=door)
