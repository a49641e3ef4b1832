"""In force: what a session asks for."""

from collections.abc import Mapping
from types import MappingProxyType

from verify.defaults.material import BY_PROTOCOL, CHOSEN
from verify.policy.challenge import ChallengePolicy, Variant

CHALLENGE = ChallengePolicy(
    turns=("turn_left", "turn_right"),
    others=("nod", "blink", "mouth", "closer"),
    min_described=5,
    spot_every=96,
    segment_ms=400,
    variants=(
        Variant(name="full", level="L3", moves=(2, 3), segments=8),
        Variant(name="no_light", level="L2", moves=(2, 3)),
        Variant(name="no_motion", level="L1", segments=8),
    ),
    purposes=(
        ("login", ("full", "no_light", "no_motion")),
        ("step_up", ("full", "no_light")),
    ),
)

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "challenge.turns": f"{BY_PROTOCOL}: of all movements a turn tells a head best",
        "challenge.others": BY_PROTOCOL,
        "challenge.min_described": BY_PROTOCOL,
        "challenge.spot_every": f"{CHOSEN}: one more in three steps of 30 frames, 34 ms each; what "
        "escapes: docs/decisions/0020-fewer-faces-are-described.md",
        "challenge.segment_ms": "2.5 changes a second: below 3 flashes (WCAG 2.3.1)",
        "challenge.variants": "8 pictures: at 4 and 6 genuine people are refused (simulated)",
        "challenge.purposes": "a light-free way and one without movement exist for signing in",
    },
)
"""Each number and where it comes from."""
