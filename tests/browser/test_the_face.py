"""From a face to an identity: the real page, the real API, the real judge."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from launch.stage import Stage
from sandbox.phone.cast import Attack, Studio
from sandbox.phone.head import Head
from sandbox.phone.session import Claim
from tests.browser.camera import VirtualCamera, virtual_studio
from tests.browser.conftest import Contexts
from tests.browser.faces import (
    FILMED_MS,
    fill,
    outcome,
    show_face,
    to_the_camera,
    until_believed,
)
from tests.browser.watching import Watch, everything_fits
from tests.journeys.people import AYNUR, LI, OTHER_FACE, ZHANG, ZHOU

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.timeout(600)]

_STORED = "JSON.stringify([Object.entries(localStorage), Object.entries(sessionStorage)])"
_LAMP = ".lamp:not([hidden])"


def test_a_first_visit_ends_signed_in_with_a_receipt(page: Page, watch: Watch) -> None:
    page.goto("/m/")
    page.get_by_role("link", name="刷脸登录").click()
    fill(page, ZHANG)
    to_the_camera(page)
    until_believed(page)
    page.get_by_role("button", name="继续").click()

    expect(page.get_by_text("核验等级 L3 最高")).to_be_visible()
    expect(page.get_by_role("heading", level=2).first).to_have_text("张*")
    page.get_by_role("button", name="查看").click()
    expect(page.get_by_text("动作和屏幕彩光")).to_be_visible()
    assert everything_fits(page)

    # It is still so after a reload, and nobody else can read who it is.
    page.reload()
    expect(page.get_by_text("核验等级 L3 最高")).to_be_visible()
    kept = page.evaluate(_STORED) + "".join(watch.lines)
    assert ZHANG.citizen_number not in kept
    assert ZHANG.name not in kept

    page.get_by_role("button", name="退出登录").click()
    page.get_by_role("dialog").get_by_role("button", name="退出登录").click()
    expect(page.get_by_role("link", name="刷脸登录")).to_be_visible()


@pytest.mark.long
def test_whoever_cannot_bear_light_signs_in_without_it_and_comes_back_to_the_service(
    page: Page, camera: VirtualCamera
) -> None:
    page.goto("/m/face?back=/identity&level=L2")
    fill(page, AYNUR, way="只用彩光，不做动作")
    expect(page.get_by_role("alert")).to_contain_text("需要“只做动作，不闪光”")
    page.get_by_role("radio", name="只做动作，不闪光").click()
    to_the_camera(page)
    until_believed(page)

    assert "light" not in camera.revealed
    page.get_by_role("button", name="继续").click()
    expect(page).to_have_url("/m/identity")
    expect(page.get_by_text("核验等级 L2 中")).to_be_visible()


def test_an_impostor_is_refused_in_words_one_understands(
    page: Page, camera: VirtualCamera, stage: Stage, studio: Studio
) -> None:
    camera.actor = virtual_studio(studio).person(stage.head(studio, OTHER_FACE))
    _try(page, ZHOU)

    expect(outcome(page)).to_contain_text("未能确认是您本人")
    expect(page.get_by_role("button", name="再试一次")).to_be_visible()


def test_a_flat_photograph_is_refused_in_words_one_understands(
    page: Page, camera: VirtualCamera, studio: Studio, head: Head
) -> None:
    camera.actor = virtual_studio(studio).attacker(Attack.FLAT, head)
    _try(page, ZHOU)

    told = outcome(page).inner_text()
    assert "没有看清动作" in told or "未能确认是您本人" in told


def _try(page: Page, claim: Claim, *, films: int = 3) -> None:
    """Until it was judged: what a busy machine filmed badly says nothing of the face."""
    page.goto("/m/face")
    fill(page, claim)
    to_the_camera(page)
    for _ in range(films):
        show_face(page)
        expect(outcome(page)).to_be_visible(timeout=FILMED_MS)
        if "忙不过来" not in outcome(page).inner_text():
            return
        page.get_by_role("button", name="再试一次").click()


def test_what_cannot_be_a_citizen_number_is_said_before_anything_is_sent(page: Page) -> None:
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url))
    page.goto("/m/face")
    number = page.get_by_label("身份证号")

    for typed, told in {
        "990101198503171011": "号码有误",
        "990101198513171010": "出生日期不存在",
        "99010119850317101A": "只能是数字",
    }.items():
        number.fill(typed)
        expect(page.get_by_text(told)).to_be_visible()
    page.get_by_role("button", name="下一步：打开相机").click()

    expect(page.get_by_text("请填写姓名")).to_be_visible()
    expect(page.get_by_text("请先阅读并勾选同意")).to_be_visible()
    assert not [url for url in sent if "/v1/" in url]


@pytest.mark.parametrize(
    ("refusal", "told"),
    [
        ("NotAllowedError", "没有获得相机权限"),
        ("NotFoundError", "没有找到相机"),
        ("NotReadableError", "相机正被其他应用使用"),
    ],
)
def test_a_camera_that_may_not_be_used_is_explained_and_can_be_tried_again(
    page: Page, camera: VirtualCamera, refusal: str, told: str
) -> None:
    camera.refusal = refusal
    page.goto("/m/face")
    fill(page, LI)
    page.get_by_role("button", name="下一步：打开相机").click()

    expect(outcome(page)).to_contain_text(told)
    page.get_by_text("不想或不能刷脸？").click()
    expect(page.get_by_text("人工窗口，由工作人员当面核对")).to_be_visible()

    camera.refusal = None
    page.get_by_role("button", name="再试一次").click()
    expect(page.get_by_role("button", name="开始", exact=True)).to_be_visible(timeout=30_000)


def test_a_reload_in_the_middle_begins_anew_and_keeps_what_was_typed(page: Page) -> None:
    page.goto("/m/face")
    fill(page, LI)
    to_the_camera(page)
    show_face(page)
    expect(page.locator("[data-step]")).to_be_visible(timeout=30_000)

    page.reload()

    expect(page.get_by_role("alert")).to_contain_text("上次验证中断了")
    expect(page.get_by_label("姓名")).to_have_value(LI.name)
    page.get_by_role("checkbox", name="我已阅读并同意").click()
    to_the_camera(page)


def test_without_a_network_it_says_so_and_goes_on_when_it_is_back(page: Page) -> None:
    page.goto("/m/face")
    fill(page, LI)
    to_the_camera(page)
    page.context.set_offline(True)
    show_face(page)
    expect(outcome(page)).to_contain_text("网络不通", timeout=30_000)

    page.context.set_offline(False)
    page.get_by_role("button", name="再试一次").click()
    expect(page.get_by_role("button", name="开始", exact=True)).to_be_visible(timeout=30_000)


@pytest.mark.long
def test_in_english_and_large_type_nothing_is_cut_off(contexts: Contexts) -> None:
    page = contexts(width=320, height=640, locale="en-US").new_page()
    page.goto("/m/")
    page.get_by_role("button", name="Large type").click()
    page.get_by_role("link", name="Sign in with your face").click()

    expect(page.get_by_role("button", name="Next: open the camera")).to_be_visible()
    assert everything_fits(page)
    page.get_by_label("Name").fill(LI.name)
    page.get_by_label("Citizen number").fill(LI.citizen_number)
    page.get_by_role("checkbox", name="I have read this and agree").click()
    page.get_by_role("button", name="Next: open the camera").click()
    begin = page.get_by_role("button", name="Begin", exact=True)
    expect(begin).to_be_visible(timeout=30_000)
    assert everything_fits(page)
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_role("button", name="Next: open the camera")).to_be_visible()


@pytest.mark.long
def test_the_light_fills_the_screen(page: Page, camera: VirtualCamera) -> None:
    page.goto("/m/face")
    fill(page, LI, way="只用彩光，不做动作")
    to_the_camera(page)
    show_face(page)
    page.locator(_LAMP).wait_for(timeout=FILMED_MS)

    assert page.locator(_LAMP).bounding_box() == {"x": 0, "y": 0, "width": 375, "height": 812}
    assert camera.revealed[-1] == "light"


@pytest.mark.parametrize("elsewhere", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_nobody_can_be_sent_elsewhere_by_a_link_to_this_page(page: Page, elsewhere: str) -> None:
    page.goto(f"/m/face?back={elsewhere}")
    expect(page.get_by_label("姓名")).to_be_visible()
    page.get_by_role("button", name="返回").click()
    expect(page).to_have_url("/m/")
