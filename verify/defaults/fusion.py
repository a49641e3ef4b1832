"""In force: the weight of evidence.

The models come from `python -m bench.liveness.fit`; their record is docs/figures/liveness-fit.json.
"""

from collections.abc import Mapping
from types import MappingProxyType

from verify.policy.fusion import EvidenceModel, FusionPolicy, Term

FUSION = FusionPolicy(
    models=(
        EvidenceModel(
            modality="geometry",
            bias=-3.676,
            terms=(
                Term(figure="parallax", centre=-4.0365, scale=1.0236, weight=3.68, log=True),
                Term(figure="agreement", centre=0.8738, scale=0.1213, weight=1.946),
                Term(figure="nose_gain", centre=0.7343, scale=0.4371, weight=0.584),
                Term(
                    figure="nod_parallax",
                    centre=-4.5894,
                    scale=1.0816,
                    weight=0.616,
                    log=True,
                    optional=True,
                ),
            ),
            least=-4.0,
            most=4.0,
            floor=-2.0,
        ),
        EvidenceModel(
            modality="light",
            bias=-3.46,
            terms=(
                Term(figure="beta_full", centre=0.0617, scale=0.3739, weight=2.674),
                Term(figure="beta_full_t", centre=1.2569, scale=5.7742, weight=1.539),
                Term(figure="beta_half_t", centre=0.2851, scale=1.368, weight=0.408),
                Term(figure="score", centre=0.9578, scale=0.0446, weight=0.302),
                Term(
                    figure="background", centre=0.0164, scale=0.4025, weight=-0.674, optional=True
                ),
                Term(figure="iris", centre=0.9999, scale=0.428, weight=1.214, optional=True),
            ),
            least=-4.0,
            most=4.0,
            floor=-2.0,
        ),
        EvidenceModel(
            modality="passive",
            bias=-0.552,
            terms=(
                Term(figure="moire", centre=1.3778, scale=0.0288, weight=-0.142, optional=True),
                Term(
                    figure="noise_ratio", centre=0.1899, scale=0.2931, weight=0.079, optional=True
                ),
                Term(
                    figure="recompression",
                    centre=0.0187,
                    scale=0.0124,
                    weight=-0.319,
                    optional=True,
                ),
                Term(
                    figure="frame_edge", centre=0.9571, scale=0.6199, weight=-0.978, optional=True
                ),
            ),
            least=-3.0,
            most=0.5,
        ),
    ),
    accept=2.0,
)

_FITTED = (
    "45 genuine sessions, 45 each of flat prints, cut-out eyes and replaying screens (simulated)"
)

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "fusion.models": f"{_FITTED}; clips and floors by the protocol, docs/liveness.md",
        "fusion.accept": f"odds of 7 : 1 beside the gates; {_FITTED}: people 5.6 or "
        "more with light, attacks 0.3 or less",
    },
)
"""Each number and where it comes from."""
