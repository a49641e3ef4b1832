"""The provider at work: one port for merchants, another for whoever runs the sandbox."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import Self

from sandbox.departments.office.door import Address, Door
from sandbox.departments.office.office import HOST, Ports
from sandbox.departments.office.server import OfficeServer
from sandbox.departments.veterans.signing import load_or_make
from sandbox.payments.book import Book
from sandbox.payments.control import Control
from sandbox.payments.counter import JWKS_PATH, Counter
from sandbox.payments.courier import Courier
from sandbox.payments.faults import Faults, FaultSwitch
from sandbox.payments.orders import Orders


def system_now() -> datetime:
    """Return the time of the machine."""
    return datetime.now(tz=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """What a provider and its merchant agreed on."""

    data: Path
    """Folder of the provider's book and key."""
    notify: str
    """Where the merchant takes webhooks."""
    token: str = field(repr=False)
    """What the merchant shows."""
    faults: Faults = field(default_factory=Faults)
    """To begin with."""


class Provider:
    """Serves one merchant. A context manager whose value is itself."""

    def __init__(
        self, terms: Terms, *, ports: Ports, now: Callable[[], datetime] = system_now
    ) -> None:
        """Take both ports, without listening.

        Raises:
            CannotStart: the key file holds no key.
            OSError: a port is taken.
        """
        self._token = terms.token
        self._stop = threading.Event()
        book, key = Book(terms.data), load_or_make(terms.data / "signing.pem")
        faults = FaultSwitch(terms.faults)
        orders = Orders(book, now=now, faults=faults)
        self._courier = Courier(book, notify=terms.notify, key=key, now=now, faults=faults)
        self._counter = Counter(orders, key=key, faults=faults, stop=self._stop)
        self._control = Control(orders, courier=self._courier, faults=faults)
        self._doors: tuple[Door, ...] = ()
        with ExitStack() as undo:
            for make, port in (
                (self._serve_counter, ports.counter),
                (self._serve_control, ports.control),
            ):
                self._doors = (*self._doors, Door(make, (HOST, port or 0)))
                undo.callback(self._doors[-1].close)
            undo.pop_all()
        self._runner = threading.Thread(target=self._courier.run, args=(self._stop,))

    @property
    def port(self) -> int:
        """Where merchants ask."""
        return self._doors[0].port

    @property
    def control_port(self) -> int:
        """Where faults are switched and payers pay."""
        return self._doors[1].port

    @property
    def url(self) -> str:
        """Base address for merchants."""
        return f"http://{HOST}:{self.port}"

    @property
    def jwks_url(self) -> str:
        """Where the key of webhooks is published."""
        return self.url + JWKS_PATH

    def stop(self) -> None:
        """Answer what has been asked, then be gone."""
        self._stop.set()
        for door in reversed(self._doors):
            door.close()
        if self._runner.is_alive():
            self._runner.join()

    def __enter__(self) -> Self:
        """Listen and deliver; what has begun is undone when the rest cannot."""
        with ExitStack() as undo:
            undo.callback(self.stop)
            for door in self._doors:
                door.open()
            self._runner.start()
            undo.pop_all()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Stop."""
        self.stop()

    def _serve_counter(self, address: Address) -> OfficeServer:
        routes = self._counter.routes()
        return OfficeServer(address=address, routes=routes, token=self._token)

    def _serve_control(self, address: Address) -> OfficeServer:
        routes = self._control.routes()
        return OfficeServer(address=address, routes=routes, token=self._token)
