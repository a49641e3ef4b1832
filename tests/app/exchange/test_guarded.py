from __future__ import annotations

import threading

import pytest

from app.exchange.errors import ExchangeFailed, Failure
from app.exchange.ports import Question, Request
from app.exchange.resilience.breaker import Breaker, BreakerPolicy, Circuit
from app.exchange.resilience.bulkhead import Bulkhead
from app.exchange.resilience.guarded import GuardedConnector


def request(body: bytes = b"?") -> Request:
    question = Question(
        citizen_number="", name="", fields=("sex",), purpose="certificate", case_id="cer_1"
    )
    return Request(
        question=question,
        contract="population-person/1.0.0",
        body=body,
        path="/",
        single=True,
        answer_limit=100,
        timeout_s=1,
    )


class Source:
    """Fails as told; counts how often it was asked."""

    def __init__(self, fails: Exception | None = None) -> None:
        self.fails = fails
        self.asked = 0

    def ask(self, request: Request) -> bytes:
        self.asked += 1
        if self.fails is not None:
            raise self.fails
        return request.body


class Slow:
    """Answers when it is let."""

    def __init__(self) -> None:
        self.reached = threading.Event()
        self.let = threading.Event()

    def ask(self, request: Request) -> bytes:
        self.reached.set()
        assert self.let.wait(10)
        return request.body


def breaker() -> Breaker:
    return Breaker(BreakerPolicy(least=3), timer=lambda: 50.0)


def guarded(source: Source | Slow, circuit: Breaker, *, places: int = 2) -> GuardedConnector:
    return GuardedConnector(source, breaker=circuit, bulkhead=Bulkhead(places=places, wait_s=0.01))


def failure(connector: GuardedConnector) -> ExchangeFailed:
    with pytest.raises(ExchangeFailed) as raised:
        connector.ask(request())
    return raised.value


@pytest.mark.parametrize(
    "trouble", [Failure.TIMED_OUT, Failure.NOT_JSON, Failure.OVERLOADED, Failure.NOT_VOUCHED]
)
def test_a_source_in_trouble_is_soon_not_asked_any_more(trouble: Failure) -> None:
    source = Source(ExchangeFailed(trouble))
    connector = guarded(source, breaker())
    assert [failure(connector).failure for _ in range(3)] == [trouble] * 3
    refused = failure(connector)
    assert refused.failure is Failure.CIRCUIT_OPEN
    assert refused.retry_after_s == 2
    assert source.asked == 3


@pytest.mark.parametrize("reason", [Failure.REFUSED, Failure.NOT_AUTHENTICATED])
def test_a_source_that_refuses_us_is_there(reason: Failure) -> None:
    connector, circuit = (guarded(Source(ExchangeFailed(reason)), one := breaker()), one)
    for _ in range(9):
        failure(connector)
    assert circuit.circuit is Circuit.CLOSED


def test_our_own_mistake_does_not_count_against_the_source() -> None:
    circuit = breaker()
    for _ in range(9):
        with pytest.raises(ZeroDivisionError):
            guarded(Source(ZeroDivisionError()), circuit).ask(request())
    assert circuit.circuit is Circuit.CLOSED


def test_a_slow_source_holds_no_more_threads_than_its_places() -> None:
    slow, circuit = Slow(), breaker()
    connector = guarded(slow, circuit, places=1)
    answers: list[bytes] = []
    first = threading.Thread(target=lambda: answers.append(connector.ask(request(b"1"))))
    first.start()
    assert slow.reached.wait(10)
    assert failure(connector).failure is Failure.CROWDED
    slow.let.set()
    first.join()
    assert answers == [b"1"]
    assert connector.ask(request(b"2")) == b"2"
    assert circuit.circuit is Circuit.CLOSED
