"""The whole way over HTTP: a citizen's phone, the API, eight departments."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from bench.certificates.departments import mannered
from launch.departments.counters import Counter
from sandbox.phone.client import Phone
from sandbox.phone.http import Refused
from sandbox.phone.results import Batch

FOUR = ("household_registration", "marriage_status", "social_insurance", "business_licence")
"""Of four departments, each asked over HTTP."""
DEAD = ("civil_affairs", "health", "housing")
"""Three of the eight departments, of the six that are asked over HTTP."""
UNTOUCHED = (
    "household_registration",
    "no_criminal_record",
    "social_insurance",
    "business_licence",
    "housing_fund",
    "veteran",
)
"""Types that need none of the dead."""
TOUCHED = {"marriage_status": "register of marriages"}
"""A type that needs a dead one, and the source that must be named."""
_POLL_S = 0.02
_LONGEST_S = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Survival:
    """How requests fare while departments are dead."""

    ended_well: int
    of: int
    """Requests that needed none of the dead."""
    told_which: int
    of_refused: int
    """Requests that needed one: refused naming the source, most with when to come back."""

    @property
    def share(self) -> float:
        """Of the requests that needed none of the dead, those that ended well."""
        return round(self.ended_well / self.of, 4)


def four_ms(phone: Phone) -> float:
    """Return milliseconds from the request for four certificates to the last of four PDFs.

    Raises:
        RuntimeError: one was not issued in time.
    """
    begun = time.perf_counter()
    batch = _ended(phone, phone.issue_batch(FOUR), begun)
    pdfs = [phone.pdf(item.certificate_id) for item in batch.items if item.certificate_id]
    spent = (time.perf_counter() - begun) * 1000
    if [pdf[:5] for pdf in pdfs] != [b"%PDF-"] * len(FOUR):
        msg = f"not four certificates: {[item.problem for item in batch.items]}"
        raise RuntimeError(msg)
    return spent


def survival(phone: Phone, counters: Mapping[str, Counter], *, rounds: int) -> Survival:
    """Ask for every type, again and again, while three of eight departments are dead."""
    well = told = 0
    dead = [counters[name] for name in DEAD]
    with mannered(dead, failure="dead", fastest_ms=50, slowest_ms=200):
        for _ in range(rounds):
            well += sum(_issued(phone, kind) for kind in UNTOUCHED)
            told += sum(_refused_for(phone, kind, TOUCHED[kind]) for kind in TOUCHED)
    return Survival(
        ended_well=well,
        of=rounds * len(UNTOUCHED),
        told_which=told,
        of_refused=rounds * len(TOUCHED),
    )


def _ended(phone: Phone, batch: Batch, begun: float) -> Batch:
    while not batch.ended:
        if time.perf_counter() - begun > _LONGEST_S:
            msg = "the batch does not end"
            raise RuntimeError(msg)
        time.sleep(_POLL_S)
        batch = phone.batch(batch.id)
    return batch


def _issued(phone: Phone, kind: str) -> bool:
    try:
        return phone.issue(kind).status == "valid"
    except Refused:
        return False


def _refused_for(phone: Phone, kind: str, source: str) -> bool:
    try:
        phone.issue(kind)
    except Refused as refused:
        return refused.status == 503 and source in str(refused)  # noqa: PLR2004 - unavailable
    return False
