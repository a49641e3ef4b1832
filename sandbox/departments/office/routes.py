"""Which requests a server knows."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from sandbox.departments.office.refusals import Refused
from sandbox.departments.office.reply import Reply


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """What is left of a request once its route, its caller and its size are known."""

    tail: str = ""
    """The last segment of the path, where the route ends in ``*``."""
    query: str = ""
    body: bytes = b""


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One kind of request."""

    name: str
    """As the log writes it, in place of the path."""
    method: str
    path: str
    """A last segment ``*`` stands for any."""
    make: Callable[[Request], Reply]
    open: bool = False
    """Whether it is answered without the service token."""
    query: bool = False
    """Whether it takes a query string."""
    most_bytes: int | None = None
    """Longest body; None takes none."""


class Routes:
    """Finds the route of a request."""

    def __init__(self, routes: Iterable[Route]) -> None:
        """Take all routes of a server."""
        self._routes = {(route.method, route.path): route for route in routes}

    def find(self, method: str, target: str) -> tuple[Route, Request]:
        """Return the route, and what its path and query hold.

        Raises:
            Refused: NOT_FOUND (404).
        """
        path, mark, query = target.partition("?")
        parent, _, tail = path.rpartition("/")
        route = self._routes.get((method, path))
        if route is None:
            route = self._routes.get((method, f"{parent}/*"))
        if route is None or (mark and not route.query):
            raise Refused(status=404, code="NOT_FOUND")
        return route, Request(tail=tail, query=query)
