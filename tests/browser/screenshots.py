"""Pictures of every main screen for README and docs, of the running system with real data.

Not a test by its name: `make screenshots` asks for it. Look at each before it is committed.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
from PIL import Image
from playwright.sync_api import BrowserContext, Page

from launch.bootstrap import CHECKOUT
from launch.shop import Shop
from launch.stage import Stage
from launch.system import System
from sandbox.phone.cast import Studio
from sandbox.phone.client import Phone
from sandbox.phone.head import Head
from sandbox.phone.keys import DeviceKey
from sandbox.terminal.scanner import scan
from tests.browser.adopting import adopt, signed_in, telephone
from tests.browser.conftest import Contexts
from tests.browser.desk_ground import booked, desk_ground, shown
from tests.browser.operators import enrolment_code
from tests.browser.test_card import PHARMACY, scanned
from tests.browser.test_ops import ALL
from tests.browser.tills import new_till, typed_in
from tests.journeys.people import AYNUR, ZHANG

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.timeout(600)]

PICTURES: Final = CHECKOUT / "docs" / "images" / "screens"
LANGUAGES: Final = {"zh": "zh-CN", "en": "en-GB"}
HOSPITALS: Final = {"zh": "晴川市口腔医院", "en": "晴川市第二医院"}
"""One each: a picture shows no other's sessions."""
OPEN: Final = {"home": "/m/", "check": "/check"}
"""For anybody."""
SIGNED_IN: Final = {
    "home-signed-in": "/m/",
    "identity": "/m/identity",
    "certificates": "/m/certificates",
    "card": "/m/card",
    "purchases": "/m/card/purchases",
    "booking": "/m/booking",
    "booking-mine": "/m/booking/mine",
    "accesses": "/m/accesses",
    "family": "/m/family",
    "settings": "/m/settings",
}
FOUR: Final = (1, 3, 4, 5)
"""Household, marriage, housing fund, business licence: the person has them all."""
_SETTLED_MS: Final = 1200
_SLOW_MS: Final = 60_000
_GO: Final = ".van-button--primary"
_VEILED: Final = "document.querySelector('video').style.filter = 'blur(24px)'"
"""No picture of a face is published."""


@dataclass(frozen=True, kw_only=True)
class Device:
    """A telephone of 375 by 812, and what its language is called in the names of files."""

    language: str
    context: BrowserContext

    def take(self, page: Page, name: str, *, at_once: bool = False) -> None:
        """Picture what is on the screen: when it is at rest, or at once."""
        if not at_once:
            page.wait_for_load_state("networkidle")
            page.wait_for_timeout(_SETTLED_MS)
        PICTURES.mkdir(parents=True, exist_ok=True)
        path: Path = PICTURES / f"{name}-{self.language}.png"
        page.screenshot(path=path, animations="disabled")
        # A third of the size, and no difference to the eye.
        Image.open(path).convert("RGB").quantize(256).save(path, optimize=True)


@pytest.fixture(params=LANGUAGES)
def device(request: pytest.FixtureRequest, contexts: Contexts) -> Device:
    return Device(language=request.param, context=contexts(locale=LANGUAGES[request.param]))


@pytest.fixture
def citizen(device: Device, system: System, studio: Studio, head: Head) -> Page:
    """A page of somebody who is signed in and has the card on the telephone."""
    key = DeviceKey.generate()
    with telephone(system.base_url, key) as phone:
        tokens = signed_in(phone, ZHANG, studio.person(head))
    adopt(device.context, key, tokens)
    return device.context.new_page()


def test_screens_for_anybody(device: Device) -> None:
    page = device.context.new_page()
    for name, address in OPEN.items():
        page.goto(address)
        device.take(page, name)


def test_screens_of_the_face(device: Device) -> None:
    page = device.context.new_page()
    page.goto("/m/face")
    page.locator("input").nth(0).fill(AYNUR.name)
    page.locator("input").nth(1).fill(AYNUR.citizen_number)
    page.get_by_role("checkbox").last.click()
    page.evaluate("scrollTo(0, 0)")
    device.take(page, "face")
    page.locator(_GO).click()
    begin = page.locator(".film " + _GO)
    begin.wait_for(timeout=_SLOW_MS)
    page.evaluate(_VEILED)
    device.take(page, "face-camera")
    begin.click()
    page.locator("[data-step]:not([data-step=baseline]):not([data-step=light])").first.wait_for(
        timeout=_SLOW_MS
    )
    device.take(page, "face-step", at_once=True)
    page.locator(".lamp:not([hidden])").wait_for(timeout=_SLOW_MS)
    page.wait_for_timeout(_SETTLED_MS)
    device.take(page, "face-light", at_once=True)


