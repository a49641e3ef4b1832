"""Decoding a code: what an authenticated terminal learns, once, for one purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from app.audit import actions
from app.audit.service import AccessLog, Actor
from app.card.errors import (
    CODE_CHECK_DIGIT,
    CODE_NOT_OURS,
    CODE_UNKNOWN,
    DECODE_PAUSED,
    PURPOSE_NOT_ALLOWED,
    refuse_terminal,
)
from app.card.models import PAPER
from app.card.ports import Holders, Uses
from app.card.service.code_numbers import (
    has_check_digit,
    is_online,
    is_paper,
    is_typed,
    possible_hashes,
)
from app.card.service.consuming import Consumed, consume, refusal_of
from app.card.service.offline.decoding import OfflineDecoding, is_offline
from app.card.service.presence import PresenceTokens
from app.card.service.purposes import PURPOSES, Disclosure
from app.core.access.principals import Terminal
from app.core.clock import Clock
from app.core.database import Database
from app.core.errors import DomainError, ErrorKind
from app.core.ids import new_id
from app.core.keys.provider import SecretRing
from app.core.statements import Tx, finally_run

_EVERYBODY: Final = "all"
_PRESENT: Final = """
INSERT INTO presentations (id, grant_id, card_id, terminal_id, purpose, fields, at, expires_at)
VALUES (%(id)s, %(grant)s, %(card)s, %(terminal)s, %(purpose)s, %(fields)s, %(at)s, %(expires)s)
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """What a terminal gets for a code."""

    name: str
    """Masked."""
    citizen_number: str
    """Masked."""
    presence_token: str = field(repr=False)
    expires_at: datetime
    """Of the presence token."""
    shown_by: str
    """`holder`, `representative` or `paper`."""
    amount_cap: int | None
    """Fen that may be paid with the code at most; None: not capped."""


