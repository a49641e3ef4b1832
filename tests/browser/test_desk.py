"""The hospital's desk in a real browser before the real system."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, ViewportSize, expect

from app.core.clock import SystemClock
from launch.payer import pay_order
from launch.system import System
from sandbox.phone.cast import Studio
from sandbox.phone.client import Phone
from sandbox.phone.head import Head
from sandbox.phone.keys import DeviceKey
from sandbox.phone.session import Actor, Claim
from tests.browser import held_up
from tests.browser.accessible import serious
from tests.browser.adopting import signed_in, telephone
from tests.browser.booking_ground import china_day
from tests.browser.conftest import Contexts
from tests.browser.desk_ground import ROOM, DeskGround, booked, desk_ground, shown
from tests.browser.operators import code_of
from tests.browser.watching import Watch, everything_fits
from tests.journeys.people import AYNUR, ZHANG, ZHOU

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.timeout(300)]
_SLOW = 20_000.0
"""Milliseconds; a busy machine looks again some seconds later."""
_FRESH_SECONDS = 240.0
_SCREENS = ("today", "check-in", "window", "stop", "add")
Phones = Callable[[Claim], Phone]
WIDE: ViewportSize = {"width": 1280, "height": 800}


@pytest.fixture(scope="module")
def actor(studio: Studio, head: Head) -> Actor:
    return studio.person(head)


@pytest.fixture(scope="module")
def phones(system: System, actor: Actor) -> Iterator[Phones]:
    """Phones of verified people with cards; verified anew when their tokens are about to end."""
    known: dict[str, tuple[float, Phone]] = {}
    with ExitStack() as closing:

        def handed(claim: Claim) -> Phone:
            since, phone = known.get(claim.citizen_number, (0.0, None))
            if phone is None or time.monotonic() - since > _FRESH_SECONDS:
                since = time.monotonic()
                phone = closing.enter_context(telephone(system.base_url, DeviceKey.generate()))
                signed_in(phone, claim, actor)
                known[claim.citizen_number] = since, phone
            return phone

        yield handed


@pytest.fixture(scope="module")
def hospital(system: System, tmp_path_factory: pytest.TempPathFactory) -> Iterator[DeskGround]:
    """A hospital of these tests alone."""
    with desk_ground(system, tmp_path_factory.mktemp("hospital"), "晴川市测试医院") as made:
        yield made


@pytest.fixture
def ground(hospital: DeskGround) -> Iterator[DeskGround]:
    yield hospital
    hospital.clear()


@pytest.fixture(scope="module")
def browsers(
    chromium: Browser, system: System, hospital: DeskGround
) -> Iterator[list[BrowserContext]]:
    """Two browsers that were enrolled by a code each; a terminal has five keys at most."""
    made = []
    for _ in range(2):
        context = chromium.new_context(
            base_url=system.base_url, viewport=WIDE, locale="zh-CN", timezone_id="Asia/Shanghai"
        )
        made.append(context)
        page = context.new_page()
        page.goto("/desk/")
        enrol(page, hospital.code())
        page.close()
    yield made
    for context in made:
        context.close()


@pytest.fixture
def desks(browsers: list[BrowserContext]) -> Iterator[list[Page]]:
    """A page of each, watched."""
    watching = Watch()
    for context in browsers:
        watching.over(context)
    pages = [context.new_page() for context in browsers]
    for page in pages:
        page.set_viewport_size(WIDE)
        page.goto("/desk/")
    yield pages
    for page in pages:
        page.close()
    assert watching.troubles == []
    assert not [line for line in watching.lines if "990101" in line or "DPoP" in line]


@pytest.fixture
def desk(desks: list[Page]) -> Page:
    return desks[0]


def enrol(page: Page, code: str) -> None:
    page.locator("#code").fill(code)
    page.locator("#code").press("Enter")
    expect(page.locator("nav.places")).to_be_visible(timeout=_SLOW)


def at(page: Page, place: str) -> Page:
    page.goto(f"/desk/#/{place}")
    return page


def check_in(page: Page, code: str) -> None:
    page.goto("/desk/#/check-in")
    page.get_by_label("码上的 18 位数字").fill(code)
    page.get_by_role("button", name="确认", exact=True).click()


def to_line(page: Page, department: str) -> None:
    page.goto("/desk/#/today")
    page.get_by_role("link", name=re.compile(department)).click()
    page.get_by_label("诊室", exact=True).fill(ROOM)


def called(booking: Mapping[str, Any]) -> re.Pattern[str]:
    """What a desk says of whom it has just called; names are masked."""
    return re.compile(rf"^请 {booking['number']} 号 \S*\*\S* 到 {ROOM}$")


def paid(phone: Phone, session: str, var: Path) -> str:
    """A place that costs something, taken and paid on a phone; the id of the appointment."""
    held = phone._post("/v1/appointments", {"session_id": session, "consent": "none"})
    order = phone.pay_fee(str(held["id"])).cash_order_id
    if order is not None:
        pay_order(var, order)
    until(lambda: fee_of(phone, str(held["id"])) == "PAID")
    return str(held["id"])


def fee_of(phone: Phone, visit: str) -> str:
    return str(phone._get(f"/v1/appointments/{visit}")["fee_status"])


def too_early() -> bool:
    """Whether a session at ten to midnight does not take arrivals yet: two hours before it does."""
    return f"{SystemClock().now() + timedelta(hours=8):%H:%M}" < "21:49"


def until(holds: Callable[[], bool]) -> None:
    """Wait for what becomes true by itself."""
    ends = time.monotonic() + _SLOW / 1000
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.2)


def call_next(page: Page) -> None:
    page.get_by_role("button", name=re.compile("叫下一位")).click()


def test_patients_are_checked_in_by_typed_and_by_scanned_codes(
    desk: Page, ground: DeskGround, phones: Phones
) -> None:
    session = ground.session("TD1", "心血管内科")
    zhang, aynur = phones(ZHANG), phones(AYNUR)
    first, second = booked(zhang, session), booked(aynur, session)
    pairs = ((zhang, first), (aynur, second))
    page = desk
    page.reload()  # it signs in by itself
    row = page.get_by_role("link", name=re.compile("心血管内科"))
    expect(row).to_contain_text(re.compile(r"2\s*待报到"), timeout=_SLOW)

    check_in(page, " ".join(re.findall("....|..", shown(zhang))))
    expect(page.get_by_role("heading", name="✓ 已报到")).to_be_visible(timeout=_SLOW)
    expect(page.locator(".dk-big")).to_have_text(f"{first['number']} 号")
    page.goto("/desk/#/today")
    page.get_by_role("heading", name="今日出诊").click()
    page.keyboard.type(shown(aynur))  # a hand scanner, on whatever screen
    page.keyboard.press("Enter")
    expect(page.locator(".dk-big")).to_have_text(f"{second['number']} 号", timeout=_SLOW)
    page.reload()
    expect(page.get_by_text("刚才报到的")).to_be_visible()
    assert [phone.appointment(one["id"]).status for phone, one in pairs] == ["ARRIVED", "ARRIVED"]


def test_a_patient_is_called_called_again_passed_over_and_seen(
    desk: Page, ground: DeskGround, phones: Phones
) -> None:
    session = ground.session("TD0", "内分泌科")
    zhang, aynur = phones(ZHANG), phones(AYNUR)
    first, second = booked(zhang, session), booked(aynur, session)
    for phone in (zhang, aynur):
        ground.his.check_in(shown(phone))
    page = desk
    to_line(page, "内分泌科")
    expect(page.get_by_label("候诊").get_by_role("listitem")).to_have_count(2, timeout=_SLOW)
    call_next(page)
    expect(page.locator(".told")).to_have_text(called(first), timeout=_SLOW)
    seen = zhang._get(f"/v1/appointments/{first['id']}")
    assert (seen["status"], seen["room"]) == ("ARRIVED", ROOM)
    page.get_by_role("button", name="再叫一次").click()
    expect(page.get_by_text("叫了 2 次")).to_be_visible(timeout=_SLOW)
    page.get_by_role("button", name=re.compile("过号")).click()
    expect(page.get_by_text(f"{first['number']} 号已过号", exact=False)).to_be_visible()
    call_next(page)
    expect(page.locator(".told")).to_have_text(called(second), timeout=_SLOW)
    page.get_by_role("button", name=re.compile("已就诊")).click()
    expect(page.get_by_text(f"{second['number']} 号已就诊。")).to_be_visible(timeout=_SLOW)
    page.reload()
    expect(page.get_by_label("诊室", exact=True)).to_have_value(ROOM)
    expect(page.get_by_label("已就诊").get_by_role("listitem")).to_have_count(1, timeout=_SLOW)
    assert aynur.appointment(second["id"]).status == "FULFILLED"
    assert serious(page) == []


def test_two_desks_that_call_at_once_call_two_people(
    desks: list[Page], ground: DeskGround, phones: Phones
) -> None:
    session = ground.session("TD2", "呼吸内科")
    for claim in (ZHANG, AYNUR):
        booked(phones(claim), session)
        ground.his.check_in(shown(phones(claim)))
    for page in desks:
        to_line(page, "呼吸内科")
        expect(page.get_by_label("候诊").get_by_role("listitem")).to_have_count(2, timeout=_SLOW)
    for page in desks:
        page.get_by_role("button", name=re.compile("叫下一位")).click(no_wait_after=True)
    told = []
    for page in desks:
        expect(page.locator(".told")).to_be_visible(timeout=_SLOW)
        told.append(page.locator(".told").inner_text())
    assert sorted(one.split(" ")[1] for one in told) == ["1", "2"]

    call_next(desks[0])
    expect(desks[0].get_by_role("alert")).to_contain_text("没有等候叫号的人", timeout=_SLOW)
    expect(desks[0].get_by_role("alert")).to_contain_text("等有人报到后再叫")


def test_a_lost_answer_is_asked_for_after_a_reload_and_calls_nobody_else(
    desk: Page, ground: DeskGround, phones: Phones
) -> None:
    session = ground.session("TD3", "消化内科")
    for claim in (ZHANG, AYNUR):
        booked(phones(claim), session)
        ground.his.check_in(shown(phones(claim)))
    page = desk
    to_line(page, "消化内科")

    def lose(route: Route) -> None:
        route.fetch()  # the server has answered
        route.abort()

    page.route(re.compile("/calls$"), lose)
    call_next(page)
    expect(page.get_by_role("alert")).to_contain_text("网络不通", timeout=_SLOW)
    expect(page.get_by_text("有操作没有收到回答")).to_be_visible()
    page.unroute(re.compile("/calls$"))
    page.reload()
    page.get_by_role("button", name="再问一次").click(timeout=_SLOW)
    expect(page.get_by_text("有回答了：已经生效。")).to_be_visible(timeout=_SLOW)
    expect(page.get_by_text("有操作没有收到回答")).to_be_hidden()

    items = ground.his._call("GET", f"/v1/hospital/sessions/{session}/appointments").json()["items"]
    assert [(one["calls"], one.get("room")) for one in items] == [(1, ROOM), (0, None)]


@pytest.mark.long
def test_refusals_say_what_to_do(desk: Page, ground: DeskGround, phones: Phones) -> None:
    evening: dict[str, Any] = {"starts": "23:50", "ends": "23:58", "half_day": "evening"}
    booked(phones(ZHOU), ground.session("TD4", "皮肤科", **evening))
    page = desk
    check_in(page, "12345")
    expect(page.get_by_role("alert")).to_contain_text("这不是报到码")
    check_in(page, "281234567890123456")
    expect(page.get_by_role("alert")).to_contain_text("请患者刷新，出示新的码再扫", timeout=_SLOW)
    check_in(page, shown(phones(ZHANG)))
    expect(page.get_by_role("alert")).to_contain_text("今天在本院没有预约", timeout=_SLOW)
    page.get_by_role("link", name="现场挂号").last.click()
    expect(page.get_by_text("今天没有窗口号可挂")).to_be_visible(timeout=_SLOW)

    used = shown(phones(ZHOU))
    check_in(page, used)
    if too_early():
        expect(page.get_by_role("alert")).to_contain_text("还没到签到时间", timeout=_SLOW)
        expect(page.get_by_role("alert")).to_contain_text("起可以报到")
    else:
        expect(page.get_by_role("heading", name="✓ 已报到")).to_be_visible(timeout=_SLOW)
    check_in(page, used)
    expect(page.get_by_role("alert")).to_contain_text("码用过了", timeout=_SLOW)


def test_stopping_moves_who_consented_and_tells_of_each(
    desk: Page, ground: DeskGround, phones: Phones
) -> None:
    session = ground.session("TD5", "骨科", ahead=3)
    ground.session("TD5b", "骨科", ahead=4, of="TD5")
    zhang, aynur = phones(ZHANG), phones(AYNUR)
    moved, ended = booked(zhang, session, "same_doctor"), booked(aynur, session)
    page = at(desk, "stop")
    page.get_by_label("日期").fill(china_day(3).isoformat())
    page.get_by_label(re.compile("骨科")).check(timeout=_SLOW)
    page.get_by_label("原因").select_option("equipment")
    page.get_by_role("button", name="看看影响").click()
    expect(page.get_by_text("共影响 2 人")).to_be_visible(timeout=_SLOW)
    expect(page.get_by_text("改到别的号 1 · 取消并退费 1", exact=False)).to_be_visible()
    assert zhang.appointment(moved["id"]).status == "BOOKED"  # nothing was done

    page.get_by_role("button", name="确认停诊").click()
    page.get_by_role("dialog").get_by_role("button", name="确认停诊").click()
    day = china_day(4).isoformat()[5:]
    told = page.locator(".outcome")
    expect(told).to_have_text(
        [f"1 号改到 {day} 14:00", "2 号已取消，退 ¥0.00"], timeout=_SLOW, use_inner_text=False
    )
    page.reload()
    expect(told).to_have_count(2, timeout=_SLOW)
    assert zhang.appointment(moved["id"]).status == "RESCHEDULED"
    assert aynur.appointment(ended["id"]).status == "CANCELLED_HOSPITAL"
    assert serious(page) == []


@pytest.mark.long
def test_stopping_gives_back_what_was_paid(
    desk: Page, ground: DeskGround, phones: Phones, system: System
) -> None:
    session, phone = ground.session("TD12", "康复科", ahead=3, fee=500), phones(ZHANG)
    visit = paid(phone, session, system.var)
    page = at(desk, "stop")
    page.get_by_label("日期").fill(china_day(3).isoformat())
    page.get_by_label(re.compile("康复科")).check(timeout=_SLOW)
    page.get_by_role("button", name="看看影响").click()
    expect(page.get_by_text("¥5.00", exact=False)).to_be_visible(timeout=_SLOW)
    page.get_by_role("button", name="确认停诊").click()
    page.get_by_role("dialog").get_by_role("button", name="确认停诊").click()
    expect(page.locator(".outcome")).to_have_text(["1 号已取消，退 ¥5.00"], timeout=_SLOW)
    until(lambda: fee_of(phone, visit) == "RETURNED")


@pytest.mark.long
def test_an_added_session_and_added_places_appear_on_phones(
    desk: Page, ground: DeskGround, phones: Phones
) -> None:
    ground.session("TD6", "眼科加诊", ahead=2, places=1)
    page = at(desk, "add")
    page.get_by_label("日期", exact=True).fill(china_day(2).isoformat())
    page.get_by_label(re.compile("眼科加诊")).check(timeout=_SLOW)
    page.get_by_label("新的日期").fill(china_day(5).isoformat())
    page.get_by_label("手机预约的号").fill("7")
    page.reload()  # what was typed stays
    expect(page.get_by_label("手机预约的号")).to_have_value("7", timeout=_SLOW)
    page.get_by_role("button", name="核对").click()
    expect(page.get_by_text("可以加：眼科加诊 苏合香", exact=False)).to_be_visible(timeout=_SLOW)
    assert len(phones(ZHANG).find_sessions(q="眼科加诊")) == 1
    page.get_by_role("button", name="确认加诊").click()
    expect(page.get_by_text("已加：眼科加诊", exact=False)).to_be_visible(timeout=_SLOW)
    old, new = phones(ZHANG).find_sessions(q="眼科加诊")
    assert (old.free, new.free, new.starts_at[:10]) == (1, 7, china_day(5).isoformat())

    page.get_by_role("button", name="再加一场").click()
    page.get_by_role("button", name="给这场加号").click()
    page.get_by_label(re.compile("眼科加诊")).check(timeout=_SLOW)
    page.get_by_label("号源渠道").select_option("app")
    page.get_by_label("加几个号").fill("3")
    page.get_by_role("button", name="核对").click()
    page.get_by_role("button", name="确认加号").click(timeout=_SLOW)
    # What is to be added was told before; only this says that it was.
    added = page.get_by_text(re.compile("已加：.*手机预约加 3 个号"))
    expect(added).to_be_visible(timeout=_SLOW)
    assert [one.free for one in phones(ZHANG).find_sessions(q="眼科加诊")] == [4, 7]


@pytest.mark.long
def test_whoever_comes_without_a_booking_gets_a_place_of_the_window(
    desk: Page, ground: DeskGround, phones: Phones
) -> None:
    pools = [{"channel": "app", "size": 1}, {"channel": "window", "size": 1}]
    ground.session("TD7", "急诊内科", pools=pools)
    page = at(desk, "window")
    page.get_by_label(re.compile("急诊内科")).check(timeout=_SLOW)
    page.get_by_label("码上的 18 位数字").fill(shown(phones(AYNUR)))
    page.get_by_role("button", name="确认", exact=True).click()
    expect(page.get_by_text("本人出示", exact=False)).to_be_visible(timeout=_SLOW)
    page.get_by_role("button", name="挂号并报到").click()
    expect(page.get_by_role("heading", name="✓ 已挂号 并已报到")).to_be_visible(timeout=_SLOW)
    expect(page.locator(".dk-big")).to_have_text("2 号")
    (newest, *_) = phones(AYNUR).appointments()
    assert (newest.department, newest.status, newest.number) == ("急诊内科", "ARRIVED", 2)
    assert serious(page) == []


@pytest.mark.long
def test_the_camera_reads_a_code_shown_on_a_phone(
    chromium: Browser, system: System, ground: DeskGround, phones: Phones, tmp_path: Path
) -> None:
    phone = phones(AYNUR)
    number = booked(phone, ground.session("TD8", "口腔科"))["number"]
    film = tmp_path / "phone.mjpeg"
    film.write_bytes(held_up.of(held_up.printed(shown(phone))))
    with held_up.looking_at(chromium, film, base_url=system.base_url, locale="zh-CN") as page:
        page.goto("/desk/#/check-in")
        enrol(page, ground.code())
        page.get_by_role("button", name="用摄像头扫码").click()
        expect(page.locator(".dk-big")).to_have_text(f"{number} 号", timeout=_SLOW)


@pytest.mark.long
def test_a_code_of_another_kind_and_a_wrong_one_are_refused_in_words(
    contexts: Contexts, system: System
) -> None:
    page = contexts(width=1280, height=800, touch=False).new_page()
    page.goto("/desk/")
    page.locator("#code").fill("12")
    page.locator("#code").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("十个字母和数字")
    page.locator("#code").fill(code_of(system, system.till.client_id))
    page.locator("#code").press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("不是给医院的", timeout=_SLOW)
    assert serious(page) == []


def test_without_a_network_it_says_how_old_things_are_and_goes_on(
    desk: Page, ground: DeskGround
) -> None:
    ground.session("TD9", "耳鼻喉科")
    page = desk
    row = page.get_by_role("link", name=re.compile("耳鼻喉科"))
    expect(row).to_be_visible(timeout=_SLOW)
    page.context.set_offline(True)
    page.get_by_role("button", name="刷新").click()
    expect(page.get_by_text("没有网络。下面是", exact=False)).to_be_visible(timeout=_SLOW)
    expect(row).to_be_visible()
    page.context.set_offline(False)
    expect(page.get_by_text("没有网络。下面是", exact=False)).to_be_hidden(timeout=_SLOW)


@pytest.mark.long
@pytest.mark.parametrize(("language", "large"), [("en", "yes"), ("zh-CN", "yes"), ("zh-CN", "no")])
def test_every_screen_fits_and_keeps_nobody_out(
    desk: Page, ground: DeskGround, language: str, large: str
) -> None:
    session = ground.session(f"TDA-{language}-{large}", "神经内科与康复医学联合门诊")
    page = desk
    kept = {"zero-run.large": large, "zero-run.language": language}
    for name, value in kept.items():
        page.evaluate("([name, value]) => localStorage.setItem(name, value)", [name, value])
    for width in (1280, 375):
        page.set_viewport_size({"width": width, "height": 800})
        for screen in (*_SCREENS, f"today/{session}"):
            page.goto(f"/desk/#/{screen}")
            page.reload()
            page.wait_for_load_state("networkidle")
            assert everything_fits(page), (screen, width)
            assert serious(page) == [], (screen, width)
