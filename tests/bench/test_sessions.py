"""Whole sessions of the bench, on pixels, with the face models."""

import pytest

from bench.liveness.code import code_digest
from bench.liveness.orders import GENUINE, Lab, orders
from bench.liveness.runner import play
from verify.defaults import DEFAULT_POLICY

TIMES = {"cpu_s", "verdict_ms", "render_s"}


@pytest.mark.model
def test_a_session_played_again_alone_ends_the_same(lab: Lab) -> None:
    order = orders(["flat_print"], count=6, variant="no_light")[5]
    one, again = (
        {name: value for name, value in play(lab, order).items() if name not in TIMES}
        for _ in range(2)
    )
    assert one == again
    assert (one["build"], one["policy"]) == (code_digest(), DEFAULT_POLICY.version)
    assert (one["passed"], one["genuine"], one["family"]) == (False, False, "flat_print")
    assert one["gate"] is not None


@pytest.mark.model
def test_a_session_tells_what_it_cost_and_what_was_measured(lab: Lab) -> None:
    order = orders([GENUINE], count=8, variant="no_motion")[7]
    row = play(lab, order)
    assert row["genuine"]
    assert row["kinds"] == ("baseline", "light", "light")
    assert row["frames"] >= 60
    assert row["cpu_s"] > 0
    assert {"modality", "llr"} <= set(row["cues"][0])
