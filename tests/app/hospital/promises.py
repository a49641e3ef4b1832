"""Invariants 5, 9, 10, 12 and 13 of the design: lotteries, stops, give-back, calendars, files."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis.stateful import invariant
from icalendar import Calendar

from app.hospital.calendar.service.entries import entries_of
from app.hospital.calendar.service.writing import calendar_file
from sandbox.lottery.ranks import recomputed
from tests.app.hospital.hospital_side import HospitalSide
from tests.app.hospital.offices import BY_LOT, FROM_FILE
from tests.app.hospital.rush.steps import published

OFF = {"CANCELLED_PATIENT", "CANCELLED_HOSPITAL", "RESCHEDULED"}
SHOWN = timedelta(days=29)
URL = "https://city.example"


class Promised(HospitalSide):
    """What is promised to patients, hospitals and whoever draws again."""

    def __init__(self) -> None:
        super().__init__()
        self.recomputed = False
        self.seen: dict[str, tuple[int, str]] = {}
        """Of each appointment: the last SEQUENCE a calendar had, and the state it stood for."""

    @invariant()
    def a_lottery_is_drawn_as_anybody_draws_it_and_lets_nobody_in_twice(self) -> None:
        """Invariant 5."""
        if not self.tickets:
            return
        used = self.stage.rows("SELECT person_id FROM queue_tickets WHERE used_at IS NOT NULL")
        let_in = self.stage.rows("SELECT person_id FROM appointments WHERE source = 'ticket'")
        assert sorted(used) == sorted(let_in)
        assert sorted(one for (one,) in used) == sorted(
            self.stage.people[person] for person in self.let_in
        )
        assert len(set(self.let_in)) == len(self.let_in)
        if self.ranks:
            stored = self.stage.rows("SELECT id, rank FROM queue_tickets")
            assert dict(stored) == self.ranks
        if self.ranks and not self.recomputed:
            draw = published(self.stage.world, self.stage.release)
            assert recomputed(draw) == self.ranks
            self.recomputed = True

    @invariant()
    def a_session_that_was_called_off_has_nothing_left_and_one_outcome_a_patient(self) -> None:
        """Invariant 9."""
        left = self.stage.rows(
            "SELECT u.id FROM slot_units u JOIN clinic_sessions s ON s.id = u.session_id "
            "WHERE s.state = 'STOPPED' AND u.state NOT IN ('BLOCKED', 'SERVED')"
        )
        assert left == []
        stopped = {name for name, half in self.halves.items() if half.stopped}
        states = self.stage.rows("SELECT id FROM clinic_sessions WHERE state = 'STOPPED'")
        assert {one for (one,) in states} == {self.stage.sessions[name] for name in stopped}
        outcomes = self.stage.rows(
            "SELECT appointment_id, coalesce(replaced_by, outcome) FROM stop_outcomes"
        )
        assert len(outcomes) == len(self.outcomes)
        assert dict(outcomes) == self.outcomes

    @invariant()
    def places_are_moved_between_pools_and_never_made(self) -> None:
        """Invariant 10."""
        if not self.units:
            return
        assert set(self.stage.rows("SELECT id, number FROM slot_units")) == self.units
        channels = self.stage.rows(
            "SELECT u.number, p.channel FROM slot_units u JOIN unit_pools p ON p.id = u.pool_id "
            "WHERE u.session_id = %(id)s",
            id=self.stage.sessions[FROM_FILE],
        )
        half = self.halves[FROM_FILE]
        assert half.channels.items() <= dict(channels).items()

    @invariant()
    def a_calendar_keeps_its_events_and_numbers_what_changes(self) -> None:
        """Invariant 12; looked at where something changed."""
        states = {place.id: place.state for place in self.places}
        if all(self.seen.get(one, (0, ""))[1] == state for one, state in states.items()):
            return
        for person in range(len(self.stage.people)):
            mine = [one for one in self.places if one.person == person and one.was_booked]
            events = self._events(person)
            shown = {
                one.id
                for one in mine
                if self.halves[one.session].windows[one.number][1] > self._now - SHOWN
            }
            assert shown <= events.keys() <= {one.id for one in mine}
            for place in mine:
                if place.id in events:
                    self._compared(place.id, place.state, *events[place.id])

    def _compared(self, appointment: str, state: str, sequence: int, status: str) -> None:
        assert status == ("CANCELLED" if state in OFF else "CONFIRMED")
        before, was = self.seen.get(appointment, (-1, ""))
        assert sequence > before if state != was else sequence == before
        self.seen[appointment] = (sequence, state)

    def _events(self, person: int) -> dict[str, tuple[int, str]]:
        """SEQUENCE and STATUS by the appointment in the UID."""
        with self.stage.database.direct() as tx:
            entries = entries_of(tx, self.stage.people[person], mandates=(), now=self._now)
        read: Any = Calendar.from_ical(calendar_file(entries, shows="discreet", public_url=URL))
        found = {}
        for event in read.walk("VEVENT"):
            appointment, host = str(event["uid"]).split("@")
            assert host == "city.example"
            found[appointment] = (int(event["sequence"]), str(event["status"]))
        assert len(found) == len(entries)
        return found

    @invariant()
    def a_file_counts_once_and_takes_nobodys_place(self) -> None:
        """Invariant 13; what trying and sending it again must not change, `send_file` compares."""
        if not self.units:
            return
        ((size, there),) = self.stage.rows(
            "SELECT (SELECT sum(size) FROM unit_pools WHERE session_id = %(id)s), (SELECT count(*) "
            "FROM slot_units WHERE session_id = %(id)s AND (%(stopped)s OR state <> 'BLOCKED'))",
            id=self.stage.sessions[FROM_FILE],
            stopped=self.halves[FROM_FILE].stopped,
        )
        assert self.halves[FROM_FILE].stopped or there == sum(self.planned.values())
        assert size >= there or self.halves[FROM_FILE].stopped
        kept = {place.number for place in self._claims(FROM_FILE)}
        assert kept <= self.halves[FROM_FILE].channels.keys()
        assert BY_LOT in self.halves
