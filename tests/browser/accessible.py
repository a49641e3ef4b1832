"""What axe-core finds on a page that would keep somebody out."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any, Final

from playwright.sync_api import Page

from tests.clients.node import installed

_WEB: Final = Path(__file__).parents[2] / "web"
_GRAVE: Final = ("serious", "critical")
_STILL: Final = """
() => Promise.all(document.getAnimations().map((one) =>
  one.effect.getComputedTiming().iterations === Infinity ? null : one.finished.catch(() => null)))
"""
# What runs here runs from the debugger, which the page's policy does not bind; axe adds nothing
# to the page. Pictures that change all the time are judged as they are.
_RUN: Final = """
() => axe.run(document, {
  runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"],
  resultTypes: ["violations"],
})
"""


@cache
def _axe() -> str:
    return (installed(_WEB) / "node_modules/axe-core/axe.min.js").read_text()


def serious(page: Page) -> list[str]:
    """The serious and critical violations on a page as it stands: rule, element, what is wrong.

    Waits until what moves stands still: a colour half faded in is none to be judged.
    """
    page.evaluate(_STILL)
    page.evaluate(_axe())
    found: dict[str, Any] = page.evaluate(_RUN)
    return [
        f"{rule['id']} at {' '.join(map(str, node['target']))}: {node['failureSummary']}"
        for rule in found["violations"]
        if rule["impact"] in _GRAVE
        for node in rule["nodes"]
    ]
