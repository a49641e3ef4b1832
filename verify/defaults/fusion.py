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
            bias=2.563,
            terms=(
                Term(figure="beta_full", centre=0.4309, scale=0.3876, weight=2.057),
                Term(figure="beta_full_t", centre=4.6247, scale=8.9504, weight=1.019),
                Term(figure="beta_core", centre=0.4616, scale=0.3751, weight=2.163),
                Term(figure="beta_core_t", centre=4.6937, scale=8.9821, weight=1.405),
                Term(figure="beta_half_t", centre=0.7839, scale=1.5894, weight=0.453),
                Term(figure="score", centre=0.9829, scale=0.0279, weight=0.238),
                Term(figure="background", centre=0.0123, scale=0.4085, weight=-0.32, optional=True),
                Term(figure="iris", centre=1.4309, scale=0.4895, weight=2.101, optional=True),
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

_ATTACKS = "flat prints, cut-out eyes, replaying screens and tinted heads (simulated)"
_FITTED = f"60 genuine sessions, 45 each of {_ATTACKS}"
_LIGHT = f"light: 240 genuine sessions, 72 each of {_ATTACKS}"

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "fusion.models": f"{_FITTED}; {_LIGHT}; eyes known to 0.3 or better; clips and floors by "
        "the protocol, docs/liveness.md. Light's floor is even odds: of the sessions its model was "
        "fitted on people are 1.5 or more, attacks -1.5 or less",
        "fusion.accept": f"odds of 7 : 1 beside the gates; {_LIGHT}: people 5.1 or more, prints "
        "and screens -1.6 or less",
    },
)
"""Each number and where it comes from."""
