"""What a caller wants to know of some frames; whatever is not asked for costs nothing."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to measure beyond the face's place, mesh, pose and quality, which every frame gets."""

    described: tuple[int, ...] = ()
    """Places of frames that are described by SFace; where a frame shows no face, or one turned far
    aside, the next one that does better."""
    dlib: bool = True
    """Whether the most frontal of those is described by dlib as well, which costs three times as
    much. One such frame is enough for a whole session; without any, nobody matches."""
    traces: bool = True
    """Whether the most frontal of those is looked over for forensic traces."""
    radiance: bool = False
    """Whether the light that comes back from skin, background and eyes is measured."""
    still: bool = False
    """Whether the head was asked to hold still: most frames then take over the last mesh."""


PLAIN = Wanted()
"""Nothing beyond what every frame gets."""
