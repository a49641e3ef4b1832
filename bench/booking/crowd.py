"""People with phones, as client processes: each has a key, a token, and asks over HTTP.

Signing in is done beforehand, by rows: the verification behind a token is the one thing of a person
that is left out.
"""

from __future__ import annotations

import json
import multiprocessing
import secrets
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from multiprocessing.connection import Connection
from typing import Any, Final
from urllib.parse import urlsplit

import app.wiring.models  # noqa: F401 - every table knows those it refers to
from app.core.clock import SystemClock
from app.core.ids import new_id
from app.core.statements import rows
from app.identity.service.access_tokens import AccessTokens, CitizenGrant
from app.wiring.infrastructure import Infrastructure, build_infrastructure
from bench.card.driver import Answer, Call, Played, Turn, play
from config import Settings
from sandbox.phone.dpop import Prover
from sandbox.phone.keys import DeviceKey

TICKETS: Final = "/v1/queue-tickets"
APPOINTMENTS: Final = "/v1/appointments"
_PATIENCE_S: Final = 900.0
_SIGNED_IN: Final = """
INSERT INTO token_families (id, person_id, verification_id, client_id, subject, thumbprint, level,
  authenticated_at, state, created_at, expires_at)
SELECT o.id, o.person, o.id, 'miniprogram', o.id, o.thumbprint, 'L3', %(now)s, 'ACTIVE', %(now)s,
  %(now)s::timestamptz + interval '1 day'
FROM unnest(%(ids)s::varchar[], %(persons)s::varchar[], %(thumbprints)s::varchar[])
  AS o(id, person, thumbprint) RETURNING id
"""
UNVERIFIED: Final = "ALTER TABLE token_families DROP CONSTRAINT fk_token_families_verification_id"
"""Before the first of them; the database is thrown away afterwards."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What somebody was told, and when; seconds of one clock for all processes."""

    person_id: str
    sent: float
    heard: float
    status: int
    body: Mapping[str, Any] = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request a person makes."""

    person_id: str
    path: str
    body: Mapping[str, Any]


@dataclass(slots=True, kw_only=True)
class Phone:
    """Somebody's."""

    key: DeviceKey
    token: str = field(repr=False)


@dataclass(slots=True, kw_only=True)
class Crowd:
    """The processes, and how to speak with them."""

    pipes: list[Connection] = field(default_factory=list)
    _homes: dict[str, int] = field(default_factory=dict)
    """Which process has whose phone."""

    def sign_in(self, persons: Sequence[str]) -> None:
        """Give everybody a phone with a token; each process keeps those of its share."""
        shares = [persons[n :: len(self.pipes)] for n in range(len(self.pipes))]
        self._homes |= {one: n for n, share in enumerate(shares) for one in share}
        self._all("sign in", shares)

    def ask(self, asked: Sequence[Asked]) -> tuple[list[Told], list[float], float]:
        """Have everybody ask, each process its people in this order.

        Returns:
            What they were told; milliseconds of what was granted; seconds in all.
        """
        shares: list[list[Asked]] = [[] for _ in self.pipes]
        for one in asked:
            shares[self._homes[one.person_id]].append(one)
        begun = time.perf_counter()
        outcomes = self._all("ask", shares)
        wall_s = time.perf_counter() - begun
        return (
            [one for told, _ in outcomes for one in told],
            [ms for _, times in outcomes for ms in times],
            wall_s,
        )

    def _all(self, act: str, shares: Sequence[Any]) -> list[Any]:
        for pipe, share in zip(self.pipes, shares, strict=True):
            pipe.send((act, share))
        return [_received(pipe) for pipe in self.pipes]


@contextmanager
def crowd(
    environment: Mapping[str, str], base_url: str, *, processes: int, each: int
) -> Iterator[Crowd]:
    """Start client processes, each with so many connections; they end with the block."""
    context = multiprocessing.get_context("forkserver")
    pairs = [context.Pipe() for _ in range(processes)]
    workers = [
        context.Process(target=_run, args=(environment, base_url, each, theirs), daemon=True)
        for _, theirs in pairs
    ]
    for worker in workers:
        worker.start()
    made = Crowd(pipes=[ours for ours, _ in pairs])
    try:
        for pipe in made.pipes:
            _received(pipe)
        yield made
    finally:
        for pipe in made.pipes:
            pipe.send(None)
        for worker in workers:
            worker.join(_PATIENCE_S)


