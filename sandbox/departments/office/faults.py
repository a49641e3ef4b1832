"""How a department can be slow or broken on purpose."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from typing import Any

from sandbox.departments.office.body import expect_members, read_object, whole
from sandbox.departments.office.refusals import Refused, invalid
from sandbox.departments.office.reply import Reply, json_reply, problem

_MEMBERS = frozenset({"failure", "fastest_ms", "slowest_ms"})
_LONGEST_MS = 60_000


class Failure(StrEnum):
    """What happens to every question while the fault is on."""

    NONE = "none"
    UNAVAILABLE = "unavailable"
    """503 with Retry-After."""
    GARBAGE = "garbage"
    """200 with a body that is no JSON."""
    HANG_UP = "hang-up"
    """The connection closes without an answer."""
    WRONG_SCHEMA = "wrong-schema"
    """JSON with members of the wrong type."""
    HALF_ANSWERED = "half-answered"
    """The whole length is announced, half of it comes."""
    DEAD = "dead"
    """Nobody listens."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """The manners of one department."""

    failure: Failure = Failure.NONE
    fastest_ms: int = 20
    slowest_ms: int = 60
    """Each answer is held back for a time between the two, drawn anew."""

    def wait(self) -> None:
        """Take the time a department across town takes."""
        spread = self.slowest_ms - self.fastest_ms
        time.sleep((self.fastest_ms + secrets.randbelow(spread + 1)) / 1000)

    def disturb(self, answer: Callable[[], dict[str, Any]]) -> Reply:
        """Return the answer as it arrives under these faults, after the wait."""
        self.wait()
        if self.failure is Failure.NONE:
            return json_reply(answer())
        if self.failure is Failure.WRONG_SCHEMA:
            return json_reply(misshapen(answer()))
        if self.failure is Failure.HALF_ANSWERED:
            return replace(json_reply(answer()), halved=True)
        return _unanswered(self.failure)

    def members(self) -> dict[str, Any]:
        """Return the members `parse_faults` reads."""
        return asdict(self)


class FaultSwitch:
    """The faults of a running department, which change while it answers."""

    def __init__(self, faults: Faults) -> None:
        """Begin with these."""
        self.current = faults


def parse_faults(body: bytes) -> Faults:
    """Read a wish for faults: all three members, times of up to a minute.

    Raises:
        Refused: MALFORMED_JSON (400) or INVALID_FIELD (422) with a pointer.
    """
    sent = read_object(body)
    expect_members(sent, _MEMBERS)
    if sent["failure"] not in list(Failure):
        raise invalid(at="/failure")
    fastest = whole(sent, "fastest_ms", low=0, high=_LONGEST_MS)
    slowest = whole(sent, "slowest_ms", low=fastest, high=_LONGEST_MS)
    return Faults(failure=Failure(sent["failure"]), fastest_ms=fastest, slowest_ms=slowest)


def misshapen(members: Any) -> Any:  # noqa: ANN401 - JSON
    """Return the same names with a wrong type each: truths as texts, texts as lists of one."""
    if isinstance(members, dict):
        return {name: misshapen(value) for name, value in members.items()}
    if isinstance(members, list):
        return [misshapen(value) for value in members]
    if isinstance(members, bool | int):
        return str(members)
    return [members]


def _unanswered(failure: Failure) -> Reply:
    if failure is Failure.UNAVAILABLE:
        refused = Refused(status=503, code="REGISTRY_UNAVAILABLE")
        return problem(refused, headers=(("Retry-After", "1"),))
    if failure is Failure.GARBAGE:
        return Reply(status=200, payload=b"<html>maintenance</html>")
    # A caller who came in before a dead department closed hears nothing either.
    return Reply(status=0, payload=None)
