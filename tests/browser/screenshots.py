"""Pictures of every main screen for README and docs, of the running system with real data.

Not a test by its name: `make screenshots` asks for it. Look at each before it is committed.
"""

from __future__ import annotations

from pathlib import Path

import pytest
from playwright.sync_api import BrowserContext, Page

from launch import steps
from launch.bootstrap import CHECKOUT
from launch.system import System
from sandbox.phone.cast import Studio
from sandbox.phone.head import Head
from sandbox.phone.keys import DeviceKey
from tests.browser.adopting import adopt, signed_in, telephone
from tests.browser.conftest import Contexts
from tests.browser.operators import enrolment_code
from tests.browser.test_ops import ALL
from tests.journeys.people import ZHANG

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.timeout(600)]

PICTURES = CHECKOUT / "docs" / "images" / "screens"
LANGUAGES = {"zh": "zh-CN", "en": "en-GB"}
OPEN = {"home": "/m/", "check": "/check"}
"""For anybody."""
SIGNED_IN = {
    "identity": "/m/face",
    "certificates": "/m/certificates",
    "card": "/m/card",
    "booking": "/m/booking",
    "accesses": "/m/accesses",
    "family": "/m/family",
    "settings": "/m/settings",
}
_SETTLED_MS = 1200


@pytest.fixture(params=LANGUAGES)
def device(request: pytest.FixtureRequest, contexts: Contexts) -> tuple[str, BrowserContext]:
    """A telephone of 375 by 812, and what its language is called in the names of files."""
    return request.param, contexts(locale=LANGUAGES[request.param])


def taken(page: Page, name: str, language: str) -> None:
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(_SETTLED_MS)
    PICTURES.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=PICTURES / f"{name}-{language}.png", animations="disabled")


def test_screens_for_anybody(device: tuple[str, BrowserContext]) -> None:
    language, context = device
    page = context.new_page()
    for name, address in OPEN.items():
        page.goto(address)
        taken(page, name, language)


def test_screens_of_a_citizen(
    device: tuple[str, BrowserContext], system: System, studio: Studio, head: Head
) -> None:
    language, context = device
    key = DeviceKey.generate()
    with telephone(system.base_url, key) as phone:
        tokens = signed_in(phone, ZHANG, studio.person(head))
        steps.get_certificate(phone)
    adopt(context, key, tokens)
    page = context.new_page()
    for name, address in SIGNED_IN.items():
        page.goto(address)
        if page.url.endswith(address):  # no area of this name answers otherwise
            taken(page, name, language)


def test_screens_of_operators(
    device: tuple[str, BrowserContext], system: System, tmp_path: Path
) -> None:
    language, context = device
    page = context.new_page()
    page.goto("/ops/")
    taken(page, "ops-enrolment", language)
    page.locator("#code").fill(enrolment_code(system, tmp_path, *ALL))
    page.locator("#code").press("Enter")
    page.locator(".panels").wait_for()
    taken(page, "ops", language)


@pytest.mark.parametrize("counter", ["terminal", "desk"])
def test_screens_of_counters(device: tuple[str, BrowserContext], counter: str) -> None:
    language, context = device
    page = context.new_page()
    page.goto(f"/{counter}/")
    taken(page, counter, language)
