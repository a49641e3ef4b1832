"""Answers in the national form: an outcome, or a refusal with our stable code and an action."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

from app.core.clock import Clock
from app.core.errors import DomainError
from app.settlement.chs.errors import ACTIONS
from app.settlement.chs.figures import quoted
from app.settlement.chs.numbers import NO_AREA, answer_number, milliseconds
from app.settlement.chs.schemas import NationalReply
from app.settlement.errors import action_of

_SERIALS: Final = 10**10
_LONGEST: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class Received:
    """A message that came."""

    area: str
    at: datetime


class Answering:
    """Writes answers."""

    def __init__(self, *, clock: Clock, below: Callable[[int], int]) -> None:
        """Take a clock, and randomness: a number from 0 on below another."""
        self._clock = clock
        self._below = below

    def received(self, area: str = NO_AREA) -> Received:
        """Note that a message came."""
        return Received(area=area, at=self._clock.now())

    def done(self, received: Received, output: Mapping[str, Any]) -> NationalReply:
        """It was done."""
        return self._answer(received, infcode=0, err_msg="", output=dict(output))

    def refused(self, received: Received, refusal: DomainError, words: str) -> NationalReply:
        """It was refused: `CODE ACTION pointer: words`."""
        action = ACTIONS.get(refusal.kind) or action_of(refusal)
        where = "" if refusal.pointer is None else f" {refusal.pointer}"
        err_msg = f"{refusal.kind.code} {action.value}{where}: {words}"[:_LONGEST]
        output: dict[str, Any] = {"error": {"code": refusal.kind.code, "action": action.value}}
        split, quote_id = refusal.members.get("split"), refusal.members.get("quote_id")
        if isinstance(split, Mapping) and quote_id is not None:  # a fresh quote to confirm
            output["setlinfo"] = quoted(str(quote_id), split)
        return self._answer(received, infcode=-1, err_msg=err_msg, output=output)

    def _answer(
        self, received: Received, *, infcode: Literal[0, -1], err_msg: str, output: dict[str, Any]
    ) -> NationalReply:
        now = self._clock.now()
        return NationalReply(
            infcode=infcode,
            inf_refmsgid=answer_number(received.area, now, self._below(_SERIALS)),
            refmsg_time=milliseconds(received.at),
            respond_time=milliseconds(now),
            err_msg=err_msg,
            output=output,
        )
