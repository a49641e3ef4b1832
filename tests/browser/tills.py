"""Tills of the running system, and browsers that become them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from playwright.sync_api import Page, expect

from launch.system import System
from sandbox.phone.keys import DeviceKey
from tests.browser.operators import code_of, command

PHARMACY = "康民大药房"


_TYPED: Final = """
(keys) => {
  for (const key of keys) {
    const where = document.activeElement ?? document.body;
    where.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
  }
}
"""


@dataclass(frozen=True, slots=True)
class NewTill:
    """A terminal that nobody works at yet."""

    merchant_id: str
    client_id: str
    code: str
    """By which a browser becomes it; good once."""


def new_till(system: System, folder: Path) -> NewTill:
    """A merchant and a terminal of its own, so that tests share no book and no keys."""
    keys = folder / "till.jwks.json"
    keys.write_text(json.dumps({"keys": [DeviceKey.generate().public_jwk()]}))
    merchant = str(command(system, "add-merchant", "--name", PHARMACY)["merchant_id"])
    allowed = ("--purposes", "02121,01301", "--scopes", "card.decode,settlement")
    made = command(system, "add-terminal", "--merchant", merchant, *allowed, "--jwks", str(keys))
    client = str(made["client_id"])
    return NewTill(merchant, client, code_of(system, client))


def enrolled(page: Page, till: NewTill) -> None:
    """Let a browser that reads English become a till."""
    page.goto("/terminal/")
    page.get_by_label("Enrolment code").fill(till.code)
    page.get_by_role("button", name="Enrol this browser").click()
    expect(page.get_by_text("Online", exact=True)).to_be_visible()


def typed_in(page: Page, text: str) -> None:
    """What a scanner does that is a keyboard: keys as fast as no busy test could send them."""
    page.evaluate(_TYPED, [*text, "Enter"])
