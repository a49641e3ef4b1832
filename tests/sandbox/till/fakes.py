"""A settling system in the test's own process, whose answers get lost as a test says."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sandbox.phone.http import Refused, UnreachableError

SPLIT = {"total": 2_000, "fund": 500, "account": 1_000, "mutual": 0, "cash": 500}
LOST, SILENT, GARBLED, SIGN_IN, BUSY, FAULT, MOVED = (
    "lost",
    "silent",
    "garbled",
    "401",
    "429",
    "503",
    "moved",
)
FAULTS = (LOST, SILENT, GARBLED, SIGN_IN, BUSY, FAULT, MOVED, "")


@dataclass
class FakeHttp:
    reconnects: int = 0

    def reconnect(self) -> None:
        self.reconnects += 1


@dataclass
class FakeTerminal:
    http: FakeHttp = field(default_factory=FakeHttp)
    signed_in: bool = True


@dataclass
class FakePurchases:
    """Settles once a quote, whatever the names; `faults` says how the next calls go wrong."""

    faults: list[str] = field(default_factory=list)
    refuses: str = ""
    holds: bool = False
    voided: bool = False
    settled: list[str] = field(default_factory=list)
    """Names that took effect."""
    calls: list[str] = field(default_factory=list)
    sign_ins: int = 0
    watch: Callable[[], object] = lambda: None
    watched: list[object] = field(default_factory=list)
    """What `watch` saw as each write came."""
    terminal: FakeTerminal = field(default_factory=FakeTerminal)

    def sign_in(self) -> None:
        self.sign_ins += 1

    def send(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        self.calls.append(f"send {path}")
        self.watched.append(self.watch())
        return self._answered(lambda: self._settle(str(body["msgid"])))

    def message(self, msgid: str, *, fence: bool = False) -> dict[str, Any]:
        assert not fence
        self.calls.append("message")
        return self._answered(lambda: self._message(msgid))

    def settlement(self, settlement_id: str) -> dict[str, Any]:
        self.calls.append("settlement")
        refunds = [{"id": "rfd_1", "settlement_id": settlement_id, **SPLIT}]
        return self._answered(lambda: {**_settled(settlement_id), "refunds": refunds})

    def _settle(self, msgid: str) -> dict[str, Any]:
        if self.refuses:
            raise Refused(status=409, code=self.refuses, action="RETRY")
        if msgid not in self.settled:
            self.settled.append(msgid)
        return _settled("stl_1") | ({"status": "HOLDING"} if self.holds else {})

    def _message(self, msgid: str) -> dict[str, Any]:
        if msgid not in self.settled:
            return {"status": "REJECTED" if self.refuses else "NEVER_SEEN", "fenced": False}
        if self.voided:
            return {"status": "REJECTED", "code": "CASH_NOT_PAID", "fenced": True}
        status = "PENDING" if self.holds else "COMMITTED"
        return {
            "status": status,
            "fenced": False,
            "settlement_id": "stl_1",
            "refund_id": "rfd_1",
        }

    def _answered(self, work: Callable[[], dict[str, Any]]) -> dict[str, Any]:
        fault = self.faults.pop(0) if self.faults else ""
        if fault == SILENT:
            raise UnreachableError
        if fault in {SIGN_IN, BUSY, FAULT}:
            raise Refused(status=int(fault), code="X", members={"retry_after": 1})
        if fault == MOVED:
            raise Refused(status=409, code="BALANCE_MOVED", action="RETRY")
        done = work()
        if fault == LOST:
            raise UnreachableError
        if fault == GARBLED:
            raise ValueError
        return done


def _settled(settlement_id: str) -> dict[str, Any]:
    return {"settlement_id": settlement_id, "status": "SETTLED", "split": SPLIT}
