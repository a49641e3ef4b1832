"""Booking on a phone, in a real browser before the real system."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from playwright.sync_api import Page, expect

from app.core.clock import SystemClock
from launch.hospital import WALK_IN
from launch.payer import pay_order
from launch.stage import Stage
from sandbox.phone.cast import Studio
from sandbox.phone.head import Head
from sandbox.terminal.scanner import scan_image
from tests.browser.accessible import serious
from tests.browser.booking_ground import Contexts, Ground, Known, china_day
from tests.browser.watching import Watch, everything_fits
from tests.journeys.people import AYNUR, ZHANG

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.timeout(300)]
_SLOW = 20_000.0
"""Milliseconds; a busy machine looks again some seconds later."""
_SCREENS = ("", "/mine", "/waits", "/conduct", "/calendar")


@pytest.fixture(scope="module")
def known() -> Known:
    return {}


@pytest.fixture
def ground(
    stage: Stage, studio: Studio, head: Head, contexts: Contexts, known: Known
) -> Iterator[Ground]:
    with stage.desk() as desk:
        actor = studio.person(head)
        yield Ground(stage=stage, desk=desk, contexts=contexts, actor=actor, known=known)


def hold(page: Page, session: str) -> None:
    page.goto(f"/m/booking/sessions/{session}")
    page.get_by_role("button", name=re.compile("占号")).click()
    page.wait_for_url(re.compile("/booking/appointments/apt_"), timeout=_SLOW)


def pay(ground: Ground, page: Page) -> None:
    """By the card, and what it does not pay at the payment provider, as the phone says."""
    with page.expect_response(re.compile("/payment$"), timeout=_SLOW) as paying:
        page.get_by_role("button", name=re.compile("支付")).click()
    if order := paying.value.json().get("cash_order_id"):
        expect(page.get_by_text("现金部分等待您", exact=False)).to_be_visible(timeout=_SLOW)
        pay_order(ground.stage.portraits.parent, order)
    expect(page.get_by_text("预约成功", exact=False).first).to_be_visible(timeout=_SLOW)


def test_who_books_and_pays_is_checked_in_by_the_code_on_their_phone(ground: Ground) -> None:
    page = ground.phone(AYNUR)
    page.goto("/m/booking")
    page.get_by_role("searchbox").fill("qkyx")  # the pinyin initials of 全科医学科
    expect(page).to_have_url(re.compile("q=qkyx"), timeout=_SLOW)
    expect(page.locator(".session").first).to_contain_text(WALK_IN, timeout=_SLOW)
    page.get_by_role("searchbox").fill(WALK_IN)
    page.locator(".session").first.click()  # at once: what was typed must not call back
    page.get_by_role("button", name=re.compile("占号")).click()
    expect(page.get_by_text("不能续", exact=False)).to_be_visible(timeout=_SLOW)
    expect(page.locator(".left")).to_have_text(re.compile(r"^(9:\d\d|10:00)$"))
    pay(ground, page)
    expect(page.get_by_text("个人账户", exact=True)).to_be_visible(timeout=_SLOW)  # who paid what

    page.get_by_role("button", name="出示报到码").click()
    picture = page.get_by_alt_text("报到二维码", exact=False)
    expect(picture).to_be_visible(timeout=_SLOW)
    attended = ground.desk.check_in(scan_image(page.screenshot()))
    appointment = page.url.split("/")[-2]

    expect(page.get_by_role("heading", name="已报到")).to_be_visible(timeout=_SLOW)
    expect(page.get_by_text(f"{attended['number']} 号", exact=True)).to_be_visible()
    page.reload()
    expect(page.get_by_role("heading", name="已报到")).to_be_visible(timeout=_SLOW)
    ground.desk.served(appointment)  # their time is free for the next test


def test_a_cancellation_in_time_says_that_it_is_free_and_the_fee_goes_back(ground: Ground) -> None:
    session = ground.session("TC1", department="测试取消科", places=3)
    page = ground.phone(ZHANG)
    hold(page, session)
    pay(ground, page)
    expect(page.get_by_text("前取消不收费", exact=False)).to_be_visible()
    with page.expect_download() as downloading:
        page.get_by_role("button", name="下载预约单（PDF）").click()
    assert downloading.value.path().read_bytes().startswith(b"%PDF-")

    page.get_by_role("button", name="取消预约").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_text("现在取消不收费", exact=False)).to_be_visible()
    dialog.get_by_role("button", name="取消预约").click()

    expect(page.get_by_text("已按您的要求取消")).to_be_visible(timeout=_SLOW)
    expect(page.get_by_text("已全额退回", exact=False)).to_be_visible(timeout=_SLOW)


@pytest.mark.long
def test_of_two_phones_one_gets_the_last_place_and_the_other_the_next(ground: Ground) -> None:
    session = ground.session("TC2", department="测试一号科", places=1, ahead=4)
    pages = [ground.phone(ZHANG), ground.phone(AYNUR)]
    for page in pages:
        page.goto(f"/m/booking/sessions/{session}")
        expect(page.get_by_role("button", name=re.compile("占号"))).to_be_visible(timeout=_SLOW)
    for page in pages:
        page.get_by_role("button", name=re.compile("占号")).click(no_wait_after=True)

    first, second = sorted(pages, key=lambda one: "appointments" not in _landed(one))
    expect(first.get_by_text("号已为您留住", exact=False)).to_be_visible(timeout=_SLOW)
    refusal = second.get_by_role("alert")
    expect(refusal).to_contain_text("约满", timeout=_SLOW)

    refusal.get_by_role("link", name="去候补").click()
    second.get_by_role("button", name="开始候补").click()
    expect(second.get_by_text("您排在最前")).to_be_visible(timeout=_SLOW)
    assert serious(second) == []
    first.get_by_role("button", name="放弃占号").click()
    first.get_by_role("dialog").get_by_role("button", name="放弃占号").click()
    expect(first.get_by_text("已按您的要求取消")).to_be_visible(timeout=_SLOW)

    second.get_by_role("button", name="要这个号").click(timeout=_SLOW)
    second.get_by_role("link", name="查看预约").click(timeout=_SLOW)
    expect(second.get_by_text("号已为您留住", exact=False)).to_be_visible(timeout=_SLOW)


def _landed(page: Page) -> str:
    """Where somebody is once they know: at their appointment, or before a refusal."""
    there = page.get_by_role("heading", name="预约详情")
    expect(there.or_(page.get_by_role("alert"))).to_be_visible(timeout=_SLOW)
    return page.url


def test_without_a_network_it_says_so_keeps_what_it_knew_and_goes_on(ground: Ground) -> None:
    session = ground.session("TC3", department="测试断网科", places=2, ahead=5)
    page = ground.phone(AYNUR)
    page.goto(f"/m/booking/sessions/{session}")
    button = page.get_by_role("button", name=re.compile("占号"))
    expect(button).to_be_visible(timeout=_SLOW)

    page.context.set_offline(True)
    button.click()
    expect(page.get_by_role("alert")).to_contain_text("网络不通", timeout=_SLOW)
    expect(page.get_by_text("没有网络", exact=False)).to_be_visible(timeout=_SLOW)
    expect(button).to_be_enabled()

    page.context.set_offline(False)
    expect(page.get_by_text("没有网络", exact=False)).to_be_hidden(timeout=_SLOW)
    button.click()
    expect(page.get_by_text("号已为您留住", exact=False)).to_be_visible(timeout=_SLOW)


def test_in_a_rush_the_phone_shows_rank_and_turn_and_books_with_its_ticket(ground: Ground) -> None:
    session = ground.session("TC4", department="测试抢号科", places=2, ahead=6, opens_in=6)
    opens = SystemClock().now() + timedelta(seconds=8)
    terms = {
        "name": "测试放号",
        "mode": "FIFO",
        "session_ids": [session],
        "tickets_from": (opens - timedelta(seconds=60)).isoformat(),
        "opens_at": opens.isoformat(),
        "closes_at": (opens + timedelta(minutes=10)).isoformat(),
        "admits_per_minute": 60,
    }
    release = ground.desk.write("/v1/hospital/releases", terms, key="browser-rush").json()["id"]
    page = ground.phone(ZHANG)
    page.goto(f"/m/booking/releases/{release}")
    page.get_by_role("button", name="取排队号").click()
    expect(page.get_by_role("main")).to_contain_text("我的排位", timeout=_SLOW)
    expect(page.locator(".bk-big").first).to_have_text("1")
    assert serious(page) == []
    page.reload()  # the ticket is not lost
    expect(page.get_by_text("轮到您了", exact=True)).to_be_visible(timeout=_SLOW)

    page.locator("a.session").click()
    page.get_by_role("button", name=re.compile("占号")).click()
    expect(page.get_by_text("号已为您留住", exact=False)).to_be_visible(timeout=_SLOW)


@pytest.mark.long
@pytest.mark.parametrize(
    ("locale", "width", "large"),
    [("zh-CN", 320, "no"), ("en-GB", 320, "no"), ("zh-CN", 375, "yes"), ("en-GB", 375, "yes")],
)
def test_every_screen_fits_small_telephones_and_large_type(
    ground: Ground, watch: Watch, locale: str, width: int, large: str
) -> None:
    page = ground.phone(AYNUR, width=width, height=568, locale=locale)
    page.add_init_script(f"localStorage.setItem('zero-run.large', '{large}')")
    for screen in _SCREENS:
        page.goto(f"/m/booking{screen}")
        page.wait_for_load_state("networkidle")
        assert everything_fits(page), screen
    day = china_day(1).isoformat()
    page.goto(f"/m/booking?day={day}&half=morning")
    page.locator("a.session").first.click()
    expect(page.locator(".times")).to_be_visible(timeout=_SLOW)
    assert everything_fits(page)
    assert not [line for line in watch.lines if "990101" in line or "DPoP" in line]
