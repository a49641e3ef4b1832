"""In force: the weight of evidence."""

from collections.abc import Mapping
from types import MappingProxyType

from verify.defaults.material import CHOSEN, RENDERED
from verify.policy.fusion import EvidenceModel, FusionPolicy, Term

FUSION = FusionPolicy(
    models=(
        EvidenceModel(
            modality="geometry",
            bias=0.0,
            terms=(Term(figure="parallax", log=True, centre=-3.685, scale=0.5, weight=4.1),),
            least=-4.0,
            most=4.0,
            floor=-2.0,
        ),
        EvidenceModel(modality="light", bias=2.5, terms=(), least=-4.0, most=4.0, floor=-2.0),
        EvidenceModel(modality="passive", bias=0.0, terms=(), least=-3.0, most=0.5),
    ),
    accept=2.0,
)

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "fusion.models": f"{CHOSEN} within what {RENDERED} measure",
        "fusion.accept": f"{CHOSEN}: odds of 7 : 1, on top of the hard gates",
    },
)
"""Each number and where it comes from."""
