"""The client of the shared memory never takes one answer for another's."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis
from limits import parse
from limits.storage import RedisStorage
from limits.strategies import MovingWindowRateLimiter
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.core.valkey import RateStorage, Valkey
from tests.conftest import Servers


@pytest.fixture
def other(servers: Servers) -> Iterator[redis.Redis]:
    """The library's own client of the same server."""
    made = redis.Redis.from_url(servers.redis_url)
    made.flushall()
    yield made
    made.close()


@pytest.fixture
def client(servers: Servers, other: redis.Redis) -> Iterator[Valkey]:
    made = Valkey.from_url(servers.redis_url, socket_timeout=2, retry=Retry(NoBackoff(), 1))
    assert isinstance(made, Valkey)
    for n in range(8):
        other.set(f"k{n}", n)
    yield made
    made.close()


def test_it_answers_as_the_library_does(client: Valkey, other: redis.Redis) -> None:
    assert client.set("a", "1", nx=True, ex=60) is True
    assert client.set("a", "2", nx=True, ex=60) is None
    assert (client.get("a"), client.get("nothing")) == (other.get("a"), None)
    with client.pipeline() as pipe:
        pipe.get("k1")
        pipe.get("k2")
        assert pipe.execute() == [b"1", b"2"]


def test_a_refusal_is_read_to_its_end(client: Valkey) -> None:
    with pytest.raises(redis.ResponseError):
        client.lpush("k1", "x")
    assert client.get("k2") == b"2"


def test_several_commands_go_by_one_journey_and_come_back_in_order(client: Valkey) -> None:
    asked = client.ask(("GET", "k1"), ("GET", "nothing"), ("GET", "k2"))
    assert asked == [b"1", None, b"2"]


def test_one_that_is_refused_among_several_leaves_nothing_unread(client: Valkey) -> None:
    with pytest.raises(redis.ResponseError):
        client.ask(("GET", "k1"), ("LPUSH", "k1", "x"), ("GET", "k2"))
    assert client.get("k3") == b"3"


def test_a_connection_that_the_server_ended_is_replaced_unnoticed(
    client: Valkey, other: redis.Redis
) -> None:
    before = client.client_id()
    other.client_kill_filter(_id=str(before))
    assert client.get("k3") == b"3"
    assert client.client_id() != before


def test_what_was_left_unread_is_not_the_next_ones_answer(client: Valkey) -> None:
    client.get("k1")
    [connection] = client._idle  # what a fault left behind
    connection.send_command("GET", "k1")
    while not connection.can_read():
        pass
    assert client.get("k2") == b"2"


def test_whoever_is_interrupted_leaves_nothing_behind(
    client: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(client, "parse_response", interrupted)
        with pytest.raises(KeyboardInterrupt):
            client.get("k1")
    assert client.get("k2") == b"2"


def test_a_lost_connection_is_tried_once_more_and_no_oftener(
    client: Valkey, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried = []

    def lost(*_: object, **__: object) -> None:
        tried.append(1)
        raise redis.ConnectionError

    with monkeypatch.context() as broken:
        broken.setattr(client, "parse_response", lost)
        with pytest.raises(redis.ConnectionError):
            client.get("k1")
    assert len(tried) == 2
    assert client.get("k2") == b"2"


def test_a_server_that_is_not_there_is_an_error() -> None:
    nowhere = Valkey.from_url("redis://127.0.0.1:1", retry=Retry(NoBackoff(), 1))
    with pytest.raises(redis.ConnectionError):
        nowhere.get("a")


def test_threads_get_their_own_answers(client: Valkey) -> None:
    def ask(n: int) -> list[object]:
        return [client.get(f"k{n}") for _ in range(100)]

    with ThreadPoolExecutor(8) as pool:
        for n, answers in enumerate(pool.map(ask, range(8))):
            assert answers == [str(n).encode()] * 100


def test_rates_are_counted_on_the_server(client: Valkey, other: redis.Redis) -> None:
    limiter, rate = MovingWindowRateLimiter(RateStorage(client)), parse("2 per minute")
    assert [limiter.hit(rate, "a") for _ in range(3)] == [True, True, False]
    assert (limiter.test(rate, "a"), limiter.test(rate, "b")) == (False, True)
    another = MovingWindowRateLimiter(
        RedisStorage("redis://", connection_pool=other.connection_pool)
    )
    assert another.test(rate, "a") is False
