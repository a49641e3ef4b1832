from __future__ import annotations

import multiprocessing
from collections.abc import Iterator
from datetime import timedelta
from multiprocessing.synchronize import Barrier
from typing import Any

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from app.core.jose.dpop import DpopVerifier
from app.core.jose.errors import JoseRefused
from app.core.jose.replay import RedisReplayStore, replay_key
from tests.app.core.jose.builders import URL, Sender, SetClock

SPAWN = multiprocessing.get_context("spawn")
RUNNERS = 4


@pytest.fixture(name="client")
def a_client(redis_socket: str) -> Iterator[redis.Redis]:
    with redis.Redis(unix_socket_path=redis_socket) as client:
        yield client
        client.flushall()


def test_a_value_is_claimed_at_most_once(client: redis.Redis) -> None:
    store = RedisReplayStore(client)
    assert store.claim("a", timedelta(seconds=60))
    assert not store.claim("a", timedelta(seconds=60))
    assert store.claim("b", timedelta(seconds=60))


@pytest.mark.parametrize(("ttl", "seconds"), [(121, 121), (0.2, 1), (-5, 1)])
def test_a_claim_is_forgotten_by_the_server_itself(
    client: redis.Redis, ttl: float, seconds: int
) -> None:
    RedisReplayStore(client, prefix="p:").claim("a", timedelta(seconds=ttl))
    left = client.pttl("p:a")
    assert isinstance(left, int)
    assert (seconds - 1) * 1000 < left <= seconds * 1000


def test_without_the_server_nothing_is_claimed() -> None:
    once = Retry(NoBackoff(), 0)
    with redis.Redis(unix_socket_path="/nonexistent/redis.sock", retry=once) as client:
        store = RedisReplayStore(client)
        with pytest.raises(redis.ConnectionError):
            store.claim("a", timedelta(seconds=1))


def test_the_parts_of_a_key_cannot_run_into_each_other() -> None:
    keys = {
        replay_key("dpop", "ab", "c"),
        replay_key("dpop", "a", "bc"),
        replay_key("dpop", "abc"),
        replay_key("assertion", "ab", "c"),
        replay_key("dpop", "a", "1:b"),
    }
    assert len(keys) == 5
    assert {len(key) for key in keys} == {len("dpop:") + 43, len("assertion:") + 43}


def _present(socket: str, proof: str, together: Barrier, results: Any) -> None:
    with redis.Redis(unix_socket_path=socket) as client:
        verifier = DpopVerifier(
            clock=SetClock(),
            replay=RedisReplayStore(client),
            algorithms=frozenset({"ES256"}),
        )
        client.ping()
        together.wait(30)
        try:
            verifier.check([proof], method="POST", url=URL)
        except JoseRefused as refused:
            results.put(refused.reason.value)
        else:
            results.put("accepted")


def test_of_processes_that_present_one_proof_together_one_succeeds(
    redis_socket: str, client: redis.Redis
) -> None:
    together, results = SPAWN.Barrier(RUNNERS), SPAWN.Queue()
    arguments = (redis_socket, Sender().proof(), together, results)
    runners = [SPAWN.Process(target=_present, args=arguments) for _ in range(RUNNERS)]
    for runner in runners:
        runner.start()
    outcomes = sorted(results.get(timeout=60) for _ in runners)
    for runner in runners:
        runner.join(30)
    assert outcomes == ["accepted", *["replayed"] * (RUNNERS - 1)]
    assert client.dbsize() == 1
