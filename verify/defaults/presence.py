"""In force: presence."""

from collections.abc import Mapping
from types import MappingProxyType

from verify.defaults.material import BY_PROTOCOL, CHOSEN, CLIPS, RENDERED
from verify.policy.presence import PresencePolicy

PRESENCE = PresencePolicy(
    one_face_share=0.95,
    good_share=0.8,
    min_overlap=0.5,
    min_width=0.25,
    max_width=0.75,
    border=0.0,
    border_share=0.95,
    max_frozen_share=0.5,
    frozen_step=0.03,
    twin_bits=8,
    twin_share=0.1,
    max_twins=1,
    loop_frames=8,
    loop_share=0.5,
    min_embeddings=5,
    reuse_bits=2,
    reuse_share=0.6,
)

_MOVES = "five clips of real heads and six rendered ones, 23 to 150 frames each"

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "presence.one_face_share": BY_PROTOCOL,
        "presence.good_share": f"{CHOSEN}: one frame in five may be blurred by the motion",
        "presence.min_overlap": BY_PROTOCOL,
        "presence.min_width": BY_PROTOCOL,
        "presence.max_width": BY_PROTOCOL,
        "presence.border": BY_PROTOCOL,
        "presence.border_share": BY_PROTOCOL,
        "presence.max_frozen_share": f"{CHOSEN}; {RENDERED}: no frame is that alike",
        "presence.frozen_step": f"{RENDERED}: 0.30 or more; {CLIPS}: lowest twentieth about 0.03",
        "presence.twin_bits": "encoding anew at quality 60 or with fresh noise flips 7 or fewer",
        "presence.twin_share": f"{_MOVES}: 0.31 or more; copies encoded anew: 0.00 to 0.10",
        "presence.max_twins": f"{CHOSEN}: out and back, a head may pass one place twice",
        "presence.loop_frames": f"{CHOSEN}: half a second at 15 frames a second",
        "presence.loop_share": f"{_MOVES}: 1.0 or more; loops encoded anew: 0.0, with fresh noise "
        "0.08 to 0.7",
        "presence.min_embeddings": BY_PROTOCOL,
        "presence.reuse_bits": "re-encoding at quality 85 flips 2 of 256 bits or fewer in 9 of 10",
        "presence.reuse_share": "8 rendered turns of one person share 0.27 or less pairwise; "
        "frames that hold still reached 0.6, so they are not compared",
    },
)
"""Each number and where it comes from."""
