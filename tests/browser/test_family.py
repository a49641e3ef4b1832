"""A family on two phones: who may use whose card, until it is ended; and a card reported lost."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from launch.shop import Shop
from launch.stage import Stage
from launch.system import System
from sandbox.phone.cast import Studio
from sandbox.phone.head import Head
from sandbox.phone.keys import DeviceKey
from sandbox.phone.session import Claim
from tests.browser.accessible import serious
from tests.browser.adopting import adopt, signed_in, telephone
from tests.browser.conftest import Contexts
from tests.browser.test_card import PHARMACY, scanned
from tests.browser.watching import everything_fits
from tests.journeys.people import AYNUR, ZHANG

pytestmark = [
    pytest.mark.browser,
    pytest.mark.long,
    pytest.mark.model,
    pytest.mark.timeout(300),
]

Phones = Callable[[Claim], Page]
_SLOW_MS = 20_000
_CODE = "卡码二维码，给收银员扫描"


@pytest.fixture
def phones(contexts: Contexts, system: System, studio: Studio, head: Head) -> Phones:
    """Pages of phones that are signed in and have a card."""

    def handed(claim: Claim) -> Page:
        context, key = contexts(), DeviceKey.generate()
        with telephone(system.base_url, key) as phone:
            tokens = signed_in(phone, claim, studio.person(head))
        adopt(context, key, tokens)
        return context.new_page()

    return handed


def everybody_can_use(page: Page) -> None:
    assert serious(page) == []
    assert everything_fits(page)


def offer(page: Page, to: Claim) -> None:
    page.goto("/m/family/new/mandate")
    page.get_by_label("姓名").fill(to.name)
    page.get_by_label("身份证号码").fill(to.citizen_number)
    for name in ("药店购药", "药店"):
        box = page.get_by_role("checkbox", name=re.compile(f"{name}$"))  # behind its sign
        if not box.is_checked():
            box.click()
    page.get_by_label("单次限额（元）").fill("600")
    page.get_by_label("每年限额（元）").fill("2000")
    page.get_by_role("button", name="刷脸确认").click()
    expect(page.get_by_role("status").get_by_text("待对方同意")).to_be_visible(timeout=_SLOW_MS)


def test_a_card_is_lent_used_and_taken_back_on_two_phones(phones: Phones, stage: Stage) -> None:
    mine, theirs = phones(ZHANG), phones(AYNUR)
    offer(mine, AYNUR)
    everybody_can_use(mine)

    theirs.goto("/m/family")
    theirs.locator(".van-cell--clickable").first.click()
    theirs.get_by_role("button", name="刷脸同意").click()
    expect(theirs.get_by_role("status").get_by_text("生效中")).to_be_visible(timeout=_SLOW_MS)
    everybody_can_use(theirs)
    theirs.get_by_role("button", name="的卡码").click()
    expect(theirs.get_by_alt_text(_CODE)).to_be_visible(timeout=_SLOW_MS)
    with stage.terminal() as till:
        shop = Shop(till)
        shop.settle(shop.quote(till.decode(scanned(theirs), PHARMACY).presence_token))

    mine.goto("/m/card/purchases")
    mine.locator(".van-cell--clickable").first.click()
    expect(mine.get_by_role("heading", name="谁付了多少")).to_be_visible()
    everybody_can_use(mine)
    mine.goto("/m/family")
    mine.locator(".van-cell--clickable").first.click()
    mine.get_by_role("button", name="立即撤销").click()
    mine.get_by_role("dialog").get_by_role("button", name="立即撤销").click()
    expect(mine.get_by_role("status").get_by_text("已撤销")).to_be_visible(timeout=_SLOW_MS)


def test_a_card_reported_lost_in_two_taps_is_applied_for_again(phones: Phones) -> None:
    page = phones(AYNUR)
    page.goto("/m/card")
    page.get_by_role("button", name="挂失").click()
    everybody_can_use(page)
    page.get_by_role("button", name="立即挂失").click()
    expect(page.get_by_role("status").get_by_text("已挂失")).to_be_visible(timeout=_SLOW_MS)
    everybody_can_use(page)

    page.get_by_role("button", name="刷脸重新申领").click()  # the face is fresh enough
    expect(page.get_by_role("status").get_by_text("正常使用")).to_be_visible(timeout=_SLOW_MS)


def test_nobody_is_kept_out_of_a_session_and_an_appointment(phones: Phones) -> None:
    page = phones(AYNUR)
    page.goto("/m/booking")
    page.locator(".session").nth(2).click()
    page.locator(".times").wait_for()
    everybody_can_use(page)
    page.locator(".van-button--primary").last.click()
    page.wait_for_url("**/booking/appointments/apt_*", timeout=_SLOW_MS)
    page.locator(".left").wait_for()
    everybody_can_use(page)
    page.get_by_role("button", name="放弃占号").click()
    page.get_by_role("dialog").get_by_role("button", name="放弃占号").click()
    page.locator(".left").wait_for(state="detached", timeout=_SLOW_MS)
