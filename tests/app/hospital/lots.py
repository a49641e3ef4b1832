"""A lottery on the stage, and what the model expects of it."""

from __future__ import annotations

from datetime import datetime, timedelta

from app.core.errors import DomainError
from tests.app.hospital.invariants import Judged
from tests.app.hospital.offices import BY_LOT, NUMBER
from tests.app.hospital.rush.steps import published
from tests.app.hospital.stage import PEOPLE, START

ENDS = START + timedelta(minutes=20)
"""Of entries; from then on one is admitted a minute, for a day each."""
OVER = START + timedelta(days=3)


class ByLot(Judged):
    """Entries, closing, drawing and admissions."""

    tickets_end = ENDS

    def __init__(self) -> None:
        super().__init__()
        self.tickets: dict[int, tuple[str, str]] = {}
        """Ids and tokens by person."""
        self.closed = False
        self.ranks: dict[str, int] = {}
        self.drawn: datetime = OVER
        self.let_in: list[int] = []

    def enter(self) -> None:
        """Ask for a ticket, perhaps once more."""
        person, lots = self.chance.randrange(PEOPLE), self.stage.offices.lots
        code = ""
        try:
            view = lots.queueing.join(self.stage.citizen(person), self.stage.release)
        except DomainError as refused:
            code = refused.kind.code
        else:
            assert self.tickets.setdefault(person, (view.id, view.token))[0] == view.id
        in_time = person in self.tickets or self._now < ENDS
        assert code == ("" if in_time else "QUEUE_NOT_OPEN")

    def close_lottery(self) -> None:
        assert self.stage.offices.lots.closing.sweep() == 1
        self.closed = True

    def draw(self) -> None:
        """With the public number; once more, it changes nothing."""
        for _ in range(2):
            self.stage.offices.lots.drawing.draw(self.stage.release, NUMBER)
        self.drawn = self._now
        self.ranks = dict(published(self.stage.world, self.stage.release).ranks)
        assert self.ranks.keys() == {ticket for ticket, _ in self.tickets.values()}
        assert sorted(self.ranks.values()) == list(range(1, len(self.tickets) + 1))

    def _ticket(self, person: int, session: str) -> str | None:
        mine = self.tickets.get(person)
        return mine[1] if mine is not None and session == BY_LOT else None

    def _let_in(self, person: int, session: str) -> None:
        if session == BY_LOT and self._now < OVER:
            self.let_in.append(person)

    def _refused_admission(self, person: int, session: str) -> set[str]:
        if session != BY_LOT or self._now >= OVER:
            return set()
        if person not in self.tickets:
            return {"QUEUE_TICKET_REQUIRED"}
        if person in self.let_in:
            return {"QUEUE_TICKET_USED"}
        rank = self.ranks.get(self.tickets[person][0])
        begins = OVER if rank is None else self.drawn + timedelta(minutes=rank - 1)
        if self._now < begins:
            return {"QUEUE_NOT_ADMITTED"}
        return {"QUEUE_ADMISSION_OVER"} if self._now >= begins + timedelta(days=1) else set()
