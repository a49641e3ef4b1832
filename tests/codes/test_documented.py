"""The example of docs/offline-codes.md is what it says."""

from __future__ import annotations

import json
import re
from datetime import UTC, datetime
from pathlib import Path

from codes import base45
from codes.checking import check
from codes.keys import IssuerKeys
from codes.presentation import PREFIX
from codes.results import Reason
from codes.revocations import Revocations
from tests.codes.steps import Issuer

PAGE = (Path(__file__).parents[2] / "docs" / "offline-codes.md").read_text(encoding="utf-8")
KEYS, *_ = re.findall(r"```json\n(.*?)\n```", PAGE)
CODE, BYTES = re.findall(r"```text\n(.*?)\n```", PAGE, re.DOTALL)
NOW = datetime(2026, 11, 23, 8, 0, 59, tzinfo=UTC)


def test_the_documented_code_is_good() -> None:
    verdict = check(
        CODE,
        keys=IssuerKeys.read({"keys": [json.loads(KEYS)]}),
        revocations=Issuer().known(at=NOW),
        now=NOW,
        purposes={"02121"},
    )
    assert (verdict.reason, verdict.level, verdict.cap_fen) == (None, "L2", 30_000)


def test_the_documented_bytes_are_those_of_the_code() -> None:
    written = "".join(line.split(";", maxsplit=1)[0] for line in BYTES.splitlines())
    assert bytes.fromhex(written) == base45.decode(CODE.removeprefix(PREFIX))


def test_every_verdict_is_documented() -> None:
    assert [one.value for one in Reason if f"`{one.value}`" not in PAGE] == []
    assert Revocations().is_too_old(NOW, most=NOW - NOW)
