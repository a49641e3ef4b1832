"""The port of whoever runs the sandbox: faults and corrections. No department has such a thing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict

from sandbox.departments.office.body import expect_members, read_object, text
from sandbox.departments.office.corrections import Corrections
from sandbox.departments.office.faults import Faults, FaultSwitch, parse_faults
from sandbox.departments.office.reply import Reply, json_reply
from sandbox.departments.office.routes import Request, Route

FAULTS_PATH = "/sandbox/faults"
RECORDS_PATH = "/sandbox/records"
_MOST_FAULT_BYTES = 4096
_MOST_RECORD_BYTES = 256 * 1024
"""A person's photograph is part of their record."""


class Control:
    """Answers them."""

    def __init__(
        self,
        corrections: Corrections,
        *,
        faults: FaultSwitch,
        switch: Callable[[Faults], None],
    ) -> None:
        """Take the books' corrections and the faults.

        Args:
            corrections: of the department's records.
            faults: what is on.
            switch: turns other faults on, and returns when they are.
        """
        self._corrections = corrections
        self._faults = faults
        self._switch = switch

    def routes(self) -> tuple[Route, ...]:
        """Return what can be asked."""
        key = f"{RECORDS_PATH}/*"
        faults, records = _MOST_FAULT_BYTES, _MOST_RECORD_BYTES
        return (
            Route(name="faults", method="GET", path=FAULTS_PATH, make=self._shown),
            Route(
                name="faults set",
                method="PUT",
                path=FAULTS_PATH,
                make=self._switched,
                most_bytes=faults,
            ),
            Route(
                name="records lookup",
                method="POST",
                path=f"{RECORDS_PATH}/lookup",
                make=self._held,
                most_bytes=faults,
            ),
            Route(name="record put", method="PUT", path=key, make=self._put, most_bytes=records),
            Route(name="record removed", method="DELETE", path=key, make=self._removed),
        )

    def _shown(self, _: Request) -> Reply:
        return json_reply(self._faults.current.members())

    def _switched(self, request: Request) -> Reply:
        self._switch(parse_faults(request.body))
        return json_reply(self._faults.current.members())

    def _held(self, request: Request) -> Reply:
        sent = read_object(request.body)
        expect_members(sent, frozenset({"subject"}))
        return json_reply({"records": self._corrections.held(text(sent, "subject"))})

    def _put(self, request: Request) -> Reply:
        sent = read_object(request.body)
        expect_members(sent, frozenset({"record"}))
        return json_reply(asdict(self._corrections.put(request.tail, sent["record"])))

    def _removed(self, request: Request) -> Reply:
        return json_reply(asdict(self._corrections.remove(request.tail)))
