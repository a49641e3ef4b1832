"""The departments' manners while something is measured."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from urllib3 import HTTPConnectionPool

from launch.departments.counters import Counter

_OK = 200


@contextlib.contextmanager
def mannered(
    counters: Iterable[Counter], *, failure: str = "none", fastest_ms: int, slowest_ms: int
) -> Iterator[None]:
    """Let departments take so long, or fail so; afterwards they are as they were.

    Args:
        counters: which departments.
        failure: a value of the departments' own `Failure`.
        fastest_ms: the least an answer is held back, milliseconds.
        slowest_ms: the most.
    """
    wanted = {"failure": failure, "fastest_ms": fastest_ms, "slowest_ms": slowest_ms}
    before = {one.entry.name: (one, _faults(one)) for one in counters}
    try:
        for one, _ in before.values():
            _faults(one, wanted)
        yield
    finally:
        for one, old in before.values():
            _faults(one, old)


def _faults(counter: Counter, wanted: object = None) -> object:
    """Set a department's faults, or read them."""
    place = urlsplit(counter.control)
    with HTTPConnectionPool(str(place.hostname), place.port, timeout=10) as pool:
        answer = pool.request(
            "GET" if wanted is None else "PUT",
            "/sandbox/faults",
            body=None if wanted is None else json.dumps(wanted),
            headers={
                "Authorization": f"Bearer {counter.token}",
                "Content-Type": "application/json",
            },
        )
    if answer.status != _OK:
        msg = f"{counter.entry.name}: {answer.status}"
        raise RuntimeError(msg)
    return answer.json()
