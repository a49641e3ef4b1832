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
            bias=-3.155,
            terms=(
                Term(figure="parallax", centre=-3.9283, scale=0.9866, weight=3.615, log=True),
                Term(figure="agreement", centre=0.8909, scale=0.1127, weight=2.122),
                Term(figure="nose_gain", centre=0.7513, scale=0.4242, weight=0.701),
                Term(
                    figure="nod_parallax",
                    centre=-4.4673,
                    scale=1.123,
                    weight=0.637,
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
            bias=-4.376,
            terms=(
                Term(figure="beta_full", centre=0.0708, scale=0.3649, weight=1.562),
                Term(figure="beta_full_t", centre=1.3801, scale=6.2427, weight=1.025),
                Term(figure="beta_core", centre=0.0696, scale=0.3397, weight=1.848),
                Term(figure="beta_core_t", centre=1.262, scale=6.3497, weight=1.196),
                Term(figure="score", centre=0.9548, scale=0.0452, weight=0.786),
                Term(figure="background", centre=0.0283, scale=0.488, weight=-0.459, optional=True),
                Term(figure="iris", centre=0.9948, scale=0.4189, weight=1.104, optional=True),
            ),
            least=-4.0,
            most=4.0,
            floor=0.0,
        ),
        EvidenceModel(
            modality="passive",
            bias=-0.467,
            terms=(
                Term(figure="moire", centre=1.3738, scale=0.0213, weight=-0.206, optional=True),
                Term(
                    figure="noise_ratio", centre=0.1941, scale=0.3188, weight=0.091, optional=True
                ),
                Term(
                    figure="recompression",
                    centre=0.0183,
                    scale=0.0111,
                    weight=-0.361,
                    optional=True,
                ),
                Term(
                    figure="frame_edge", centre=0.9005, scale=0.6232, weight=-1.004, optional=True
                ),
            ),
            least=-3.0,
            most=0.5,
        ),
    ),
    accept=2.0,
)

_FITTED = (
    "60 genuine sessions, 45 each of flat prints, cut-out eyes, replaying screens and tinted heads "
    "(simulated)"
)

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "fusion.models": f"{_FITTED}; clips and floors by the protocol, docs/liveness.md. Light's "
        "floor is even odds: of 135 more people and 132 tinted heads 0 and 1 are on the wrong side",
        "fusion.accept": f"odds of 7 : 1 beside the gates; {_FITTED}: all but one person 6.9 or "
        "more with light, prints and screens −0.3 or less",
    },
)
"""Each number and where it comes from."""
