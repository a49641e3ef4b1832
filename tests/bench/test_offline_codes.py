"""The figures of offline codes are what the card's design asks for, but for times."""

from __future__ import annotations

import json

import pytest

from bench.card.offline import main, measure


def test_a_code_fits_its_qr_code() -> None:
    figures = measure(runs=20)
    assert figures.bytes <= 250
    assert figures.qr_version <= 13


def test_the_last_line_is_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(("--runs", "20")) == 0
    last = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert {"bytes", "qr_version", "make_ms", "verify_ms"} <= set(last["offline_code"])
