"""What holds of appointments after every step."""

from __future__ import annotations

from hypothesis.stateful import invariant

from tests.app.hospital.model import HOLD, LIVE, PAYMENT, Model


class Judged(Model):
    """The design's invariants, and that every row is what the model says."""

    @invariant()
    def the_rows_are_what_the_model_says(self) -> None:
        if not self.stage.sessions:
            return
        found = self.stage.rows(
            "SELECT a.id, a.state, u.number FROM appointments a JOIN slot_units u "
            "ON u.id = a.unit_id"
        )
        assert set(found) == {(place.id, place.state, place.number) for place in self.places}

    @invariant()
    def a_place_has_one_owner_and_no_pool_has_more_than_its_size(self) -> None:
        crowded = self.stage.rows(
            "SELECT unit_id FROM appointments WHERE state IN ('OFFERED', 'PENDING_PAYMENT', "
            "'BOOKED', 'NOSHOW', 'ARRIVED', 'FULFILLED') GROUP BY unit_id HAVING count(*) > 1"
        )
        assert crowded == []
        states = self.stage.rows(
            "SELECT u.state AS unit, a.state AS claim, u.session_id, u.number FROM slot_units u "
            "LEFT JOIN appointments a ON a.unit_id = u.id AND a.state IN ('PENDING_PAYMENT', "
            "'BOOKED', 'NOSHOW', 'ARRIVED', 'FULFILLED')"
        )
        halves = {self.stage.sessions[name]: half for name, half in self.halves.items()}
        assert len(states) == sum(len(half.windows) for half in self.halves.values())
        says = {
            None: "FREE",
            "PENDING_PAYMENT": "HELD",
            "BOOKED": "BOOKED",
            "NOSHOW": "BOOKED",
            "ARRIVED": "CHECKED_IN",
            "FULFILLED": "SERVED",
        }
        for unit, claim, session, number in states:
            blocked = claim is None and number not in halves[session].channels
            assert unit == ("BLOCKED" if blocked else says[claim])

    @invariant()
    def nobody_has_two_places_that_exclude_each_other(self) -> None:
        live = [place for place in self.places if place.state in LIVE]
        for n, one in enumerate(live):
            for other in live[n + 1 :]:
                if one.person == other.person:
                    mine, theirs = self.halves[one.session], self.halves[other.session]
                    assert not mine.excludes(one.number, theirs, other.number)

    @invariant()
    def a_hold_is_short(self) -> None:
        found = self.stage.rows(
            "SELECT deadline - created_at AS held, extended FROM appointments "
            "WHERE deadline IS NOT NULL"
        )
        assert all(held == HOLD + (PAYMENT if more else 0 * PAYMENT) for held, more in found)

    @invariant()
    def events_are_numbered_and_each_is_told_once(self) -> None:
        gaps = self.stage.rows(
            "SELECT a.id FROM appointments a JOIN appointment_events e ON e.appointment_id = a.id "
            "GROUP BY a.id HAVING max(e.sequence) <> count(*) OR a.sequence <> count(*)"
        )
        assert gaps == []
        ((events, told),) = self.stage.rows(
            "SELECT (SELECT count(*) FROM appointment_events), (SELECT count(DISTINCT "
            "(payload->>'appointment', payload->>'sequence')) FROM outbox_messages "
            "WHERE topic = 'appointment.changed')"
        )
        assert events == told

    @invariant()
    def an_exchange_is_whole(self) -> None:
        halves = self.stage.rows(
            "SELECT a.id FROM appointments a WHERE a.state = 'RESCHEDULED' AND NOT EXISTS "
            "(SELECT FROM appointments b WHERE b.replaces = a.id)"
        )
        assert halves == []

    @invariant()
    def the_waitlist_and_conduct_heard_of_everything(self) -> None:
        assert len(self.stage.parts.vacancies) == self.freed
        assert all(state == "FREE" for _, state in self.stage.parts.vacancies)
        assert len(self.stage.parts.late) == self.late
        missed = [place.id for place in self.places if place.state == "NOSHOW"]
        assert sorted(self.stage.parts.missed) == sorted(missed)
