"""What a test with volunteers proves: error rates by family, band, device and light.

BPCER: share of genuine sessions that were refused; APCER: share of attacks that passed (terms of
ISO/IEC 30107-3). Sessions that ended uncertain are counted apart: the person tries again.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from verify.calibration import bounds
from verify.calibration.proportion import Proportion
from verify.reporting.sessions import GENUINE, PASSED, REFUSED, UNCERTAIN, Session

APCER_GOAL: Final = 0.01
"""What each family of attacks is held to (docs/liveness.md)."""
BPCER_GOAL: Final = 0.03
"""What genuine people are held to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """One group of sessions, all genuine or all attacks."""

    label: str
    genuine: bool
    sessions: Proportion
    """Errors: genuine and refused, or attack and passed."""
    persons: Proportion
    """The same by person: an error is a person with at least one."""
    uncertain: int
    """Sessions that ended with "try again"."""

    @property
    def goal(self) -> float:
        """The rate to be shown."""
        return BPCER_GOAL if self.genuine else APCER_GOAL

    @property
    def needs(self) -> int:
        """How many sessions without an error it takes to show the goal."""
        return bounds.trials_needed(self.goal)

    @property
    def crowded(self) -> bool:
        """Whether persons have several sessions each, so that the bound by session flatters."""
        return self.sessions.trials > self.persons.trials

    @property
    def verdict(self) -> str:
        """What can be said about the goal."""
        if self.sessions.trials < self.needs:
            return f"cannot support {100 * self.goal:g} %: needs {self.needs} sessions"
        shown = "supports" if self.sessions.upper95 <= self.goal else "does not show"
        return f"{shown} {100 * self.goal:g} %{' by session only' if self.crowded else ''}"


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldTest:
    """All tallies."""

    persons: int
    sessions: int
    genuine: Tally
    genuine_by: Mapping[str, Sequence[Tally]]
    """band, device and light → a tally for each value."""
    families: Sequence[Tally]
    """Attacks, the worst first: by upper bound."""
    families_by_band: Sequence[Tally]
    """Attacks by family and band."""
    codes: Mapping[str, int]
    """Retry code → genuine sessions that got it."""


def tally(sessions: Sequence[Session]) -> FieldTest:
    """Count."""
    genuine = [one for one in sessions if one.genuine]
    attacks = [one for one in sessions if not one.genuine]
    return FieldTest(
        persons=len({one.person for one in sessions}),
        sessions=len(sessions),
        genuine=_count(GENUINE, genuine, genuine=True),
        genuine_by={
            "band": _each(genuine, lambda one: one.band, genuine=True),
            "device": _each(genuine, lambda one: one.device, genuine=True),
            "light": _each(genuine, lambda one: one.light, genuine=True),
        },
        families=_worst_first(_each(attacks, lambda one: one.kind, genuine=False)),
        families_by_band=_worst_first(
            _each(attacks, lambda one: f"{one.kind} / {one.band}", genuine=False)
        ),
        codes=Counter(one.retry_code for one in genuine if one.retry_code),
    )


def _each(
    sessions: Sequence[Session], key: Callable[[Session], str], *, genuine: bool
) -> list[Tally]:
    found: dict[str, list[Session]] = {}
    for one in sessions:
        found.setdefault(key(one), []).append(one)
    return [_count(label, found[label], genuine=genuine) for label in sorted(found)]


def _count(label: str, sessions: Sequence[Session], *, genuine: bool) -> Tally:
    wrong = [one for one in sessions if one.outcome == (REFUSED if genuine else PASSED)]
    return Tally(
        label=label,
        genuine=genuine,
        sessions=Proportion(errors=len(wrong), trials=len(sessions)),
        persons=Proportion(errors=_people(wrong), trials=_people(sessions)),
        uncertain=sum(one.outcome == UNCERTAIN for one in sessions),
    )


def _people(sessions: Iterable[Session]) -> int:
    return len({one.person for one in sessions})


def _worst_first(tallies: Sequence[Tally]) -> Sequence[Tally]:
    return sorted(tallies, key=lambda one: -one.sessions.upper95)
