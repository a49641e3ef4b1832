"""What the person is asked to do: kinds of steps, and a random plan of them."""

import base64
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from verify.liveness.lightcode import Segment, draw_code, shuffled
from verify.liveness.sampling import draw_places, draw_shares
from verify.packing import pack, unpack
from verify.policy.challenge import ChallengePolicy, Variant

NONCE_BYTES = 16
_LIGHT_TAIL_MS = 400
"""Filmed beyond the last picture of a block: its trace comes late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StepKind:
    """One sort of step. A new sort is one entry in `KINDS` and a cue that judges it."""

    name: str
    """As the phone sees it."""
    window_ms: int
    """From the reveal to the end of the capture."""
    min_frames: int
    max_frames: int
    hold_ms: int
    """The least duration of the capture."""
    direction: int = 0
    """+1: the head turns to the person's left, −1: to the right."""
    moves: bool = False
    """Whether the whole head moves, so that two honest sessions never look alike."""


KINDS: Mapping[str, StepKind] = MappingProxyType(
    {
        kind.name: kind
        for kind in (
            StepKind(
                name="baseline",
                window_ms=6000,
                min_frames=8,
                max_frames=60,
                hold_ms=800,
            ),
            *(
                StepKind(
                    name=name,
                    window_ms=8000,
                    min_frames=16,
                    max_frames=60,
                    hold_ms=1000,
                    direction=direction,
                    moves=moves,
                )
                for name, direction, moves in (
                    ("turn_left", 1, True),
                    ("turn_right", -1, True),
                    ("nod", 0, True),
                    ("closer", 0, True),
                    ("blink", 0, False),
                    ("mouth", 0, False),
                )
            ),
            StepKind(
                name="light",
                window_ms=6000,
                min_frames=16,
                max_frames=60,
                hold_ms=0,
            ),
        )
    },
)
"""All sorts of steps there are."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One revealed request."""

    n: int
    """Place in the session, from 0."""
    kind: str
    """A key of `KINDS`."""
    nonce: bytes
    """16 random bytes that enter each frame's hash."""
    window_ms: int
    min_frames: int
    max_frames: int
    hold_ms: int
    described: tuple[int, ...]
    """Places of the frames that are described for matching; for the server only."""
    segments: tuple[Segment, ...] = ()
    """Pictures to show one after the other; empty but for light."""
    segment_ms: int = 0
    """How long each is shown."""

    def public(self) -> dict[str, object]:
        """Return what the phone is told."""
        return {
            "n": self.n,
            "kind": self.kind,
            "parameters": self._parameters(),
            "nonce": base64.urlsafe_b64encode(self.nonce).rstrip(b"=").decode(),
            "window_ms": self.window_ms,
            "min_frames": self.min_frames,
            "max_frames": self.max_frames,
            "hold_ms": self.hold_ms,
        }

    def _parameters(self) -> dict[str, object]:
        if not self.segments:
            return {}
        shown = [segment.public() for segment in self.segments]
        return {"segment_ms": self.segment_ms, "segments": shown}


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """All steps of a session, drawn when it is created and revealed one at a time."""

    variant: str
    level: str
    """Assurance of a pass."""
    steps: tuple[Step, ...]

    def to_bytes(self) -> bytes:
        """Return a compact form to be stored encrypted: it holds what is not yet revealed."""
        return pack(self)

    @classmethod
    def from_bytes(cls, content: bytes) -> "Challenge":
        """Read what `to_bytes` wrote.

        Raises:
            EvidenceRefused: EVIDENCE_BROKEN.
        """
        return unpack(cls, content)


def choose_variant(
    policy: ChallengePolicy, *, purpose: str, offered: Collection[str]
) -> Variant | None:
    """Return the best variant that the purpose accepts and the device offers, if any."""
    accepted = dict(policy.purposes).get(purpose, ())
    known = {variant.name: variant for variant in policy.variants}
    return next((known[name] for name in accepted if name in offered and name in known), None)


def plan(
    variant: Variant,
    *,
    policy: ChallengePolicy,
    randbelow: Callable[[int], int],
    token: Callable[[int], bytes],
) -> Challenge:
    """Draw a session: a baseline, then movements and light in random order.

    Args:
        variant: One of the policy's.
        policy: What to draw from.
        randbelow: `secrets.randbelow`.
        token: `secrets.token_bytes`.
    """
    moves = [(name, ()) for name in _moves(variant, policy, randbelow)]
    light = [("light", block) for block in _blocks(variant, randbelow)]
    order = shuffled([*moves, *light], randbelow)
    asked = [("baseline", ()), *order]
    sure = draw_shares(len(asked), least=policy.min_described, randbelow=randbelow)
    steps = tuple(
        _step(n, KINDS[name], segments, sure[n], policy, randbelow=randbelow, token=token)
        for n, (name, segments) in enumerate(asked)
    )
    return Challenge(variant=variant.name, level=variant.level, steps=steps)


def _moves(variant: Variant, policy: ChallengePolicy, randbelow: Callable[[int], int]) -> list[str]:
    """Return the kinds of movement: one turn, and others without repetition."""
    fewest, most = variant.moves
    count = fewest + randbelow(most - fewest + 1)
    if not count:
        return []
    turn = policy.turns[randbelow(len(policy.turns))]
    rest = [name for name in (*policy.turns, *policy.others) if name != turn]
    return [turn, *shuffled(rest, randbelow)[: count - 1]]


def _blocks(variant: Variant, randbelow: Callable[[int], int]) -> list[tuple[Segment, ...]]:
    code = draw_code(variant.segments, randbelow=randbelow)
    return [code[at : at + variant.block] for at in range(0, len(code), variant.block)]


def _step(
    n: int,
    kind: StepKind,
    segments: tuple[Segment, ...],
    sure: int,
    policy: ChallengePolicy,
    *,
    randbelow: Callable[[int], int],
    token: Callable[[int], bytes],
) -> Step:
    shown_ms = len(segments) * policy.segment_ms
    return Step(
        n=n,
        kind=kind.name,
        nonce=token(NONCE_BYTES),
        window_ms=kind.window_ms,
        min_frames=kind.min_frames,
        max_frames=kind.max_frames,
        hold_ms=shown_ms + _LIGHT_TAIL_MS if segments else kind.hold_ms,
        described=draw_places(
            sure=sure,
            among=kind.min_frames,
            most=kind.max_frames,
            spot_every=policy.spot_every,
            randbelow=randbelow,
        ),
        segments=segments,
        segment_ms=policy.segment_ms if segments else 0,
    )
