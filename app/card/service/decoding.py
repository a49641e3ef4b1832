"""Decoding a code: what an authenticated terminal learns, once, for one purpose."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from sqlalchemy.orm import Session

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
from app.card.models import PAPER, Presentation
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

_EVERYBODY: Final = "all"


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
        5. Presentation and access-log row are written by that same statement, or for an offline
           code in that same transaction.

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
        now = self._clock.now()
        shown = _Shown(
            terminal=terminal,
            code=code,
            purpose=purpose,
            disclosure=disclosure,
            presentation_id=new_id("pst", now),
            at=now,
        )
        consumed = self._use_offline(shown) if is_offline(code) else self._use_up(shown)  # 4, 5
        if isinstance(consumed, ErrorKind):
            raise self._refused(terminal, consumed)
        return self._disclose(shown, consumed)

    def _use_up(self, shown: _Shown) -> Consumed | ErrorKind:
        hashes = possible_hashes(self._ring, shown.code)
        written = {
            "presentation": shown.presentation_id,
            "fields": list(shown.disclosure.fields),
            "presence_ends": self._presence.expiry(shown.at),
            **self._looked("holder", shown, shown.disclosure.fields),
            **self._looked("agent", shown, ()),  # nothing of theirs is disclosed
        }
        consumed = consume(
            self._database,
            hashes=hashes,
            purpose=shown.purpose,
            terminal_id=shown.terminal.terminal_id,
            now=shown.at,
            written=written,
            identity=self._holders.sealed("person_id"),
        )
        if consumed is not None:
            return consumed
        return refusal_of(self._database, hashes=hashes, purpose=shown.purpose, now=shown.at)

    def _use_offline(self, shown: _Shown) -> Consumed | ErrorKind:
        with self._database.transaction() as tx:
            consumed = self._offline.consume(
                tx,
                code=shown.code,
                purpose=shown.purpose,
                terminal_id=shown.terminal.terminal_id,
                now=shown.at,
            )
            if isinstance(consumed, Consumed):
                self._write(tx, shown, consumed)
        return consumed

    def _write(self, tx: Session, shown: _Shown, consumed: Consumed) -> None:
        tx.add(
            Presentation(
                id=shown.presentation_id,
                grant_id=consumed.grant_id,
                card_id=consumed.card_id,
                terminal_id=shown.terminal.terminal_id,
                purpose=shown.purpose,
                fields=list(shown.disclosure.fields),
                at=shown.at,
                expires_at=self._presence.expiry(shown.at),
            )
        )
        self._record(shown, consumed.person_id, shown.disclosure.fields)
        if consumed.agent_id is not None:
            self._record(shown, consumed.agent_id, ())

    def _record(self, shown: _Shown, person_id: str, fields: Sequence[str]) -> None:
        self._accesses.record(
            person_id=person_id,
            actor=_actor(shown.terminal),
            action=actions.CARD_CODE_DECODED,
            purpose=shown.purpose,
            fields=fields,
        )

    def _looked(self, name: str, shown: _Shown, fields: Sequence[str]) -> dict[str, Any]:
        return self._accesses.values(
            name,
            actor=_actor(shown.terminal),
            action=actions.CARD_CODE_DECODED,
            purpose=shown.purpose,
            fields=fields,
        )

    def _disclose(self, shown: _Shown, code: Consumed) -> Decoded:
        disclosure = shown.disclosure
        holder = (
            self._holders.identity_of(code.person_id)
            if code.identity is None
            else self._holders.opened(code.person_id, code.identity)
        )
        token = self._presence.make(
            presentation_id=shown.presentation_id,
            person_id=code.person_id,
            terminal=shown.terminal,
            purpose=shown.purpose,
            now=shown.at,
            limits=limits_of(code),
        )
        return Decoded(
            name=disclosure.name.apply(holder.name),
            citizen_number=disclosure.citizen_number.apply(holder.citizen_number),
            presence_token=token,
            expires_at=self._presence.expiry(shown.at),
            shown_by=_shown_by(code),
            amount_cap=code.amount_cap,
        )

    def _require_patience(self, terminal: Terminal) -> None:
        try:
            self._limits.check_each(
                ("decode_misses", terminal.terminal_id), ("decode_misses_all", _EVERYBODY)
            )
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
class _Shown:
    """A code before a terminal, and the name of the presentation that may come of it."""

    terminal: Terminal
    code: str = field(repr=False)
    purpose: str
    disclosure: Disclosure
    presentation_id: str
    at: datetime


def _actor(terminal: Terminal) -> Actor:
    return Actor(kind="terminal", id=terminal.terminal_id, name=terminal.merchant_name)


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
