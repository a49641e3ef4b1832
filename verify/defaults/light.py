"""In force: the light challenge."""

from collections.abc import Mapping
from types import MappingProxyType

from verify.defaults.material import BY_PROTOCOL, CHOSEN
from verify.policy.light import LightPolicy

_SIMULATED = "python -m bench.liveness.light_code (simulated)"

LIGHT = LightPolicy(
    min_ratio=0.04,
    min_lag_ms=30,
    max_lag_ms=350,
    usual_lag_ms=180,
    min_score=0.80,
    min_rank=0.99,
    decoys=200,
    min_relief_t=1.28,
    sheet_background=0.6,
    sheet_relief=0.35,
)

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "light.min_ratio": f"{_SIMULATED}: 0.038 or more at screen/ambient 0.05; replaying screens "
        "that glare pass relief by noise below",
        "light.min_lag_ms": BY_PROTOCOL,
        "light.max_lag_ms": BY_PROTOCOL,
        "light.usual_lag_ms": f"{CHOSEN}: screen and camera of a phone take 40..140 ms (simulated)",
        "light.min_score": f"{_SIMULATED}: 25 of 82,800 wrong codes pass with it",
        "light.min_rank": f"{_SIMULATED}: genuine faces beat all decoys",
        "light.decoys": BY_PROTOCOL,
        "light.min_relief_t": f"{_SIMULATED}: of 1,200 people each 52 are below at screen/ambient "
        "0.05, 4 at 0.10; odds of 9 : 1 against noise",
        "light.sheet_background": f"{_SIMULATED}: heads -0.3..0.3, sheets 0.8..1.1",
        "light.sheet_relief": f"{_SIMULATED}: relief of heads 0.2..0.7, of sheets -0.1..0.1",
    },
)
"""Each number and where it comes from."""
