"""A till that fetches the list whenever it can, and an adversary who answers in its place."""

from __future__ import annotations

from datetime import datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from codes.revocations import PieceRefused, Revocations
from tests.codes.steps import NOW, Issuer, fixed_key

ISSUER, FORGER = Issuer(), Issuer(key=fixed_key(99))


class TillAndIssuer(RuleBasedStateMachine):
    """The truth is a list of aliases; the till must never know more, nor think it knows all."""

    @initialize()
    def begin(self) -> None:
        self.now: datetime = NOW
        self.truth: list[bytes] = []
        self.known = Revocations()
        self.sent: list[bytes] = []

    @rule(count=st.integers(1, 4))
    def revoke(self, count: int) -> None:
        self.truth += [len(self.truth).to_bytes(8, "big") + bytes([n] * 8) for n in range(count)]

    @rule(seconds=st.integers(1, 7200))
    def wait(self, seconds: int) -> None:
        self.now += timedelta(seconds=seconds)

    @rule(most=st.integers(1, 5))
    def refresh(self, most: int) -> None:
        since = self.known.upto
        aliases = self.truth[since : since + most]
        piece = ISSUER.piece(*aliases, since=since, at=self.now, head=len(self.truth))
        self.sent.append(piece)
        self.known = self.known.take(piece, ISSUER.keys)
        assert self.known.upto == since + len(aliases)

    @rule(data=st.data())
    def play_back(self, data: st.DataObject) -> None:
        if self.sent:
            self._offer(data.draw(st.sampled_from(self.sent)))

    @rule(alias=st.binary(min_size=16, max_size=16))
    def forge(self, alias: bytes) -> None:
        before = self.known
        self._offer(FORGER.piece(alias, since=self.known.upto, at=self.now))
        assert self.known == before

    def _offer(self, piece: bytes) -> None:
        try:
            self.known = self.known.take(piece, ISSUER.keys)
        except PieceRefused:
            return

    @invariant()
    def it_knows_exactly_what_it_was_told(self) -> None:
        assert self.known.aliases == frozenset(self.truth[: self.known.upto])

    @invariant()
    def what_it_calls_fresh_was_whole_at_that_time(self) -> None:
        if not self.known.is_too_old(self.now, most=timedelta(hours=1)):
            assert self.known.at >= self.now - timedelta(hours=1)


TillAndIssuer.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
test_no_order_of_answers_deceives_a_till = TillAndIssuer.TestCase
