"""Two processes that want the same thing at the same moment, again and again.

They work with the services themselves, on the database, each with connections of its own. Before
each act they wait for each other over a socket, so that both begin within microseconds. What came
of it is judged by what stands in the database afterwards, and by what the two were told.
"""

from __future__ import annotations

import multiprocessing
import secrets
import socket
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from typing import Any, Final

from app.card.service.decoding import CodeDecoding
from app.core.access.principals import Terminal
from app.core.errors import DomainError
from app.settlement.errors import QUOTE_STALE
from app.settlement.service.quoting.pricing import Wanted
from app.settlement.service.quoting.quotes import Quoting
from app.settlement.service.settling.settling import Order, Settling
from bench.card.desk import Desk
from bench.card.holders import PURPOSE, Holder, show_codes
from bench.card.load import Line
from bench.card.rivals import Rivals
from bench.card.tills import Till
from config import Settings

_PATIENCE_S: Final = 120.0
WON: Final = "won"
"""What a racer is told that got what it wanted."""
CODE, QUOTE, PRESENTATION = "code", "quote", "presentation"
KINDS: Final = (CODE, QUOTE, PRESENTATION)
"""One code shown to two tills; one quote settled twice; two quotes of one presentation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Customer:
    """Whose purchase a racer prepares."""

    code: str
    basket: list[Line]
    quotes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """What both processes do with their next subjects."""

    act: str
    """prepare, settle, one of KINDS, or a rival's name."""
    subjects: Sequence[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Runner:
    """What a process needs to know."""

    environment: Mapping[str, str]
    till: Terminal
    mine: Terminal
    """Where quotes raced for belong to one till, codes are read at each one's own."""


@dataclass(slots=True, kw_only=True)
class Couple:
    """Both processes, and how to speak with them."""

    pipes: list[Connection] = field(default_factory=list)

    def both(self, tasks: Sequence[Task]) -> list[list[str]]:
        """Give each its task; returns what came of each one's subjects, in order.

        Raises:
            TimeoutError: one has stopped answering.
        """
        for pipe, task in zip(self.pipes, tasks, strict=True):
            pipe.send(task)
        return [_received(pipe) for pipe in self.pipes]


@contextmanager
def couple(runners: Sequence[Runner]) -> Iterator[Couple]:
    """Start two processes; they end with the block."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload([__name__])
    meeting = socket.socketpair()
    pairs = [context.Pipe() for _ in runners]
    racers = [
        context.Process(target=_run, args=(runner, pair[1], end), daemon=True)
        for runner, pair, end in zip(runners, pairs, meeting, strict=True)
    ]
    for racer in racers:
        racer.start()
    for end in meeting:
        end.close()
    made = Couple(pipes=[pair[0] for pair in pairs])
    try:
        for pipe in made.pipes:
            _received(pipe)  # it is ready
        yield made
    finally:
        for pipe in made.pipes:
            pipe.send(None)
        for racer in racers:
            racer.join(_PATIENCE_S)


def _received(pipe: Connection) -> Any:  # noqa: ANN401 - what the other side sent
    if not pipe.poll(_PATIENCE_S):
        raise TimeoutError
    return pipe.recv()


def _run(runner: Runner, pipe: Connection, meeting: socket.socket) -> None:
    with Desk(Settings.from_environment(runner.environment)) as desk, meeting:
        desk.database.ping()
        racer = Racer(desk, runner, meeting)
        pipe.send([])
        while (task := pipe.recv()) is not None:
            pipe.send(racer.do(task))


class Racer:
    """One of the two."""

    def __init__(self, desk: Desk, runner: Runner, meeting: socket.socket) -> None:
        """Take the services, its tills and the line to the other one."""
        self._desk = desk
        self._till, self._mine = runner.till, runner.mine
        self._meeting = meeting
        self._rivals = Rivals(desk)

    def do(self, task: Task) -> list[str]:
        """Do a task for each subject."""
        if task.act == "prepare":
            return [self._prepared(customer) for customer in task.subjects]
        if task.act in {"settle", "settle locked"}:
            locked = task.act == "settle locked"
            return [self._rivals.seconds(self._till, task.subjects, locked=locked)]
        act = self._acts().get(task.act) or self._rivals.act(task.act)
        return [self._raced(act, subject) for subject in task.subjects]

    def _acts(self) -> dict[str, Callable[[str], object]]:
        return {CODE: self._decode, QUOTE: self._settle, PRESENTATION: self._settle_or_fresh}

    def _raced(self, act: Callable[[str], object], subject: str) -> str:
        self._meeting.sendall(b".")
        self._meeting.recv(1)
        try:
            act(subject)
        except DomainError as refused:
            return refused.kind.code
        return WON

    def _prepared(self, customer: Customer) -> str:
        """Decode a code and make quotes of it; returns their ids."""
        return " ".join(prepare(self._desk, self._till, customer))

    def _decode(self, code: str) -> object:
        return self._desk.service(CodeDecoding).decode(self._mine, code=code, purpose=PURPOSE)

    def _settle(self, quote_id: str) -> object:
        order = Order(quote_id=quote_id, msgid=secrets.token_hex(8), cash="till")
        return self._desk.service(Settling).settle(self._till, order)

    def _settle_or_fresh(self, quote_id: str) -> object:
        """Whoever is told that something moved settles the fresh quote: it must be refused too."""
        try:
            return self._settle(quote_id)
        except DomainError as refused:
            if refused.kind is not QUOTE_STALE:
                raise
            fresh = str(refused.members["quote_id"])
        return self._settle(fresh)


def prepare(desk: Desk, till: Terminal, customer: Customer) -> list[str]:
    """Decode a customer's code and make as many quotes of it as they want; returns their ids."""
    read = desk.service(CodeDecoding).decode(till, code=customer.code, purpose=PURPOSE)
    wanted = [
        Wanted(
            code=str(line["code"]),
            barcode=None,
            quantity=int(str(line["quantity"])),
            unit_price=int(str(line["unit_price_fen"])),
        )
        for line in customer.basket
    ]
    quoting, token = desk.service(Quoting), read.presence_token
    return [quoting.quote(till, token=token, wanted=wanted).id for _ in range(customer.quotes)]


def quotes_of(desk: Desk, till: Till, holders: Sequence[Holder], basket: list[Line]) -> list[str]:
    """Make a quote of the same basket for everybody; returns their ids."""
    codes = show_codes(desk, holders)
    customers = [Customer(code=code, basket=basket, quotes=1) for code in codes]
    return [prepare(desk, till.principal, one)[0] for one in customers]
