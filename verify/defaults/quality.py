"""In force: quality."""

from collections.abc import Mapping
from types import MappingProxyType

from verify.defaults.material import ALL, CHOSEN, CLIPS, FRAMES, PLANES
from verify.policy.quality import QualityPolicy

QUALITY = QualityPolicy(
    detector_score=0.7,
    rival_score=0.8,
    rival_size=0.4,
    mesh_score=0.5,
    min_eye_distance=24.0,
    max_width=0.85,
    min_luma=25.0,
    max_luma=240.0,
    min_sharpness=6.0,
    max_yaw=30.0,
    max_pitch=30.0,
)

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "quality.detector_score": f"{CHOSEN}; {ALL}: 0.89 or more",
        "quality.rival_score": f"{CHOSEN}; YuNet finds background faces in 22 % of LFW",
        "quality.rival_size": f"{CHOSEN}; an equal face counts, one a sixth as high does not",
        "quality.mesh_score": f"{PLANES}: falls below 0.5 from 48 degrees on, for most from 60",
        "quality.min_eye_distance": f"{CHOSEN}; {ALL}: 26 pixels or more",
        "quality.max_width": CHOSEN,
        "quality.min_luma": f"{FRAMES}: matching loses 0.1 at 25..29",
        "quality.max_luma": f"{FRAMES}: matching loses 0.2 at 249",
        "quality.min_sharpness": f"{FRAMES}: matching loses 0.1..0.2 at 6; {CLIPS}: 10 or more",
        "quality.max_yaw": f"{CHOSEN}; {ALL}: 24 degrees or less",
        "quality.max_pitch": f"{CHOSEN}; {ALL}: 16 degrees or less",
    },
)
"""Each number and where it comes from."""
