import numpy as np
import pytest

from bench.liveness.protocol import MUTATIONS, Earlier, judge, run
from bench.liveness.spoiling import Case
from bench.liveness.takes import honest
from verify.defaults.challenge import CHALLENGE


@pytest.fixture(scope="module")
def played() -> list[Earlier]:
    rng = np.random.default_rng(7)
    return [
        Earlier.of(honest(CHALLENGE.variants[number % 3], number=number, rng=rng))
        for number in range(12)
    ]


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_no_spoiled_session_gets_through(played: list[Earlier], name: str) -> None:
    rng = np.random.default_rng(3)
    tried = 0
    for mine, earlier in zip(played, [*played[1:], played[0]], strict=True):
        attempt = MUTATIONS[name](
            Case(
                session=mine.session,
                posted=mine.posted,
                donor=earlier.session,
                other=earlier.posted,
                rng=rng,
            )
        )
        if attempt is not None:
            tried += 1
            assert judge(attempt, mine.session.challenge, earlier) is not None
    assert tried


def test_a_run_counts_what_it_tried_and_takes_every_honest_session() -> None:
    result = run(mutations=200, seed=4, each=6)
    assert (result["mutations"], result["accepted"]) == (200, 0)
    assert sum(result["by_gate"].values()) == 200
    assert sum(result["by_mutation"].values()) == 200
    assert result["honest"]["accepted"] == result["honest"]["n"] == 18
    assert run(mutations=200, seed=4, each=6) == result
