"""What the person is asked to do: kinds of steps, and a random plan of them."""

import base64
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from verify.packing import pack, unpack

NONCE_BYTES = 16


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
    embeddings: int
    """How many frames are described for matching."""
    direction: int = 0
    """+1: the head turns to the person's left, −1: to the right, 0: it holds still."""


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
                embeddings=3,
            ),
            StepKind(
                name="turn_left",
                window_ms=8000,
                min_frames=16,
                max_frames=60,
                hold_ms=1000,
                embeddings=2,
                direction=1,
            ),
            StepKind(
                name="turn_right",
                window_ms=8000,
                min_frames=16,
                max_frames=60,
                hold_ms=1000,
                embeddings=2,
                direction=-1,
            ),
        )
    },
)
"""All sorts of steps there are."""

VARIANTS: Mapping[str, tuple[tuple[str, ...], ...]] = MappingProxyType(
    {"no_light": (("baseline",), ("turn_left", "turn_right"))},
)
"""Name → the places of a session, each with the kinds one of which is drawn for it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One revealed request."""

    n: int
    """Place in the session, from 0."""
    kind: str
    """A key of `KINDS`."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """What else the phone must know; empty for the kinds without light."""
    nonce: bytes
    """16 random bytes that enter each frame's hash."""
    window_ms: int
    min_frames: int
    max_frames: int
    hold_ms: int
    embeddings: int
    """For the server only."""

    def public(self) -> dict[str, object]:
        """Return what the phone is told."""
        return {
            "n": self.n,
            "kind": self.kind,
            "parameters": dict(self.parameters),
            "nonce": base64.urlsafe_b64encode(self.nonce).rstrip(b"=").decode(),
            "window_ms": self.window_ms,
            "min_frames": self.min_frames,
            "max_frames": self.max_frames,
            "hold_ms": self.hold_ms,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Challenge:
    """All steps of a session, drawn when it is created and revealed one at a time."""

    variant: str
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


def plan(
    *,
    randbelow: Callable[[int], int],
    token: Callable[[int], bytes],
    variant: str = "no_light",
    kinds: Mapping[str, StepKind] = KINDS,
    variants: Mapping[str, Sequence[Sequence[str]]] = VARIANTS,
) -> Challenge:
    """Draw a session.

    Args:
        randbelow: `secrets.randbelow`.
        token: `secrets.token_bytes`.
        variant: A key of `variants`.
        kinds: Sorts of steps to draw from.
        variants: Places of a session.

    Raises:
        KeyError: Unknown variant; ask `VARIANTS` first.
    """
    places = variants[variant]
    drawn = (kinds[place[randbelow(len(place))]] for place in places)
    steps = tuple(
        Step(
            n=n,
            kind=kind.name,
            nonce=token(NONCE_BYTES),
            window_ms=kind.window_ms,
            min_frames=kind.min_frames,
            max_frames=kind.max_frames,
            hold_ms=kind.hold_ms,
            embeddings=kind.embeddings,
        )
        for n, kind in enumerate(drawn)
    )
    return Challenge(variant=variant, steps=steps)
