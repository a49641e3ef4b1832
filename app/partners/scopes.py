"""What an operator needs to look at partners and to change them."""

from __future__ import annotations

from typing import Final

READ_SCOPE: Final = "partners.read"
WRITE_SCOPE: Final = "partners.write"
