"""Why data are asked for. A contract lists those it is for."""

from __future__ import annotations

from typing import Final

VERIFY_IDENTITY: Final = "identity_verification"
