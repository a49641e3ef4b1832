"""What a page says that nobody should have to read: errors, and what its policy forbade."""

from __future__ import annotations

from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page, WebError

_ANSWERS = ("/v1/", "/oauth/")
"""Chromium reports an answer of 4xx or 5xx as an error; the page is to cope with it."""
_REFUSED = "Failed to load resource"


@dataclass  # not slotted: Playwright notes its handlers there
class Watch:
    """The troubles of one context's pages."""

    troubles: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    """Everything on the console; nothing personal may stand there."""

    def over(self, context: BrowserContext) -> None:
        """Listen to every page of a context."""
        context.on("console", self._said)
        context.on("weberror", self._thrown)

    def _said(self, message: ConsoleMessage) -> None:
        self.lines.append(message.text)
        path = urlsplit(message.location.get("url", "")).path
        expected = message.text.startswith(_REFUSED) and path.startswith(_ANSWERS)
        if message.type == "error" and not expected:
            self.troubles.append(message.text)

    def _thrown(self, error: WebError) -> None:
        self.troubles.append(error.error.message)


def everything_fits(page: Page) -> bool:
    """Whether nothing is wider than the screen, so that nobody has to scroll sideways."""
    script = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    return bool(page.evaluate(script))
