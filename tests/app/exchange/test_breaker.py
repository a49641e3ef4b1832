from __future__ import annotations

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from app.exchange.resilience.breaker import Breaker, BreakerPolicy, Circuit

POLICY = BreakerPolicy(window=6, least=3, share=0.5, open_s=2.0, longest_s=10.0)


class Time:
    now = 100.0

    def __call__(self) -> float:
        return self.now


class Ticking(Time):
    """A second goes by with each look."""

    def __call__(self) -> float:
        self.now += 1
        return self.now


def circuit(breaker: Breaker) -> Circuit:
    return breaker.circuit


def opened(time: Time) -> Breaker:
    breaker = Breaker(POLICY, timer=time)
    for _ in range(3):
        assert breaker.admit() == 0
        breaker.failed()
    return breaker


def test_a_few_failures_among_successes_leave_it_closed() -> None:
    breaker = Breaker(POLICY, timer=Time())
    for well in (True, True, False, True, False, True) * 5:
        (breaker.succeeded if well else breaker.failed)()
        assert circuit(breaker) is Circuit.CLOSED


def test_one_failure_alone_proves_nothing() -> None:
    breaker = Breaker(POLICY, timer=Time())
    breaker.failed()
    breaker.failed()
    assert breaker.admit() == 0


def test_a_source_that_keeps_failing_is_left_alone_and_one_hears_for_how_long() -> None:
    time = Time()
    breaker = opened(time)
    assert breaker.admit() == 2
    time.now += 1.5
    assert breaker.admit() == 0.5
    assert circuit(breaker) is Circuit.OPEN


def test_time_that_passes_while_one_asks_lets_nobody_through_unnoticed() -> None:
    time = Ticking()
    breaker = Breaker(POLICY, timer=time)
    for _ in range(3):
        breaker.failed()
    assert [breaker.admit() for _ in range(3)] == [1, 0, 1]


def test_then_one_request_goes_through_and_no_second() -> None:
    time = Time()
    breaker = opened(time)
    time.now += 2
    assert circuit(breaker) is Circuit.HALF_OPEN
    assert breaker.admit() == 0
    assert breaker.admit() == 2


def test_a_probe_that_succeeds_closes_it_with_a_clean_record() -> None:
    time = Time()
    breaker = opened(time)
    time.now += 2
    breaker.admit()
    breaker.succeeded()
    assert circuit(breaker) is Circuit.CLOSED
    breaker.failed()
    assert circuit(breaker) is Circuit.CLOSED
    breaker.failed()
    assert circuit(breaker) is Circuit.OPEN  # of three outcomes two


def test_a_probe_that_fails_doubles_the_wait_up_to_a_limit() -> None:
    time = Time()
    breaker = opened(time)
    waits = []
    for _ in range(4):
        time.now += 60
        assert breaker.admit() == 0
        breaker.failed()
        waits.append(breaker.admit())
    assert waits == [4, 8, 10, 10]


def test_a_probe_nobody_hears_of_again_does_not_close_the_source_for_ever() -> None:
    time = Time()
    breaker = opened(time)
    time.now += 2
    assert breaker.admit() == 0
    time.now += 2
    assert breaker.admit() == 0


def test_requests_from_before_it_opened_do_not_lengthen_the_wait() -> None:
    time = Time()
    breaker = opened(time)
    time.now += 1
    breaker.failed()
    assert breaker.admit() == 1


class Traffic(RuleBasedStateMachine):
    """Any mixture of requests, outcomes and time."""

    def __init__(self) -> None:
        super().__init__()
        self.time = Time()
        self.breaker = Breaker(POLICY, timer=self.time)
        self.under_way = 0

    @rule()
    def ask(self) -> None:
        before = circuit(self.breaker)
        wait = self.breaker.admit()
        assert (wait == 0) == (before is not Circuit.OPEN)
        assert 0 <= wait <= POLICY.longest_s
        self.under_way += wait == 0

    @precondition(lambda self: self.under_way)
    @rule(well=st.booleans())
    def answer(self, *, well: bool) -> None:
        self.under_way -= 1
        (self.breaker.succeeded if well else self.breaker.failed)()
        if well:
            assert circuit(self.breaker) is Circuit.CLOSED

    @rule(seconds=st.floats(0, 20))
    def wait(self, seconds: float) -> None:
        self.time.now += seconds

    @invariant()
    def whoever_waits_long_enough_is_let_through(self) -> None:
        if circuit(self.breaker) is Circuit.OPEN:
            now = self.time.now
            self.time.now += POLICY.longest_s
            assert circuit(self.breaker) is Circuit.HALF_OPEN
            self.time.now = now


TestTraffic = Traffic.TestCase
