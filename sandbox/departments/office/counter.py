"""The port at which callers ask: lookups, the feed of changes, and whether it is alive."""

from __future__ import annotations

from sandbox.departments.office.changes import page, parse_after
from sandbox.departments.office.desk import Department, Desk
from sandbox.departments.office.faults import FaultSwitch
from sandbox.departments.office.question import parse_question
from sandbox.departments.office.reply import Reply, json_reply
from sandbox.departments.office.routes import Request, Route
from sandbox.departments.office.server import OfficeServer

HEALTH_PATH = "/health"
CHANGES_PATH = "/changes"
_MOST_BODY_BYTES = 4096


class Counter:
    """Makes the answers."""

    def __init__(self, department: Department, *, faults: FaultSwitch) -> None:
        """Answer for a department, with the faults that are on at the moment."""
        self._department = department
        self._faults = faults

    def routes(self) -> tuple[Route, ...]:
        """Return what can be asked."""
        return (
            Route(name="health", method="GET", path=HEALTH_PATH, make=self._health, open=True),
            Route(name="changes", method="GET", path=CHANGES_PATH, make=self._changes, query=True),
            *(self._lookup(desk) for desk in self._department.desks),
        )

    def _lookup(self, desk: Desk) -> Route:
        def answer(request: Request) -> Reply:
            question = parse_question(request.body, desk.contract)
            books = self._department.books
            return self._faults.current.disturb(lambda: desk.answer(question, books))

        return Route(
            name=f"{desk.contract.name} lookup",
            method="POST",
            path=desk.contract.path,
            make=answer,
            most_bytes=_MOST_BODY_BYTES,
        )

    def _changes(self, request: Request) -> Reply:
        after = parse_after(request.query)
        books = self._department.books
        return self._faults.current.disturb(lambda: page(books, after=after))

    def _health(self, _: Request) -> Reply:
        titles = [contract.title for contract in self._department.contracts]
        return json_reply({"status": "ok", "contracts": titles})


class CounterServer(OfficeServer):
    """Listens for callers."""

    def __init__(
        self,
        *,
        address: tuple[str, int],
        department: Department,
        token: str,
        faults: FaultSwitch,
    ) -> None:
        """Bind `address`; port 0 takes a free one.

        Raises:
            OSError: the address is taken or not ours.
            ValueError: the service token is empty.
        """
        routes = Counter(department, faults=faults).routes()
        super().__init__(address=address, routes=routes, token=token)
