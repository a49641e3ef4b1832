"""In force: motion."""

from collections.abc import Mapping
from types import MappingProxyType

from verify.defaults.material import ALL, CHOSEN, CLIPS, PLANES, RENDERED
from verify.policy.motion import MotionPolicy

BLINKS = "six blinks in three clips, at 6..25 frames a second"
ACTED = "simulated, five portraits"
TILTED = "four portraits tilted flat by -60..60 degrees"

MOTION = MotionPolicy(
    max_baseline_yaw=18.0,
    max_baseline_pitch=28.0,
    max_baseline_spread=8.0,
    min_baseline_eyes=0.055,
    onset_yaw=5.0,
    min_turn=15.0,
    return_share=0.4,
    max_turn_pitch=18.0,
    min_nose_gain=0.4,
    min_parallax=0.032,
    spoof_parallax=0.012,
    min_depth_agreement=0.8,
    onset_nod=4.0,
    min_nod=8.0,
    max_stray=12.0,
    blink_window_ms=1000.0,
    blink_open_share=0.9,
    max_blink_share=0.82,
    max_glimpse_share=0.85,
    blink_fall_ms=300.0,
    min_blink_fall=0.15,
    blink_least_ms=150.0,
    blink_most_ms=900.0,
    min_mouth=0.07,
    min_growth=0.15,
)

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "motion.max_baseline_yaw": f"{CHOSEN}; {CLIPS}: up to 8",
        "motion.max_baseline_pitch": f"{CHOSEN}; {CLIPS}: up to 17 before a high camera",
        "motion.max_baseline_spread": f"{CHOSEN}; {CLIPS}: under 3 while holding still",
        "motion.min_baseline_eyes": f"{CHOSEN}, so that nobody's eyes are too narrow; {ALL}: 0.07 "
        "or more. One man's shut eyes measured 0.06: it catches only what is clear",
        "motion.onset_yaw": "three times the mesh's error of 1.4 degrees",
        "motion.min_turn": f"{RENDERED}: 18.7 or more; {PLANES}: 10.7 or less up to 48",
        "motion.return_share": f"{RENDERED}: 0.1 or less",
        "motion.max_turn_pitch": f"{CLIPS}: 8; {RENDERED}: 11.9; {PLANES}, beyond 56: 7..30",
        "motion.min_nose_gain": f"{RENDERED}: 0.57..1.55; {CLIPS}: single frames 0.5 or more",
        "motion.min_parallax": f"{CLIPS}: 0.045 at 14 degrees; {RENDERED}: 0.073 or more",
        "motion.spoof_parallax": f"{CHOSEN}; {PLANES}: 0.003..0.013 at 12, up to 0.025 at 28",
        "motion.min_depth_agreement": f"{CLIPS}, beyond 15: 0.95 or more; {RENDERED}: 0.93",
        "motion.onset_nod": "three times the mesh's error of 1.4 degrees",
        "motion.min_nod": f"{CLIPS}: 12; {ACTED}: 14 or more; {TILTED}: 6 or less up to 50",
        "motion.max_stray": f"{CLIPS}: 6 while coming closer; below the least turn",
        "motion.blink_window_ms": f"{BLINKS}; longer than a blink, shorter than a change of look",
        "motion.blink_open_share": f"{BLINKS}: eyes opened again measure 0.9 or more",
        "motion.max_blink_share": f"{BLINKS}: shut 0.64..0.75; 192 rendered ones "
        "(simulated): 7 above",
        "motion.max_glimpse_share": f"{BLINKS}: shut 0.64..0.75, half shut 0.80..0.83",
        "motion.blink_fall_ms": f"{BLINKS}: the slowest of them at 12.5 frames a second",
        "motion.min_blink_fall": f"{BLINKS}: 0.18 or more",
        "motion.blink_least_ms": f"{BLINKS}: 160 or more",
        "motion.blink_most_ms": f"{BLINKS}: up to 640; longer is a squint or sleep",
        "motion.min_mouth": f"{CLIPS}: speech 0.05..0.19, wide open 0.38; {ACTED}: 0.14 or more, "
        "0.08 of one who shows the teeth at rest",
        "motion.min_growth": f"{CLIPS}: 0.4 in coming closer; {ACTED}: 0.28 or more; still: 0.03",
    },
)
"""Each number and where it comes from."""
