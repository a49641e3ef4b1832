"""Sessions of two runs are counted as one run's, or not at all."""

import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.liveness import carried
from bench.liveness.carried import CarriedRefused
from bench.liveness.orders import BANDS, GENUINE, RATIOS
from bench.liveness.summary import matching, summary

ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "family": st.sampled_from([GENUINE, "flat_print", "impostor"]),
            "band": st.sampled_from(BANDS),
            "ratio": st.sampled_from(RATIOS),
            "passed": st.booleans(),
            "gate": st.sampled_from([None, "match", "light_floor"]),
            "match": st.sampled_from([None, {"reasons": []}, {"reasons": ["LOW"]}]),
        }
    ),
    max_size=30,
)
RUN: dict[str, Any] = {
    "genuine": {"n": 2},
    "families": {"flat_print": {"n": 2}},
    "policy": "p1",
    "build": "c1",
    "seed": 5,
    "group": "reporting",
    "quick": False,
}


def load(file: Path) -> dict[str, Any]:
    return carried.load(file, policy="p1", build="c1", seed=5, first=2)


def told(rows: list[dict[str, Any]]) -> dict[str, Any]:
    return summary(rows) | {"matching": matching(rows)}


@given(earlier=ROWS, later=ROWS)
def test_two_runs_joined_tell_what_one_run_of_all_sessions_tells(
    earlier: list[dict[str, Any]], later: list[dict[str, Any]]
) -> None:
    assert carried.joined(told(earlier), told(later)) == told(earlier + later)


def test_nothing_carried_changes_nothing() -> None:
    alone = told([])
    assert carried.joined({}, alone) == alone


@pytest.mark.parametrize(
    "change",
    [
        {"policy": "p2"},
        {"policy": None},
        {"build": "c2"},
        {"build": None},
        {"seed": 6},
        {"group": "fitting"},
        {"quick": True},
        {"genuine": {"n": 1}},
        {"families": {"flat_print": {"n": 3}}},
    ],
)
def test_figures_of_other_sessions_are_not_added_to(change: dict[str, Any], tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    file.write_text(json.dumps(RUN))
    assert load(file)["families"] == RUN["families"]
    file.write_text(json.dumps(RUN | change))
    with pytest.raises(CarriedRefused):
        load(file)
