"""In force: the light challenge."""

from collections.abc import Mapping
from types import MappingProxyType

from verify.defaults.material import BY_PROTOCOL, CHOSEN
from verify.policy.light import LightPolicy

_SIMULATED = "python -m bench.liveness.light_code (simulated)"

LIGHT = LightPolicy(
    min_ratio=0.03,
    min_lag_ms=30,
    max_lag_ms=350,
    usual_lag_ms=180,
    min_score=0.82,
    min_rank=0.99,
    decoys=200,
    min_relief_t=1.96,
    sheet_background=0.6,
    sheet_relief=0.35,
)

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "light.min_ratio": BY_PROTOCOL,
        "light.min_lag_ms": BY_PROTOCOL,
        "light.max_lag_ms": BY_PROTOCOL,
        "light.usual_lag_ms": f"{CHOSEN}: screen and camera of a phone take 40..140 ms (simulated)",
        "light.min_score": f"{_SIMULATED}: 13 of 60,120 wrong codes reach it, no genuine one fails",
        "light.min_rank": f"{_SIMULATED}: genuine faces beat all decoys",
        "light.decoys": BY_PROTOCOL,
        "light.min_relief_t": "outside a 95 % interval about none; 135 rendered people, a "
        "quarter of them in the weakest light (simulated): 2.8 or more",
        "light.sheet_background": f"{_SIMULATED}: heads -0.3..0.3, sheets 0.8..1.1",
        "light.sheet_relief": f"{_SIMULATED}: relief of heads 0.2..0.7, of sheets -0.1..0.1",
    },
)
"""Each number and where it comes from."""
