"""The application's services in this process, over the database of the running system."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import NoReturn, Self, TypeVar, cast

from app.core.clock import Clock, SystemClock
from app.core.database import Database
from app.identity.ports import FacePort
from app.wiring.infrastructure import Infrastructure, build_infrastructure
from app.wiring.parts import Parts
from app.wiring.wire import wire
from config import Settings

T = TypeVar("T")


class _NoFaces:
    """Nobody shows a face here."""

    def __getattr__(self, name: str) -> Callable[..., NoReturn]:
        """Refuse whatever is asked."""
        raise AttributeError(name)


class Desk:
    """A context manager: leaving it closes its connections."""

    def __init__(self, settings: Settings, *, clock: Clock | None = None) -> None:
        """Wire the services as the API does, but for faces.

        Args:
            settings: the API's own.
            clock: tells the time; the system's unless given.
        """
        self.closing = ExitStack()
        self.clock = clock or SystemClock()
        self.shared: Infrastructure = build_infrastructure(settings, self.clock, self.closing)
        faces = cast("FacePort", _NoFaces())
        wired = wire(settings, Parts(clock=self.clock, faces=faces))
        self.closing.push(wired.closing)
        self._services = wired.services

    @property
    def database(self) -> Database:
        """The database, by connections that the services do not use."""
        return self.shared.database

    def service(self, kind: type[T]) -> T:
        """Return the service of this class."""
        found = self._services[kind]
        if not isinstance(found, kind):
            raise TypeError(kind.__name__)
        return found

    def __enter__(self) -> Self:
        """Return itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close what was opened."""
        self.closing.close()