def _received(pipe: Connection) -> Any:  # noqa: ANN401 - what the other side sent
    if not pipe.poll(_PATIENCE_S):
        raise TimeoutError
    return pipe.recv()


def _run(environment: Mapping[str, str], base_url: str, each: int, pipe: Connection) -> None:
    with ExitStack() as closing:
        settings = Settings.from_environment(environment)
        shared = build_infrastructure(settings, SystemClock(), closing)
        people = People(shared, base_url=base_url, connections=each)
        pipe.send("ready")
        acts: dict[str, Callable[[Any], Any]] = {"sign in": people.sign_in, "ask": people.ask}
        while (task := pipe.recv()) is not None:
            act, share = task
            pipe.send(acts[act](share))


class People:
    """One process's share of them."""

    def __init__(self, shared: Infrastructure, *, base_url: str, connections: int) -> None:
        """Take what signs them in, and how many of them ask at once."""
        self._shared = shared
        self._base_url = base_url
        self._connections = connections
        self._phones: dict[str, Phone] = {}
        self._tokens = AccessTokens(
            ring=shared.keys.signing("access-token"),
            issuer=shared.settings.public_url,
            lifetime=timedelta(seconds=shared.settings.access_token_seconds),
            clock=shared.clock,
        )

    def sign_in(self, persons: Sequence[str]) -> int:
        """Make a key and a token for each."""
        now = self._shared.clock.now()
        keys = [DeviceKey.generate() for _ in persons]
        thumbprints = [key.thumbprint() for key in keys]
        families = [new_id("fam", now) for _ in persons]
        values = {
            "ids": families,
            "persons": list(persons),
            "thumbprints": thumbprints,
            "now": now,
        }
        with self._shared.database.separate() as tx:
            rows(tx, _SIGNED_IN, values)
        for person, key, thumb, family in zip(persons, keys, thumbprints, families, strict=True):
            grant = CitizenGrant(
                subject=family,
                client_id="miniprogram",
                family_id=family,
                level="L3",
                authenticated_at=now,
                receipt_digest=None,
                thumbprint=thumb,
                scope=frozenset({"citizen"}),
            )
            self._phones[person] = Phone(key=key, token=self._tokens.for_citizen(grant))
        return len(persons)

    def ask(self, asked: Sequence[Asked]) -> tuple[list[Told], list[float]]:
        """Ask one after the other on each connection; returns what they were told, and how long."""
        told: list[Told] = []
        many = self._connections
        turns = [self._turn(asked[n::many], told) for n in range(many) if asked[n::many]]
        played: Played = play(self._base_url, turns) if turns else Played()
        return told, [ms for times in played.ms.values() for ms in times]

    def _turn(self, asked: Sequence[Asked], told: list[Told]) -> Turn:
        for one in asked:
            call = Call(kind=one.path, data=self._request(one))
            sent = time.monotonic()
            answer: Answer = yield call
            heard = time.monotonic()
            told.append(
                Told(
                    person_id=one.person_id,
                    sent=sent,
                    heard=heard,
                    status=answer.status,
                    body=answer.json(),
                )
            )

    def _request(self, asked: Asked) -> bytes:
        phone, url = self._phones[asked.person_id], self._base_url + asked.path
        proof = Prover(key=phone.key, clock=time.time).proof("POST", url, access_token=phone.token)
        data = json.dumps(asked.body).encode()
        head = (
            f"POST {asked.path} HTTP/1.1\r\n"
            f"Host: {urlsplit(self._base_url).netloc}\r\n"
            "Content-Type: application/json\r\n"
            f"Content-Length: {len(data)}\r\n"
            f"Authorization: DPoP {phone.token}\r\n"
            f"DPoP: {proof}\r\n"
            f"Idempotency-Key: {secrets.token_hex(12)}\r\n"
            "Accept-Language: en\r\n\r\n"
        )
        return head.encode() + data
