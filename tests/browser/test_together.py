"""The pages meet: what the phone's page shows is read by the cameras of till and desk."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, FilePayload, Page, expect

from launch.system import System
from sandbox.phone.cast import Studio
from sandbox.phone.head import Head
from sandbox.phone.keys import DeviceKey
from tests.browser import held_up
from tests.browser.adopting import adopt, signed_in, telephone
from tests.browser.conftest import Contexts
from tests.browser.desk_ground import desk_ground
from tests.browser.faces import fill, to_the_camera, until_believed
from tests.browser.test_certificates import FOUR, ask_for, downloaded
from tests.browser.tills import PHARMACY, enrolled, new_till, typed_in
from tests.journeys.people import ZHANG

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.timeout(300)]

COLD, COLD_BARCODE = "Heting cold tablets", "2600000002257"
_SLOW_MS = 20_000


@pytest.fixture
def phone(contexts: Contexts, system: System, studio: Studio, head: Head) -> Page:
    """A page of Zhang's phone, which has the card."""
    context: BrowserContext = contexts()
    key = DeviceKey.generate()
    with telephone(system.base_url, key) as telephones:
        tokens = signed_in(telephones, ZHANG, studio.person(head))
    adopt(context, key, tokens)
    return context.new_page()


def test_a_first_visit_ends_with_four_certificates_that_anybody_finds_valid(page: Page) -> None:
    """From nothing: a face, four certificates at once, a file, and the public check of it."""
    page.goto("/m/")
    page.get_by_role("link", name="刷脸登录").click()
    fill(page, ZHANG)
    to_the_camera(page)
    until_believed(page)
    page.get_by_role("button", name="继续").click()
    page.get_by_role("link", name="返回").or_(page.get_by_role("button", name="返回")).click()
    page.get_by_role("link", name="开具证明").click()
    ask_for(page, FOUR)
    page.get_by_role("link", name=re.compile("^查看")).first.click()
    pdf = downloaded(page)

    page.goto("/check")
    file = FilePayload(name="certificate.pdf", mimeType="application/pdf", buffer=pdf)
    page.locator("input[type=file]").set_input_files(file)
    page.locator("form:has(input[type=file]) button").click()
    expect(page.locator(".findings li")).to_have_count(5)
    expect(page.locator(".verdict")).to_have_class(re.compile(r"\byes\b"))


def test_a_till_settles_what_its_camera_read_from_the_phone_and_the_phone_shows_it(
    phone: Page, chromium: Browser, system: System, tmp_path: Path
) -> None:
    phone.goto("/m/card/code?purpose=02121")
    film = tmp_path / "phone.mjpeg"
    with held_up.looking_at(
        chromium, film, base_url=system.base_url, locale="en-GB", viewport=None
    ) as till:
        enrolled(till, new_till(system, tmp_path))
        typed_in(till, COLD_BARCODE)
        till.get_by_label(f"Price of {COLD}").fill("85")
        till.get_by_label(f"Price of {COLD}").press("Tab")
        expect(phone.get_by_alt_text("卡码二维码，给收银员扫描")).to_be_visible()
        film.write_bytes(held_up.of(held_up.screen_of(phone)))
        till.get_by_role("button", name="Scan by camera").click()
        expect(till.get_by_text("张**")).to_be_visible(timeout=_SLOW_MS)
        till.get_by_role("button", name="Work out who pays").click()
        expect(till.get_by_role("heading", name="Line by line")).to_be_visible()
        till.get_by_role("button", name=re.compile("and settle|^Settle")).click()
        expect(till.get_by_role("img", name="Scan to check")).to_be_visible(timeout=_SLOW_MS)

    expect(phone.get_by_role("heading", name="付款完成")).to_be_visible(timeout=_SLOW_MS)
    phone.get_by_role("link", name="查看明细").click()
    expect(phone.get_by_role("main")).to_contain_text(PHARMACY)
    expect(phone.get_by_role("main")).to_contain_text("¥85.00")


def test_who_booked_on_the_phone_is_checked_in_by_the_desks_camera_and_called(
    phone: Page, chromium: Browser, system: System, tmp_path: Path
) -> None:
    film = tmp_path / "phone.mjpeg"
    device = {"base_url": system.base_url, "locale": "zh-CN"}
    with (
        desk_ground(system, tmp_path, "晴川市会合医院") as ground,
        held_up.looking_at(chromium, film, **device) as desk,
    ):
        session = ground.session("TT1", "耳鼻喉科")
        phone.goto(f"/m/booking/sessions/{session}")
        phone.get_by_role("button", name="立即预约").click()
        phone.get_by_role("button", name="出示报到码").click()
        expect(phone.get_by_alt_text("报到二维码", exact=False)).to_be_visible(timeout=_SLOW_MS)
        desk.goto("/desk/#/check-in")
        desk.locator("#code").fill(ground.code())
        desk.locator("#code").press("Enter")
        film.write_bytes(held_up.of(held_up.screen_of(phone)))
        desk.get_by_role("button", name="用摄像头扫码").click()
        expect(desk.locator(".dk-big")).to_have_text(re.compile(r"^\d+ 号$"), timeout=_SLOW_MS)
        expect(phone.get_by_role("heading", name="已报到")).to_be_visible(timeout=_SLOW_MS)
        desk.goto("/desk/#/today")
        desk.get_by_role("link", name=re.compile("耳鼻喉科")).click()
        desk.get_by_label("诊室", exact=True).fill("3 诊室")
        desk.get_by_role("button", name=re.compile("叫下一位")).click()
        called = phone.get_by_role("heading", name="请到 3 诊室 就诊")
        expect(called).to_be_visible(timeout=_SLOW_MS)
        ground.clear()
