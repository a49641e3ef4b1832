"""What the system has to refuse: six attempts, each with the answers that count as a refusal."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from launch.shop import Shop
from launch.stage import CITIZEN, FOREIGN_CAPTURE
from launch.steps import PURPOSE
from sandbox.phone.cast import Attack
from sandbox.phone.http import Refused

if TYPE_CHECKING:
    from collections.abc import Callable

    from launch.journey import Journey
    from launch.stage import Stage
    from sandbox.phone.session import Actor
    from sandbox.terminal.client import Terminal

ACCEPTED = "ACCEPTED"
"""In place of a code: the attempt went through."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """How an attempt ended."""

    name: str
    code: str
    """The stable code of the refusal, or ACCEPTED."""
    held: bool
    """Whether it was refused, and for the right reason."""


def try_faces(stage: Stage, journey: Journey) -> tuple[Refusal, ...]:
    """Try three false faces, at the same time, each on a phone of its own.

    1. impostor: the face shown is not that of the person named; 2. flat_photo: the right face, as
    a print turned by hand; 3. replayed_session: the frames and manifest of an earlier session.

    All three are held against the citizen, who has just passed and does so again in the next run:
    that ends the count of failures before it pauses anybody.
    """
    attempts = (
        lambda: _impostor(stage),  # 1
        lambda: _flat_photo(stage),  # 2
        lambda: _replayed_session(stage, journey),  # 3
    )
    with ThreadPoolExecutor(max_workers=len(attempts)) as pool:
        return tuple(pool.map(_call, attempts))


def try_used_code(till: Terminal, journey: Journey) -> Refusal:
    """Present a card's code a second time."""
    try:
        till.decode(journey.code, PURPOSE)
    except Refused as refused:
        return _refusal("used_code", refused.code, {"CODE_USED"})
    return _refusal("used_code", ACCEPTED, set())


def try_settled_twice(till: Terminal, journey: Journey) -> Refusal:
    """Let one presentation of a card pay for a second purchase."""
    shop = Shop(till)
    try:
        shop.settle(shop.quote(journey.presence_token))
    except Refused as refused:
        return _refusal("settled_twice", refused.code, {"PRESENCE_USED"})
    return _refusal("settled_twice", ACCEPTED, set())


def try_foreign_key(stage: Stage, journey: Journey) -> Refusal:
    """Use the citizen's token on another phone."""
    with stage.phone() as thief:
        thief.adopt(journey.tokens)
        try:
            thief.me()
        except Refused as refused:
            held = refused.status == HTTPStatus.UNAUTHORIZED
            return Refusal(name="foreign_key_token", code=refused.code, held=held)
    return _refusal("foreign_key_token", ACCEPTED, set())


def _call(attempt: Callable[[], Refusal]) -> Refusal:
    return attempt()


def _impostor(stage: Stage) -> Refusal:
    studio = stage.studio()
    actor = studio.person(stage.head(studio, FOREIGN_CAPTURE))
    code = _verdict(stage, actor)
    return _refusal("impostor", code, {"NOT_VERIFIED"})


def _flat_photo(stage: Stage) -> Refusal:
    studio = stage.studio()
    actor = studio.attacker(Attack.FLAT, stage.head(studio))
    code = _verdict(stage, actor)
    return _refusal("flat_photo", code, {"NOT_VERIFIED", "ACTION_NOT_SEEN"})


def _replayed_session(stage: Stage, journey: Journey) -> Refusal:
    actor = stage.studio().replayer(journey.recording, rehashed=False)
    code = _verdict(stage, actor)
    return _refusal("replayed_session", code, {"REJECTED_PROTOCOL"})


def _verdict(stage: Stage, actor: Actor) -> str:
    with stage.phone() as phone:
        try:
            verdict = phone.verify(CITIZEN, actor).verdict
        except Refused as refused:
            return refused.code
    return ACCEPTED if verdict.passed else verdict.retry_code


def _refusal(name: str, code: str, right: set[str]) -> Refusal:
    return Refusal(name=name, code=code, held=code in right)