class CodeDecoding:
    """Decodes codes for terminals that have a network: online, offline and paper ones."""

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        accesses: AccessLog,
        limits: Uses,
        ring: SecretRing,
        holders: Holders,
        presence: PresenceTokens,
        offline: OfflineDecoding,
    ) -> None:
        """Take the ports.

        Args:
            database: where codes live.
            clock: tells the time.
            accesses: the access log.
            limits: with the rates "decode_misses" and "decode_misses_all".
            ring: the secret ring "card-code".
            holders: tells name and number of a person.
            presence: makes presence tokens.
            offline: uses up offline codes.
        """
        self._database = database
        self._clock = clock
        self._accesses = accesses
        self._limits = limits
        self._ring = ring
        self._holders = holders
        self._presence = presence
        self._offline = offline

    def decode(self, terminal: Terminal, *, code: str, purpose: str) -> Decoded:
        """Use a code up and disclose what its purpose allows.

        1. The code is of our type and its check digit fits; no database is asked for others. Of an
           offline code the signatures are looked at in 4.
        2. The terminal may ask for the purpose, and the purpose discloses something.
        3. Neither the terminal nor all terminals together have guessed too often.
        4. One statement consumes the code; whoever comes second gets nothing.
        5. Presentation and access-log row are written in that same transaction.

        The consumption is committed before anything is disclosed: whatever fails afterwards, the
        code is used up and the holder sees that it was.

        Args:
            terminal: the caller, authenticated and active: the route's guard saw to it.
            code: 18 digits, or an offline code.
            purpose: a national purpose.

        Raises:
            DomainError: CODE_NOT_OURS, CODE_CHECK_DIGIT, PURPOSE_NOT_ALLOWED, DECODE_PAUSED, or
                what `refusal_of` or `OfflineDecoding.consume` finds; each with the member `action`.
        """
        _require_form(code)  # 1
        disclosure = PURPOSES.get(purpose)
        if disclosure is None or purpose not in terminal.purposes:  # 2
            raise refuse_terminal(PURPOSE_NOT_ALLOWED, pointer="/purpose")
        self._require_patience(terminal)  # 3
        presented = self._consume(terminal, code, purpose, disclosure)  # 4, 5
        if isinstance(presented, ErrorKind):
            raise self._refused(terminal, presented)
        return self._disclose(terminal, presented, disclosure)

    def _consume(
        self, terminal: Terminal, code: str, purpose: str, disclosure: Disclosure
    ) -> _Presented | ErrorKind:
        now = self._clock.now()
        with self._database.direct() as tx:
            consumed = self._use_up(tx, terminal, code=code, purpose=purpose, now=now)
            if isinstance(consumed, ErrorKind):
                return consumed
            presented = _Presented(id=new_id("pst", now), code=consumed, purpose=purpose, at=now)
            self._write(tx, terminal, presented, disclosure)
        return presented

    def _use_up(
        self, tx: Tx, terminal: Terminal, *, code: str, purpose: str, now: datetime
    ) -> Consumed | ErrorKind:
        terminal_id = terminal.terminal_id
        if is_offline(code):
            with self._database.transaction() as joined:
                return self._offline.consume(
                    joined, code=code, purpose=purpose, terminal_id=terminal_id, now=now
                )
        hashes = possible_hashes(self._ring, code)
        consumed = consume(tx, hashes=hashes, purpose=purpose, terminal_id=terminal_id, now=now)
        return consumed or refusal_of(tx, hashes=hashes, purpose=purpose, now=now)

    def _write(
        self,
        tx: Tx,
        terminal: Terminal,
        presented: _Presented,
        disclosure: Disclosure,
    ) -> None:
        values = {
            "id": presented.id,
            "grant": presented.code.grant_id,
            "card": presented.code.card_id,
            "terminal": terminal.terminal_id,
            "purpose": presented.purpose,
            "fields": list(disclosure.fields),
            "at": presented.at,
            "expires": self._presence.expiry(presented.at),
        }
        finally_run(tx, _PRESENT, values)
        self._record(terminal, presented, presented.code.person_id, disclosure.fields)
        if presented.code.agent_id is not None:  # nothing of the agent's is disclosed
            self._record(terminal, presented, presented.code.agent_id, ())

    def _record(
        self, terminal: Terminal, presented: _Presented, person_id: str, fields: Sequence[str]
    ) -> None:
        self._accesses.record(
            person_id=person_id,
            actor=Actor(kind="terminal", id=terminal.terminal_id, name=terminal.merchant_name),
            action=actions.CARD_CODE_DECODED,
            purpose=presented.purpose,
            fields=fields,
        )

    def _disclose(
        self, terminal: Terminal, presented: _Presented, disclosure: Disclosure
    ) -> Decoded:
        code = presented.code
        holder = self._holders.identity_of(code.person_id)
        token = self._presence.make(
            presentation_id=presented.id,
            person_id=code.person_id,
            terminal=terminal,
            purpose=presented.purpose,
            now=presented.at,
            limits=limits_of(code),
        )
        return Decoded(
            name=disclosure.name.apply(holder.name),
            citizen_number=disclosure.citizen_number.apply(holder.citizen_number),
            presence_token=token,
            expires_at=self._presence.expiry(presented.at),
            shown_by=_shown_by(code),
            amount_cap=code.amount_cap,
        )

    def _require_patience(self, terminal: Terminal) -> None:
        try:
            self._limits.check("decode_misses", terminal.terminal_id)
            self._limits.check("decode_misses_all", _EVERYBODY)
        except DomainError as paused:
            raise refuse_terminal(DECODE_PAUSED, retry_after=paused.retry_after) from None

    def _refused(self, terminal: Terminal, kind: ErrorKind) -> DomainError:
        if kind is not CODE_UNKNOWN:
            return refuse_terminal(kind)
        try:
            self._limits.hit("decode_misses", terminal.terminal_id)
            self._limits.hit("decode_misses_all", _EVERYBODY)
        except DomainError as paused:
            return refuse_terminal(DECODE_PAUSED, retry_after=paused.retry_after)
        return refuse_terminal(kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Presented:
    id: str
    code: Consumed
    purpose: str
    at: datetime


def limits_of(code: Consumed) -> dict[str, object]:
    """What bounds the use of a code, as claims of its presence token."""
    limits = {"mandate_id": code.mandate_id, "amount_cap": code.amount_cap}
    return {name: value for name, value in limits.items() if value is not None}


def _shown_by(code: Consumed) -> str:
    if code.mandate_id is not None:
        return "representative"
    return "paper" if code.mode == PAPER else "holder"


def _require_form(code: str) -> None:
    if is_offline(code):
        return
    if not (is_typed(code) and (is_online(code) or is_paper(code))):
        raise refuse_terminal(CODE_NOT_OURS, pointer="/code")
    if not has_check_digit(code):
        raise refuse_terminal(CODE_CHECK_DIGIT, pointer="/code")
