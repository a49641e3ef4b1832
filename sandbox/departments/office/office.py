"""A department at work: one port for callers, another for whoever runs the sandbox."""

from __future__ import annotations

import threading
from contextlib import ExitStack
from dataclasses import dataclass
from types import TracebackType
from typing import Self

from sandbox.departments.office.control import Control
from sandbox.departments.office.corrections import Corrections
from sandbox.departments.office.counter import CounterServer
from sandbox.departments.office.desk import Department
from sandbox.departments.office.door import Address, Door
from sandbox.departments.office.faults import Failure, Faults, FaultSwitch
from sandbox.departments.office.server import OfficeServer

HOST = "127.0.0.1"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ports:
    """Where an office listens; 0 takes a free port."""

    counter: int = 0
    control: int | None = None
    """None: there is no control, and the faults stay as they began."""


class Office:
    """Serves a department. A context manager whose value is itself."""

    def __init__(self, department: Department, *, token: str, faults: Faults, ports: Ports) -> None:
        """Take both ports, without listening.

        Raises:
            OSError: a port is taken.
        """
        self._department = department
        self._token = token
        self._faults = FaultSwitch(faults)
        self._switching = threading.Lock()
        with ExitStack() as undo:
            self._counter = Door(self._make_counter, (HOST, ports.counter))
            undo.callback(self._counter.close)
            self._control = None
            if ports.control is not None:
                self._control = Door(self._make_control, (HOST, ports.control))
            undo.pop_all()

    @property
    def port(self) -> int:
        """Where callers ask."""
        return self._counter.port

    @property
    def control_port(self) -> int | None:
        """Where faults and corrections are asked for."""
        return self._control.port if self._control else None

    def start(self) -> None:
        """Listen; the counter does not while its failure is `dead`.

        Raises:
            ValueError: the service token is empty.
        """
        self.switch(self._faults.current)
        if self._control is not None:
            self._control.open()

    def switch(self, faults: Faults) -> None:
        """Behave like this from the next question on."""
        with self._switching:
            self._faults.current = faults
            if faults.failure is Failure.DEAD:
                self._counter.vanish()
            else:
                self._counter.open()

    def stop(self) -> None:
        """Answer what has been asked, then be gone."""
        if self._control is not None:
            self._control.close()
        self._counter.close()

    def __enter__(self) -> Self:
        """Start; what has begun is undone when the rest cannot."""
        with ExitStack() as undo:
            undo.callback(self.stop)
            self.start()
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

    def _make_counter(self, address: Address) -> OfficeServer:
        return CounterServer(
            address=address,
            department=self._department,
            token=self._token,
            faults=self._faults,
        )

    def _make_control(self, address: Address) -> OfficeServer:
        corrections = Corrections(self._department.books, self._department.contracts)
        control = Control(corrections, faults=self._faults, switch=self.switch)
        return OfficeServer(address=address, routes=control.routes(), token=self._token)
