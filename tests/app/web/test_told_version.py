"""What the pages say of the system is what the system says of itself."""

from __future__ import annotations

import re
from pathlib import Path

from app.factory import VERSION

_TEXTS = Path(__file__).parents[3] / "web/src/texts/own_settings.ts"


def test_the_phone_shows_the_version_of_the_api() -> None:
    [told] = re.findall(r'^export const VERSION = "(.+)";$', _TEXTS.read_text(), re.MULTILINE)
    assert told == VERSION
