from math import inf, log, nan

import pytest
from hypothesis import given
from hypothesis import strategies as st

from verify.liveness.cues import CueResult, Modality
from verify.liveness.weighing import llr_of, model_of
from verify.policy.fusion import EvidenceModel, FusionPolicy, Term

DEPTH = Term(figure="parallax", log=True, centre=log(0.03), scale=0.5, weight=2.0)
SCORE = Term(figure="score", centre=0.5, scale=0.1, weight=1.0, optional=True)


def policy(*terms: Term, least: float = -4.0, most: float = 4.0) -> FusionPolicy:
    model = EvidenceModel(modality="geometry", bias=0.25, terms=terms, least=least, most=most)
    return FusionPolicy(models=(model,), accept=0.0)


def seen(**figures: float) -> CueResult:
    return CueResult(modality=Modality.GEOMETRY, figures=figures)


def test_a_figure_counts_by_its_distance_from_the_centre() -> None:
    assert llr_of(seen(parallax=0.03), policy(DEPTH)) == pytest.approx(0.25)
    assert llr_of(seen(parallax=0.03 * 2), policy(DEPTH)) == pytest.approx(0.25 + 4 * log(2))
    assert llr_of(seen(parallax=0.03, score=0.6), policy(DEPTH, SCORE)) == pytest.approx(1.25)


def test_a_figure_nobody_measured_counts_as_the_worst() -> None:
    for figures in ({}, {"parallax": nan}, {"parallax": inf}):
        assert llr_of(seen(**figures), policy(DEPTH, least=-99)) == pytest.approx(0.25 - 8)


def test_an_optional_figure_nobody_measured_adds_nothing() -> None:
    assert llr_of(seen(), policy(SCORE)) == pytest.approx(0.25)


@given(st.floats(allow_nan=True, allow_infinity=True))
def test_no_figure_whatever_leaves_the_limits(value: float) -> None:
    llr = llr_of(seen(parallax=value, score=value), policy(DEPTH, SCORE, least=-3, most=0.5))
    assert -3 <= llr <= 0.5


def test_without_a_model_the_evidence_is_as_bad_as_can_be() -> None:
    assert llr_of(seen(parallax=9.0), FusionPolicy()) < -100
    assert model_of(Modality.LIGHT, policy(DEPTH)) is None


def test_a_trace_of_nothing_is_no_error() -> None:
    assert llr_of(seen(parallax=0.0), policy(DEPTH)) == pytest.approx(-4.0)
