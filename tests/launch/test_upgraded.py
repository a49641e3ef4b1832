"""The demonstration waits a moment for a certificate's trusted time, and no longer."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from launch.steps import Document, fetch_upgraded
from sandbox.phone.results import Certificate


def certificate(level: str) -> Certificate:
    return Certificate(
        id="cer_1",
        type="t",
        number="n",
        status="valid",
        issued_at="2026-11-23T08:00:00Z",
        titles={},
        signature_level=level,
    )


@dataclass
class FakePhone:
    levels: list[str]
    now: float = 0.0
    waits: list[float] = field(default_factory=list)

    def certificate(self, certificate_id: str) -> Certificate:
        assert certificate_id == "cer_1"
        return certificate(self.levels.pop(0) if len(self.levels) > 1 else self.levels[0])

    def pdf(self, _: str) -> bytes:
        return self.levels[0].encode()

    def sleep(self, seconds: float) -> None:
        self.waits.append(seconds)
        self.now += seconds


def fetched(levels: list[str]) -> tuple[Document, FakePhone]:
    phone: Any = FakePhone(levels)
    first = Document(certificate=certificate("B-B"), pdf=b"first")
    return fetch_upgraded(phone, first, clock=lambda: phone.now, sleep=phone.sleep), phone


def test_one_that_has_its_time_already_is_fetched_at_once() -> None:
    document, phone = fetched(["B-LTA"])
    assert document.certificate.signature_level == "B-LTA"
    assert document.pdf == b"B-LTA"
    assert phone.waits == []


def test_it_is_waited_for() -> None:
    document, phone = fetched(["B-B", "B-B", "B-LTA"])
    assert document.certificate.signature_level == "B-LTA"
    assert len(phone.waits) == 2


def test_but_not_for_ever() -> None:
    document, phone = fetched(["B-B"])
    assert document.certificate.signature_level == "B-B"
    assert phone.now <= 1.2
