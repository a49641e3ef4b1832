import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from tests.verify.calibration.synthetic import embedding
from verify.calibration import rates, scores
from verify.calibration.bounds import upper
from verify.calibration.pairs import Pair
from verify.calibration.scores import Scores, ScoreSet
from verify.errors import EvidenceRefused, SheetRefused
from verify.matching import fused
from verify.results import Embedding

Values = NDArray[np.float64]


def score_set(
    genuine: Values, impostor: Values, groups: Values | None = None, names: tuple[str, ...] = ("",)
) -> ScoreSet:
    found = np.zeros(len(impostor), np.int32) if groups is None else groups.astype(np.int32)
    return ScoreSet(
        genuine=Scores(values=genuine, groups=np.zeros(len(genuine), np.int32)),
        impostor=Scores(values=impostor, groups=found),
        names=names,
        persons=10,
    )


def spread(count: int, *, mean: float = 0.0, seed: int = 1) -> Values:
    return np.random.default_rng(seed).normal(mean, 0.1, count)


def test_many_scores_at_once_are_those_that_decide() -> None:
    faces = {f"{p}.{k}": embedding(p, k) for p in range(4) for k in range(2)}
    blank = Embedding(sface=bytes(512), dlib=bytes(512))
    faces["blank"] = blank
    persons = {name: ord(name[0]) for name in faces}
    found = scores.crossed(faces, persons=persons, groups=dict.fromkeys(faces, ""))
    names = list(faces)
    one_by_one = {
        same: [
            fused(faces[a], faces[b])
            for place, a in enumerate(names)
            for b in names[place + 1 :]
            if (persons[a] == persons[b]) is same
        ]
        for same in (True, False)
    }
    np.testing.assert_allclose(found.genuine.values, one_by_one[True], atol=1e-6)
    np.testing.assert_allclose(found.impostor.values, one_by_one[False], atol=1e-6)
    assert (len(found.genuine.values), len(found.impostor.values)) == (4, 32)


def test_listed_pairs_are_scored_as_listed() -> None:
    faces = {f"{p}.{k}": embedding(p, k) for p in range(3) for k in range(2)}
    pairs = [
        Pair(row=2, first="0.0", second="0.1", same=True, group="old"),
        Pair(row=3, first="0.0", second="2.1", same=False, group="young"),
        Pair(row=4, first="1.0", second="0.1", same=False),
    ]
    found = scores.listed(pairs, faces, persons={name: int(name[0]) for name in faces})
    assert (found.names, found.persons) == (("", "old", "young"), 3)
    assert found.impostor.of(2) == pytest.approx([fused(faces["0.0"], faces["2.1"])], abs=1e-6)
    assert found.impostor.groups.tolist() == [2, 0]
    assert found.genuine.groups.tolist() == [1]


def test_a_crossed_pair_belongs_to_a_group_if_both_pictures_do() -> None:
    faces = {str(p): embedding(p, 0) for p in range(4)}
    groups = {"0": "old", "1": "old", "2": "young", "3": ""}
    found = scores.crossed(faces, persons={n: int(n) for n in faces}, groups=groups)
    assert found.impostor.groups.tolist() == [1, 0, 0, 0, 0, 0]


def test_too_many_pictures_are_not_crossed() -> None:
    faces = dict.fromkeys(map(str, range(scores.MAX_CROSS + 1)), embedding(0, 0))
    with pytest.raises(SheetRefused, match="SHEET_TOO_LARGE"):
        scores.crossed(faces, persons={}, groups={})


def test_a_broken_descriptor_is_refused() -> None:
    broken = Embedding(sface=b"1234", dlib=bytes(512))
    with pytest.raises(EvidenceRefused):
        scores.crossed({"a": broken}, persons={"a": 0}, groups={"a": ""})


@pytest.mark.parametrize(("rate", "needs"), [(1e-2, 300), (1e-3, 3000), (1e-4, 30_000)])
def test_a_rate_is_stated_only_with_pairs_enough(rate: float, needs: int) -> None:
    for count, supported in ((needs - 1, False), (needs, True)):
        statement = rates.state(score_set(spread(20, mean=1), spread(count)), rate)
        assert statement.needs == needs
        assert (statement.point is not None) is supported


@given(st.integers(300, 5000), st.integers(0, 10**6), st.sampled_from([1e-2, 1e-3]))
def test_the_upper_bound_not_the_count_keeps_the_rate(count: int, seed: int, rate: float) -> None:
    impostor = spread(count, seed=seed)
    threshold = rates.threshold_for(impostor, rate)
    if threshold is None:
        assert count < 3 / rate
        return
    errors = int(np.count_nonzero(impostor >= threshold))
    assert upper(errors, count) <= rate
    lower_one = threshold - 0.001
    more = int(np.count_nonzero(impostor > lower_one))
    assert upper(more, count) > rate or more == errors


def test_equal_scores_at_the_edge_are_never_matches() -> None:
    impostor = np.full(3000, 0.166)
    threshold = rates.threshold_for(impostor, 1e-3)
    assert threshold == pytest.approx(0.167)
    assert rates.at(score_set(impostor, impostor), 0.167).fmr.errors == 0


def test_the_group_that_is_told_apart_least_decides() -> None:
    impostor = np.concatenate([spread(4000), spread(4000, mean=0.3, seed=2)])
    groups = np.repeat([1.0, 2.0], 4000)
    found = score_set(spread(50, mean=1), impostor, groups, ("", "young", "old"))
    statement = rates.state(found, 1e-2)
    assert statement.point is not None
    assert statement.decided_by == "old"
    assert statement.point.threshold == rates.threshold_for(impostor[4000:], 1e-2)
    worst = rates.worst_group(found, statement.point.threshold)
    assert worst is not None
    assert worst[0] == "old"
    assert worst[1].errors > 0
    assert worst[1].upper95 <= 1e-2


def test_a_group_with_too_few_pairs_decides_nothing() -> None:
    impostor = np.concatenate([spread(4000), np.full(10, 0.9)])
    groups = np.repeat([0.0, 1.0], [4000, 10])
    statement = rates.state(score_set(spread(50, mean=1), impostor, groups, ("", "few")), 1e-2)
    assert statement.decided_by == ""
    assert rates.worst_group(score_set(spread(5), spread(5)), 0.1) is None


def test_rates_meet_where_they_are_equal() -> None:
    found = score_set(spread(4000, mean=0.2), spread(4000))
    point = rates.equal_error(found)
    assert point is not None
    assert point.threshold == pytest.approx(0.1, abs=0.01)
    assert point.fmr.rate == pytest.approx(point.fnmr.rate, abs=0.01)
    assert rates.equal_error(score_set(spread(0), spread(5))) is None


def test_along_a_curve_matches_fall_and_non_matches_rise() -> None:
    points = rates.curve(score_set(spread(40, mean=0.2), spread(400)))
    matches = [point.fmr.errors for point in points]
    missed = [point.fnmr.errors for point in points]
    assert matches == sorted(matches, reverse=True)
    assert missed == sorted(missed)
    assert rates.curve(score_set(spread(0), spread(0))) == ()
