"""In force: match."""

from collections.abc import Mapping
from types import MappingProxyType

from verify.defaults.material import LFW, STRICT
from verify.policy.match import MatchPolicy

MATCH = MatchPolicy(
    same=0.166,
    each=0.05,
    each_cosine=0.33,
    among=0.166,
    among_cosine=0.378,
    anchors=((60, 0.05), (80, 0.118), (90, 0.166), (95, 0.234)),
    min_embeddings=1,
    min_dlib=1,
)

SOURCES: Mapping[str, str] = MappingProxyType(
    {
        "match.same": f"false match rate 1e-4 on {STRICT}; 7.8 % false non-matches a frame",
        "match.each": f"false match rate 1e-2 on {STRICT}, extrapolated",
        "match.each_cosine": f"false match rate 1e-2 on {STRICT}, extrapolated from 0.378 at 1e-3 "
        "and 0.426 at 1e-4",
        "match.among": "as same; frames of one session measured 0.66 or more",
        "match.among_cosine": f"false match rate 1e-3 on {STRICT}; four clips of real "
        "heads: 0.79 or more up to 7 degrees, 0.75 at 20, 0.49 at 42",
        "match.anchors": f"1e-3 and 1e-4 on {STRICT}; 1e-2 and 1e-5 by the slope of {LFW}",
        "match.min_embeddings": "one, for two photographs; sessions ask for more",
        "match.min_dlib": "one: dlib's distance takes part in every threshold above",
    },
)
"""Each number and where it comes from."""
