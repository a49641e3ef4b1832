import itertools

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from certificates.errors import CertificateError, ErrorCode
from certificates.status import CertificateState, may_move, move

STATES = list(CertificateState)
ENDS = {CertificateState.SUPERSEDED, CertificateState.REVOKED, CertificateState.EXPIRED}
ALLOWED = {
    ("issuing", "valid"),
    ("issuing", "revoked"),
    ("valid", "suspended"),
    ("suspended", "valid"),
    *itertools.product(("valid", "suspended"), ("superseded", "revoked", "expired")),
}


@pytest.mark.parametrize(("state", "to"), list(itertools.product(STATES, STATES)))
def test_exactly_the_written_moves_are_possible(
    state: CertificateState, to: CertificateState
) -> None:
    allowed = (state.value, to.value) in ALLOWED
    assert may_move(state, to) is allowed
    if allowed:
        assert move(state, to) is to
    else:
        with pytest.raises(CertificateError) as refused:
            move(state, to)
        assert refused.value.code is ErrorCode.TRANSITION_REFUSED


class Life(RuleBasedStateMachine):
    """Any order of requested moves."""

    def __init__(self) -> None:
        super().__init__()
        self.state = CertificateState.ISSUING
        self.ended = False

    @rule(to=st.sampled_from(STATES))
    def ask(self, to: CertificateState) -> None:
        try:
            self.state = move(self.state, to)
        except CertificateError:
            return
        assert not self.ended, "something followed a final state"
        assert to is not CertificateState.ISSUING
        self.ended = to in ENDS

    @invariant()
    def the_end_is_known(self) -> None:
        assert self.state.is_final is self.ended


TestLife = Life.TestCase
TestLife.settings = settings(max_examples=30, stateful_step_count=15, deadline=None)


@given(st.lists(st.sampled_from(STATES), min_size=1, max_size=10))
def test_a_revoked_certificate_stays_revoked(wishes: list[CertificateState]) -> None:
    assert not any(may_move(CertificateState.REVOKED, to) for to in wishes)
