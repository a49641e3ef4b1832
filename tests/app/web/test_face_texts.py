"""What the face page shows is what the server keeps as agreed to, and has words for every end."""

from __future__ import annotations

import re
from pathlib import Path

from app.identity.routes.hints import HINTS
from app.identity.service.consents import TEXTS

WEB = Path(__file__).resolve().parents[3] / "web" / "src"


def test_the_consent_that_is_shown_is_the_text_in_force() -> None:
    page = (WEB / "texts" / "face.ts").read_text(encoding="utf-8")
    protocol = (WEB / "api" / "verification.ts").read_text(encoding="utf-8")

    named = re.search(r'CONSENT_TEXT = "([^"]+)"', protocol)
    assert named is not None
    text = TEXTS[named.group(1)]
    assert f'"{text.zh}"' in page
    assert f'"{text.en}"' in page


def test_the_page_has_advice_for_every_coarse_code() -> None:
    page = (WEB / "texts" / "face.ts").read_text(encoding="utf-8")

    advice = page.partition("export const ADVICE")[2]
    assert set(HINTS) == set(re.findall(r"^  ([A-Z_]+): \[", advice, re.MULTILINE))
