"""Sessions that must not pass, several at a time: most of their time is the camera's."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from launch.stage import Stage
from sandbox.phone.cast import Attack, Studio
from sandbox.phone.recording import Recording
from sandbox.phone.session import Actor, Claim
from tests.journeys.ground import Books
from tests.journeys.people import (
    DECEASED,
    FACE,
    MINOR,
    OTHER_FACE,
    STRANGER,
    WITHOUT_PHOTOGRAPH,
    WRONG_NAME,
    ZHANG,
    ZHOU,
)
from tests.journeys.wire import Session, Wire

_AT_A_TIME = 3
Casting = Callable[[Studio, Stage], Actor]


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """How a session went."""

    opening: Mapping[str, Any]
    ending: Mapping[str, Any]
    gate: str
    """The check it did not pass, from the record."""
    standing: str
    """What the registry said, from the record."""


def _honest(studio: Studio, stage: Stage) -> Actor:
    return studio.person(stage.head(studio, FACE))


def _impostor(studio: Studio, stage: Stage) -> Actor:
    return studio.person(stage.head(studio, OTHER_FACE))


def _attacking(attack: Attack) -> Casting:
    return lambda studio, stage: studio.attacker(attack, stage.head(studio, FACE))


def _replaying(recording: Recording, *, rehashed: bool) -> Casting:
    return lambda studio, _: studio.replayer(recording, rehashed=rehashed)


def attacks(recording: Recording) -> dict[str, tuple[Claim, Casting]]:
    """Name → against whom, and how. Four against each person: the fifth would pause them."""
    return {
        "impostor": (ZHANG, _impostor),
        "flat": (ZHOU, _attacking(Attack.FLAT)),
        "stale-nonce": (ZHANG, _attacking(Attack.STALE_NONCE)),
        "replay": (ZHOU, _replaying(recording, rehashed=False)),
        "frozen": (ZHANG, _attacking(Attack.FROZEN)),
        "replay-rehashed": (ZHOU, _replaying(recording, rehashed=True)),
        "early": (ZHANG, _attacking(Attack.EARLY)),
        "reorder": (ZHOU, _attacking(Attack.REORDER)),
    }


def hopeless() -> dict[str, tuple[Claim, Casting]]:
    """People who cannot pass, whatever face they show; this one would do for some of them."""
    claims = (STRANGER, WRONG_NAME, DECEASED, MINOR, WITHOUT_PHOTOGRAPH)
    names = ("stranger", "wrong-name", "deceased", "minor", "without-photograph")
    return {name: (claim, _honest) for name, claim in zip(names, claims, strict=True)}


def play(
    wanted: Mapping[str, tuple[Claim, Casting]], *, stage: Stage, heard: set[str], books: Books
) -> dict[str, Attempt]:
    """Play sessions to their end, each on a device of its own."""

    def one(claim: Claim, casting: Casting) -> Attempt:
        with Wire(stage.base_url, heard=heard) as wire:
            session = Session(wire, claim, casting(stage.studio(), stage))
            ending = session.finish()
        return Attempt(
            opening=session.opening.json,
            ending=ending.json,
            gate=books.gate(session.id),
            standing=books.standing(session.id),
        )

    return dict(zip(wanted, _together(one, wanted.values()), strict=True))


def _together(
    one: Callable[[Claim, Casting], Attempt], wanted: Iterable[tuple[Claim, Casting]]
) -> Iterable[Attempt]:
    with ThreadPoolExecutor(max_workers=_AT_A_TIME) as pool:
        return list(pool.map(lambda pair: one(*pair), wanted))
