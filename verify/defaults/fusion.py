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
            bias=-3.087,
            terms=(
                Term(figure="parallax", centre=-3.9234, scale=0.9857, weight=3.708, log=True),
                Term(figure="agreement", centre=0.8951, scale=0.1222, weight=2.086),
                Term(figure="nose_gain", centre=0.7647, scale=0.4121, weight=0.666),
                Term(
                    figure="nod_parallax",
                    centre=-4.4784,
                    scale=1.1287,
                    weight=0.653,
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
            bias=-4.161,
            terms=(
                Term(figure="beta_full", centre=0.0707, scale=0.367, weight=1.424),
                Term(figure="beta_full_t", centre=1.5124, scale=6.4064, weight=0.975),
                Term(figure="beta_core", centre=0.0678, scale=0.3414, weight=1.727),
                Term(figure="beta_core_t", centre=1.287, scale=6.2896, weight=1.266),
                Term(figure="beta_half_t", centre=0.3872, scale=1.4354, weight=0.024),
                Term(figure="score", centre=0.9548, scale=0.045, weight=0.965),
                Term(
                    figure="background", centre=0.0287, scale=0.4913, weight=-0.355, optional=True
                ),
                Term(figure="iris", centre=0.9978, scale=0.4239, weight=1.276, optional=True),
            ),
            least=-4.0,
            most=4.0,
            floor=0.0,
        ),
        EvidenceModel(
            modality="passive",
            bias=-0.315,
            terms=(
                Term(figure="moire", centre=1.3749, scale=0.0325, weight=-0.189, optional=True),
                Term(
                    figure="noise_ratio", centre=0.2036, scale=0.3267, weight=0.093, optional=True
                ),
                Term(
                    figure="recompression",
                    centre=0.0188,
                    scale=0.0109,
                    weight=-0.389,
                    optional=True,
                ),
                Term(figure="frame_edge", centre=0.8254, scale=0.625, weight=-0.979, optional=True),
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
        "fusion.models": f"{_FITTED}, eyes known to 0.3 or better; clips and floors by the "
        "protocol, docs/liveness.md. Light's floor is even odds: of 136 more people and 136 tinted "
        "heads 1 and 0 are on the wrong side",
        "fusion.accept": f"odds of 7 : 1 beside the gates; {_FITTED}: all but one person 6.6 or "
        "more with light, prints and screens −0.1 or less",
    },
)
"""Each number and where it comes from."""