def test_screens_of_certificates_and_card(device: Device, citizen: Page, stage: Stage) -> None:
    _ask_for_certificates(device, citizen)
    _buy(device, citizen, stage)
    for name, address in SIGNED_IN.items():
        citizen.goto(address)
        device.take(citizen, name)
    citizen.goto("/m/booking")
    # Nobody has two places of one session.
    citizen.locator(".session").nth(list(LANGUAGES).index(device.language)).click()
    device.take(citizen, "booking-session")
    citizen.locator(_GO).last.click()
    citizen.wait_for_url("**/booking/appointments/apt_*", timeout=_SLOW_MS)
    device.take(citizen, "booking-hold")


def _ask_for_certificates(device: Device, page: Page) -> None:
    page.goto("/m/certificates/new")
    boxes = page.get_by_role("checkbox")
    boxes.first.wait_for()
    for chosen in FOUR:
        boxes.nth(chosen).click()
    device.take(page, "certificates-new")
    page.locator(_GO).click()
    page.wait_for_url("**/certificates/batches/*")
    ready = page.get_by_role("main").locator("a")
    ready.nth(len(FOUR) - 1).wait_for(timeout=_SLOW_MS)
    device.take(page, "certificates-batch")
    ready.first.click()
    device.take(page, "certificate")


def _buy(device: Device, page: Page, stage: Stage) -> None:
    page.goto(f"/m/card/code?purpose={PHARMACY}")
    page.locator("img").first.wait_for(timeout=_SLOW_MS)
    device.take(page, "card-code")
    with stage.terminal() as till:
        shop = Shop(till)
        shop.settle(shop.quote(till.decode(scanned(page), PHARMACY).presence_token))
    page.goto("/m/card/purchases")
    page.locator(".van-cell--clickable").first.click()
    device.take(page, "purchase")


def test_screens_of_operators(device: Device, system: System, tmp_path: Path) -> None:
    page = device.context.new_page()
    page.goto("/ops/")
    device.take(page, "ops-enrolment")
    page.locator("#code").fill(enrolment_code(system, tmp_path, *ALL))
    page.locator("#code").press("Enter")
    page.locator(".panels").wait_for()
    device.take(page, "ops")


@pytest.mark.parametrize("page_of", ["terminal", "desk"])
def test_screens_of_counters(device: Device, page_of: str) -> None:
    page = device.context.new_page()
    page.goto(f"/{page_of}/")
    device.take(page, f"{page_of}-enrolment")


@pytest.fixture
def counter(device: Device, contexts: Contexts) -> Device:
    """The screen of a counter, in the same language."""
    wide = contexts(locale=LANGUAGES[device.language], width=1024, height=768, touch=False)
    return Device(language=device.language, context=wide)


@pytest.fixture
def customer(system: System, studio: Studio, head: Head) -> Iterator[Phone]:
    with telephone(system.base_url, DeviceKey.generate()) as phone:
        signed_in(phone, ZHANG, studio.person(head))
        yield phone


def test_screens_of_a_till(
    counter: Device, system: System, customer: Phone, tmp_path: Path
) -> None:
    page = counter.context.new_page()
    page.goto("/terminal/")
    page.locator("#code").fill(new_till(system, tmp_path).code)
    page.locator("#code").press("Enter")
    page.locator(".sale").wait_for()
    typed_in(page, "2600000002257")
    page.locator(".price input").fill("85")
    page.locator(".price input").press("Tab")
    typed_in(page, scan(customer.card_code(PHARMACY).qr_svg))
    page.locator(".pay .act.main:enabled").click()
    page.locator(".line-split").first.wait_for()
    counter.take(page, "till")
    page.locator(".pay .act.main").click()
    page.locator(".slip .qr").wait_for()
    counter.take(page, "till-receipt")


def test_screens_of_a_desk(
    counter: Device, system: System, studio: Studio, head: Head, tmp_path: Path
) -> None:
    page = counter.context.new_page()
    with (
        telephone(system.base_url, DeviceKey.generate()) as patient,
        desk_ground(system, tmp_path, HOSPITALS[counter.language]) as ground,
    ):
        signed_in(patient, AYNUR, studio.person(head))
        session = ground.session("PD1", "口腔科", places=9)
        ground.session("PD2", "正畸科", places=6)
        booked(patient, session)
        page.goto("/desk/")
        page.locator("#code").fill(ground.code())
        page.locator("#code").press("Enter")
        page.locator("nav.places").wait_for()
        ground.his.check_in(shown(patient))
        page.goto("/desk/#/today")
        page.reload()
        counter.take(page, "desk")
        page.goto(f"/desk/#/today/{session}")
        counter.take(page, "desk-line")
        ground.clear()
