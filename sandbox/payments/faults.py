"""How the provider, its payers and its webhooks can misbehave on purpose."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any, TypeVar

from sandbox.departments.office.body import expect_members, read_object, whole
from sandbox.departments.office.refusals import invalid

_MEMBERS = frozenset({"answers", "payer", "webhooks", "delay_ms"})
_LONGEST_MS = 3_600_000
Switch = TypeVar("Switch", bound=StrEnum)


class Answers(StrEnum):
    """What the merchant hears."""

    USUAL = "usual"
    SILENT = "silent"
    """What was asked is done, the connection stays open, nothing is said."""
    LOST = "lost"
    """What was asked is done, the connection closes without an answer."""
    UNAVAILABLE = "unavailable"
    """503, and nothing is done."""
    LYING = "lying"
    """The answer names another amount."""
    MISSHAPEN = "misshapen"
    """JSON with members of the wrong type."""


class Payer(StrEnum):
    """What comes of a payment."""

    USUAL = "usual"
    DECLINED = "declined"
    """Payments fail, and so do refunds."""
    LATE = "late"
    """A payment gets through although its order is closed."""


class Webhooks(StrEnum):
    """What the merchant is told without asking."""

    USUAL = "usual"
    NONE = "none"
    """Nothing; it waits until the switch is set back."""
    DOUBLE = "double"
    """Everything twice, under one id."""
    LYING = "lying"
    """Signed, with another amount."""
    FORGED = "forged"
    """Signed by somebody else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Faults:
    """The manners of the provider."""

    answers: Answers = Answers.USUAL
    payer: Payer = Payer.USUAL
    webhooks: Webhooks = Webhooks.USUAL
    delay_ms: int = 0
    """From an event to its webhook, of events from now on."""

    def members(self) -> dict[str, Any]:
        """Return the members `parse_faults` reads."""
        return asdict(self)


class FaultSwitch:
    """The faults of a running provider, which change while it answers."""

    def __init__(self, faults: Faults) -> None:
        """Begin with these."""
        self.current = faults


def parse_faults(body: bytes) -> Faults:
    """Read a wish for faults: all four members, a delay of up to an hour.

    Raises:
        Refused: MALFORMED_JSON (400) or INVALID_FIELD (422) with a pointer.
    """
    sent = read_object(body)
    expect_members(sent, _MEMBERS)
    return Faults(
        answers=_one_of(Answers, sent, "answers"),
        payer=_one_of(Payer, sent, "payer"),
        webhooks=_one_of(Webhooks, sent, "webhooks"),
        delay_ms=whole(sent, "delay_ms", low=0, high=_LONGEST_MS),
    )


def _one_of(kind: type[Switch], sent: Mapping[str, Any], name: str) -> Switch:
    if sent[name] not in list(kind):
        raise invalid(at=f"/{name}")
    return kind(sent[name])
