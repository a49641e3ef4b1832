"""Which frames of a step are described for matching: drawn in secret, before it is filmed.

Whoever knew them could show the right face in just these frames and act with another. So they are
drawn with the challenge and depend neither on what the frames show nor on the parts a phone sends
them in. That one was described takes time, which can be noticed; whatever was described so far,
every later frame still has its own chance.
"""

from collections import Counter
from collections.abc import Callable

from verify.liveness.lightcode import shuffled


def draw_shares(steps: int, *, least: int, randbelow: Callable[[int], int]) -> tuple[int, ...]:
    """Draw how many frames of each step are described for sure: one, and what a session lacks.

    Args:
        steps: Of the session.
        least: Frames that are described in all at the least.
        randbelow: `secrets.randbelow`.
    """
    more = Counter(randbelow(steps) for _ in range(least - steps))
    return tuple(1 + more[step] for step in range(steps))


def draw_places(
    *, sure: int, among: int, most: int, spot_every: int, randbelow: Callable[[int], int]
) -> tuple[int, ...]:
    """Draw places of frames within a step, rising.

    Args:
        sure: So many of the first `among` frames, which every step has.
        among: At least `sure`.
        most: Frames a step can have.
        spot_every: One in so many of all frames besides, each drawn by itself.
        randbelow: `secrets.randbelow`.
    """
    spots = [place for place in range(most) if not randbelow(spot_every)]
    return tuple(sorted({*shuffled(range(among), randbelow)[:sure], *spots}))
