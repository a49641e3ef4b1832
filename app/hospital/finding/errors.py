"""Why a search is refused."""

from __future__ import annotations

from typing import Final

from app.core.errors import ErrorKind

SEARCH_TOO_BROAD: Final = ErrorKind(
    "SEARCH_TOO_BROAD",
    422,
    "搜索词过于宽泛，请多输入几个字。",
    "Too much is called like that. Give more of the name.",
)
ALL: Final = (SEARCH_TOO_BROAD,)
"""For the published table."""
