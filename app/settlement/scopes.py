"""What a till needs to have purchases paid, given back, proven and compared."""

from __future__ import annotations

from typing import Final

SCOPE: Final = "settlement"
