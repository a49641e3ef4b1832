"""What a hospital does to its sessions on the stage, and what the model expects of it."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta

from app.hospital.planning.service.importing.report import Mode
from tests.app.hospital.lots import OVER, ByLot
from tests.app.hospital.model import LIVE, Half, Place
from tests.app.hospital.offices import BY_LOT, FROM_FILE, PLANNED
from tests.app.hospital.stage import day_of

CLEAR = timedelta(hours=2)
"""How long before its beginning a session may still be given instead."""


class HospitalSide(ByLot):
    """Stops, files and give-back."""

    def __init__(self) -> None:
        super().__init__()
        self.planned = dict(PLANNED)
        self.units: set[tuple[str, int]] = set()
        """Every place by id and number, as it was when a file last changed some."""
        self.outcomes: dict[str, str] = {}
        """By appointment: where it was put, or that it was cancelled or released."""

    def _look_at_units(self) -> None:
        self.units = set(self.stage.rows("SELECT id, number FROM slot_units"))

    # Calling off.

    def stop(self) -> None:
        """Call one off; once more, it changes nothing."""
        wanted = [one.session for one in self.places if one.state in LIVE]
        names = [one for one in wanted or self.halves if one != BY_LOT]
        if not names:
            return
        name = self.chance.choice(names)
        half, session = self.halves[name], self.stage.sessions[name]
        if half.closed and not half.stopped:
            assert self.stage.offices.stop(session).state == "CLOSED"
            return
        affected = [one for one in self.places if one.session == name and one.state in LIVE]
        affected.sort(key=lambda one: one.number)
        told = self.stage.offices.stop(session)
        if not half.stopped:
            half.closed = half.stopped = True
            for place in affected:
                self._ended(place, half)
            half.channels = {one.number: half.channels[one.number] for one in self._served(name)}
        assert self.stage.offices.stop(session) == told
        assert told.replanned == self._became(session, "apt_")
        assert told.cancelled + told.released == self._became(session, "") - told.replanned

    def _could_be_put_elsewhere(self) -> bool:
        """Whether a stop could lead further than to cancellations."""
        return any(
            place.state == "BOOKED"
            and place.session != BY_LOT
            and self._instead(place, self.halves[place.session]) is not None
            for place in self.places
        )

    def _served(self, name: str) -> list[Place]:
        return [one for one in self.places if one.session == name and one.state == "FULFILLED"]

    def _became(self, session: str, begins: str) -> int:
        names = {one.id for one in self.places if self.stage.sessions[one.session] == session}
        return sum(
            one in names and became.startswith(begins) for one, became in self.outcomes.items()
        )

    def _ended(self, place: Place, half: Half) -> None:
        """One patient: put where the model says, or cancelled."""
        instead = self._instead(place, half) if place.state == "BOOKED" else None
        kept = place.state in {"BOOKED", "ARRIVED"}
        if instead is None:
            place.state, place.changed, place.paid = "CANCELLED_HOSPITAL", self._now, False
            self.outcomes[place.id] = "cancelled" if kept else "released"
            return
        ((new,),) = self.stage.rows(
            "SELECT id FROM appointments WHERE replaces = %(id)s", id=place.id
        )
        place.state, place.changed = "RESCHEDULED", self._now
        self._take(new, place.person, instead, held=False, consent=place.consent)
        self.places[-1].put_there = True
        place.paid, self.places[-1].paid = False, place.paid
        self.outcomes[place.id] = new

    def _instead(self, place: Place, half: Half) -> str | None:
        """The best session that consent and engagements allow, with a free place."""
        fitting = [name for name in self.halves if self._fits(place, half, name)]
        fitting.sort(
            key=lambda name: (
                self.halves[name].doctor != half.doctor,
                abs(self.halves[name].starts - half.starts),
            )
        )
        return fitting[0] if fitting else None

    def _fits(self, place: Place, half: Half, name: str) -> bool:
        other = self.halves[name]
        in_line = name == BY_LOT and self._now < OVER
        if other is half or in_line or other.closed:
            return False
        alike = (other.department, other.fee, other.item, other.ordinary) == (
            half.department,
            half.fee,
            half.item,
            half.ordinary,
        )
        near = abs((day_of(other.starts) - day_of(half.starts)).days) <= 3
        agreed = place.consent == "same_department" or (
            place.consent == "same_doctor" and other.doctor == half.doctor
        )
        in_time = other.starts >= self._now + CLEAR
        possible = alike and near and agreed and in_time
        return possible and bool(self._free(name)) and not self._clashes(place, other)

    def _clashes(self, place: Place, other: Half) -> bool:
        for one in self.places:
            if one.person != place.person or one.state not in LIVE or one is place:
                continue
            there = self.halves[one.session]
            begins, ends = there.windows[one.number]
            same_day = day_of(there.starts) == day_of(other.starts)
            if same_day and other.department == there.department:
                return True
            if same_day and other.doctor == there.doctor:
                return True
            if begins < other.ends and other.starts < ends:
                return True
        return False

    # Planning.

    def give_back(self) -> None:
        half = self.halves[FROM_FILE]
        due = self._now >= self.stage.offices.file.gives_back_at and not half.closed
        taken = {one.number for one in self._claims(FROM_FILE)}
        moved = [
            number
            for number, channel in half.channels.items()
            if due
            and channel == "window"
            and half.windows[number][1] > self._now
            and half.ends > self._now
            and number not in taken
        ]
        assert self.stage.offices.giving.sweep() == len(moved)
        half.channels |= dict.fromkeys(moved, "app")
        self.freed += len(moved)

    def send_file(self) -> None:
        """A file that wants other sizes: tried, sent, and sent again."""
        half = self.halves[FROM_FILE]
        if half.ends <= self._now:
            return
        wanted = {"app": self.chance.randint(1, 4), "window": self.chance.randint(1, 3)}
        file, before = self.stage.offices.file, self._as_stored()
        tried = file.sent(wanted, Mode.DRY_RUN)
        assert self._as_stored() == before
        sent = file.sent(wanted)
        assert (tried.updated, tried.unchanged, tried.refused) == (
            sent.updated,
            sent.unchanged,
            sent.refused,
        )
        fits = self._can_shrink(wanted)
        assert [one.kind.code for one in sent.refused] == (
            [] if fits else ["SESSION_SHRINKS_BELOW_CLAIMED"]
        )
        if fits:
            self._planned(wanted)
        after = self._as_stored()
        again = file.sent(wanted)
        assert (again.unchanged, len(again.refused)) == ((1, 0) if fits else (0, 1))
        assert self._as_stored() == after
        assert fits or after == before

    def _can_shrink(self, wanted: dict[str, int]) -> bool:
        half = self.halves[FROM_FILE]
        taken = {one.number for one in self._claims(FROM_FILE)}
        free = Counter(channel for n, channel in half.channels.items() if n not in taken)
        return all(self.planned[one] - wanted[one] <= free[one] for one in wanted)

    def _planned(self, wanted: dict[str, int]) -> None:
        """What a file changed: as many places as it says, and those that are new are told."""
        known, half = self.units, self.halves[FROM_FILE]
        before = len(half.channels)
        self._look_at_units()
        new = self._half(self.stage.sessions[FROM_FILE])
        self.halves[FROM_FILE] = new
        grown = sum(wanted.values()) - sum(self.planned.values())
        assert len(new.channels) - before == grown
        self.freed += sum(new.channels[number] == "app" for _, number in self.units - known)
        self.planned = wanted

    def _as_stored(self) -> list[object]:
        return self.stage.rows(
            "SELECT u.id, u.number, u.state, p.channel, p.size FROM slot_units u "
            "JOIN unit_pools p ON p.id = u.pool_id WHERE u.session_id = %(id)s ORDER BY u.id",
            id=self.stage.sessions[FROM_FILE],
        )

    def _claims(self, session: str) -> list[Place]:
        gone = {"EXPIRED", "CANCELLED_PATIENT", "CANCELLED_HOSPITAL", "RESCHEDULED"}
        return [one for one in self.places if one.session == session and one.state not in gone]
