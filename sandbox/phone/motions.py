"""What people do when they are asked to, each a little differently, on top of the sway."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Protocol

import numpy as np

from sandbox.phone.pose import Pose, Sway

_CHIN, _TILT = 0.08, 0.05  # a neck does not turn about a straight axis; shares of the turn
_LEADS = (0.35, 0.60)  # seconds until a person begins: nobody reacts within a quarter second


class UnknownStepError(Exception):
    """The server asks for a motion this phone does not know."""


class Performance(Protocol):
    """A motion that comes to its end."""

    seconds: float
    """After which everything asked has been done."""

    def __call__(self, t: float) -> Pose:
        """Return the pose ``t`` seconds after the first frame."""
        ...


class Stillness:
    """Nothing but the sway."""

    seconds = 1.0

    def __init__(self, rng: np.random.Generator) -> None:
        """Draw the sway."""
        self._sway = Sway(rng)

    def __call__(self, t: float) -> Pose:
        """Return a pose near zero."""
        return self._sway(t)


class Turn:
    """From frontal out to 21–28 degrees and back."""

    def __init__(self, rng: np.random.Generator, *, way: int) -> None:
        """Take ``way`` 1 for the person's own left, −1 for the right."""
        self._sway = Sway(rng)
        self._degrees = way * float(rng.uniform(21, 28))
        self._swing = _Swing(rng, out=(0.45, 0.75), hold=(0.15, 0.35), back=(0.45, 0.75))
        self.seconds = self._swing.seconds

    def __call__(self, t: float) -> Pose:
        """Return the pose; the chin rises a little and the head leans into the turn."""
        part, rest = self._swing(t), self._sway(t)
        return replace(
            rest,
            yaw=rest.yaw + self._degrees * part,
            pitch=rest.pitch + _CHIN * abs(self._degrees) * part,
            roll=rest.roll + _TILT * self._degrees * part,
        )


class Nod:
    """The chin goes 13–19 degrees down and comes back."""

    def __init__(self, rng: np.random.Generator) -> None:
        """Draw how far and how fast."""
        self._sway = Sway(rng)
        self._degrees = float(rng.uniform(13, 19))
        self._swing = _Swing(rng, out=(0.35, 0.6), hold=(0.1, 0.25), back=(0.35, 0.6))
        self.seconds = self._swing.seconds

    def __call__(self, t: float) -> Pose:
        """Return the pose."""
        rest = self._sway(t)
        return replace(rest, pitch=rest.pitch - self._degrees * self._swing(t))


class Blink:
    """One or two clear closures of 310–400 ms, as people blink who are asked to."""

    def __init__(self, rng: np.random.Generator) -> None:
        """Draw how often and how long."""
        self._sway = Sway(rng)
        self._closures = [_closure(rng, _LEADS)]
        if rng.random() < 1 / 2:
            again = self._closures[0].seconds
            self._closures.append(_closure(rng, (again + 0.15, again + 0.4)))
        self.seconds = max(1.4, self._closures[-1].seconds)

    def __call__(self, t: float) -> Pose:
        """Return the pose."""
        return replace(self._sway(t), blink=max(closure(t) for closure in self._closures))


class Mouth:
    """The mouth opens, stays a moment, and closes."""

    def __init__(self, rng: np.random.Generator) -> None:
        """Draw how wide and how fast; a phone asks to open it wide."""
        self._sway = Sway(rng)
        self._wide = float(rng.uniform(0.65, 1.0))
        self._swing = _Swing(rng, out=(0.25, 0.45), hold=(0.3, 0.6), back=(0.25, 0.45))
        self.seconds = self._swing.seconds

    def __call__(self, t: float) -> Pose:
        """Return the pose."""
        return replace(self._sway(t), mouth=self._wide * self._swing(t))


class Closer:
    """The face comes nearer by a fifth to a third of the way, and stays or goes back."""

    def __init__(self, rng: np.random.Generator) -> None:
        """Draw how near and how fast."""
        self._sway = Sway(rng)
        self._share = float(rng.uniform(0.21, 0.32))
        self._swing = _Swing(rng, out=(0.7, 1.1), hold=(0.4, 0.7), back=(0.6, 0.9))
        self._stays = bool(rng.random() < 1 / 2)
        self.seconds = self._swing.turned if self._stays else self._swing.seconds

    def __call__(self, t: float) -> Pose:
        """Return the pose."""
        moment = min(t, self._swing.turned) if self._stays else t
        return replace(self._sway(t), nearer=self._share * self._swing(moment))


class _Swing:
    """From 0 to 1 and back, eased as muscles do."""

    def __init__(
        self,
        rng: np.random.Generator,
        *,
        out: tuple[float, float],
        hold: tuple[float, float],
        back: tuple[float, float],
        lead: tuple[float, float] = _LEADS,
    ) -> None:
        """Draw the reaction and the three stretches, seconds."""
        stretches = [float(rng.uniform(*limits)) for limits in (lead, out, hold, back)]
        self._starts = np.cumsum(stretches).tolist()

    @property
    def turned(self) -> float:
        """When the way back begins."""
        return float(self._starts[2])

    @property
    def seconds(self) -> float:
        """When everything is as it was."""
        return float(self._starts[3])

    def __call__(self, t: float) -> float:
        """Return the part of the way at ``t`` seconds."""
        lead, there, turned, end = self._starts
        return _smooth((t - lead) / (there - lead)) - _smooth((t - turned) / (end - turned))


def _closure(rng: np.random.Generator, lead: tuple[float, float]) -> _Swing:
    return _Swing(rng, out=(0.07, 0.1), hold=(0.16, 0.2), back=(0.08, 0.1), lead=lead)


def _smooth(part: float) -> float:
    """Ease in and out between 0 and 1."""
    part = min(1.0, max(0.0, part))
    return part * part * (3 - 2 * part)


MOTIONS: Mapping[str, Callable[[np.random.Generator], Performance]] = MappingProxyType(
    {
        "baseline": Stillness,
        "light": Stillness,
        "turn_left": lambda rng: Turn(rng, way=1),
        "turn_right": lambda rng: Turn(rng, way=-1),
        "nod": Nod,
        "blink": Blink,
        "mouth": Mouth,
        "closer": Closer,
    }
)
"""Kind of step → who does it."""


def perform(kind: str, rng: np.random.Generator) -> Performance:
    """Return a person doing what a step asks.

    Raises:
        UnknownStepError: the kind is not one of `MOTIONS`.
    """
    if kind not in MOTIONS:
        raise UnknownStepError(kind)
    return MOTIONS[kind](rng)
