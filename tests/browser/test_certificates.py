"""A citizen's certificates, looks and settings in a real browser, before the whole system."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from launch.stage import CITIZEN
from launch.system import System
from sandbox.phone.cast import Studio
from sandbox.phone.head import Head
from sandbox.phone.keys import DeviceKey
from sandbox.phone.results import Tokens
from tests.browser.accessible import serious
from tests.browser.adopting import adopt, signed_in, telephone
from tests.browser.conftest import Contexts
from tests.browser.watching import everything_fits

pytestmark = [pytest.mark.browser, pytest.mark.model, pytest.mark.timeout(300)]

FOUR = ("户籍证明", "婚姻登记记录证明", "住房公积金缴存证明", "营业执照登记证明")
SCREENS = (
    "/m/",
    "/m/identity",
    "/m/face?back=/card&level=L3",
    "/m/certificates",
    "/m/certificates/new",
    "/m/accesses",
    "/m/notices",
    "/m/settings",
    "/m/settings/consents",
    "/m/settings/about",
    "/m/card",
    "/m/card/code?purpose=02121",
    "/m/card/log",
    "/m/card/purchases",
    "/m/family",
    "/m/family?kind=mutual-aid",
    "/m/family/new/mandate",
    "/m/family/new/child",
    "/m/family/new/aid",
    "/m/booking",
    "/m/booking/mine",
    "/m/booking/waits",
    "/m/booking/waits/new",
    "/m/booking/conduct",
    "/m/booking/calendar",
)
_SLOW_MS = 60_000
_FACE_DELETED = "删除我的人脸信息"


_LEFT = """
async () => {
  const opened = indexedDB.open("zero-run.citizen", 1);
  await new Promise((resolve) => { opened.onsuccess = resolve; });
  const reading = opened.result.transaction("things").objectStore("things").get("tokens");
  await new Promise((resolve) => { reading.onsuccess = resolve; });
  opened.result.close();
  return reading.result;
}
"""


@dataclass(slots=True, kw_only=True)
class Held:
    """A signed-in phone; one browser after the other takes it over."""

    key: DeviceKey
    tokens: Tokens

    @contextmanager
    def taken(self, context: BrowserContext) -> Iterator[None]:
        """Be a device of the browser for a while; tokens it renewed are kept for the next one."""
        adopt(context, self.key, self.tokens)
        yield
        page = context.new_page()
        page.goto("/m/settings/about")
        left = page.evaluate(_LEFT)
        lasts = int(left["until"] - time.time())
        self.tokens = replace(
            self.tokens, access=left["access"], refresh=left["refresh"], expires_in=lasts
        )


def phone_of(system: System, studio: Studio, head: Head) -> Held:
    key = DeviceKey.generate()
    with telephone(system.base_url, key) as phone:
        return Held(key=key, tokens=signed_in(phone, CITIZEN, studio.person(head)))


@pytest.fixture(scope="module")
def held(system: System, studio: Studio, head: Head) -> Held:
    """One phone for all tests but one: a face takes seconds."""
    return phone_of(system, studio, head)


@pytest.fixture
def own(contexts: Contexts, held: Held) -> Iterator[Page]:
    """A page on a telephone of somebody who is signed in."""
    context = contexts()
    with held.taken(context):
        yield context.new_page()


def ask_for(page: Page, names: tuple[str, ...]) -> None:
    """Choose certificates, and wait until each has its end."""
    page.goto("/m/certificates/new")
    for name in names:
        page.get_by_role("checkbox", name=name, exact=True).click()
    page.get_by_role("button", name=f"一次开具 {len(names)} 份").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("办理完毕", timeout=_SLOW_MS)


def downloaded(page: Page) -> bytes:
    with page.expect_download() as waiting:
        page.get_by_role("button", name="下载 PDF").click()
    assert waiting.value.suggested_filename.endswith(".pdf")
    return Path(waiting.value.path()).read_bytes()


def test_four_certificates_at_once_and_the_file_is_valid_to_anybody(
    own: Page, system: System
) -> None:
    ask_for(own, FOUR)
    expect(own.locator('li.item[data-status="issued"]')).to_have_count(4)
    with telephone(system.base_url, DeviceKey.generate()) as anybody:
        for name in reversed(FOUR):
            own.get_by_role("link", name=f"查看 {name}").click()
            expect(own.get_by_role("heading", level=1)).to_have_text(name)
            assert anybody.check_pdf(downloaded(own)).valid, name
            own.go_back()

    own.goto("/m/accesses")
    own.get_by_role("button", name="只看他人").click()
    look = own.get_by_role("listitem").first
    expect(look).to_contain_text("有人核验了证明")
    expect(look).to_contain_text("有人公开核验")
    expect(look).to_contain_text("户籍证明")


def test_an_item_that_is_refused_names_the_source_and_stops_no_other(own: Page) -> None:
    ask_for(own, ("出生医学证明", "户籍证明"))
    refused = own.locator('li.item[data-status="refused"]')
    expect(refused).to_contain_text("卫健出生医学证明库")
    expect(refused.get_by_role("link")).to_have_count(0)
    expect(own.locator('li.item[data-status="issued"]')).to_contain_text("户籍证明")


def test_a_reload_in_the_middle_loses_neither_choice_nor_batch(own: Page) -> None:
    own.goto("/m/certificates/new")
    own.get_by_role("checkbox", name="户籍证明", exact=True).click()
    expect(own).to_have_url(re.compile("types=household_registration"))
    own.reload()
    expect(own.get_by_role("checkbox", name="户籍证明", exact=True)).to_be_checked()
    own.get_by_role("button", name="一次开具 1 份").click()
    own.wait_for_url("**/batches/**")
    own.reload()
    expect(own.get_by_role("heading", level=1)).to_have_text("办理完毕", timeout=_SLOW_MS)


def test_an_answer_that_was_lost_is_asked_for_again_and_worked_on_once(own: Page) -> None:
    lost: list[str] = []

    def lose(route: Route) -> None:
        lost.append(route.request.headers["idempotency-key"])
        if len(lost) == 1:
            route.fetch()  # it arrives and is worked on; its answer does not
            route.abort()
        else:
            route.continue_()

    own.route("**/v1/certificates/batch", lose)
    own.goto("/m/certificates/new?types=household_registration")
    own.get_by_role("button", name="一次开具 1 份").click()
    expect(own.get_by_role("alert")).to_contain_text("网络不通")
    own.get_by_role("alert").get_by_role("button", name="重试").click()
    own.wait_for_url("**/batches/**")
    assert len(lost) == 2
    assert lost[0] == lost[1]


def test_the_code_that_is_shown_leads_to_the_check_of_that_certificate(
    own: Page, contexts: Contexts
) -> None:
    ask_for(own, ("户籍证明",))
    own.get_by_role("link", name="查看 户籍证明").click()
    with own.expect_response("**/check-link") as told:
        own.get_by_role("button", name="出示核验码").click()
    expect(own.get_by_role("img", name="核验二维码：户籍证明")).to_be_visible()
    address = urlsplit(told.value.json()["check_url"])
    assert {"id", "code", "t"} <= set(parse_qs(address.query))
    stranger = contexts().new_page()
    stranger.goto(f"{address.path}?{address.query}")
    expect(stranger.get_by_text("户籍证明").first).to_be_visible()


@pytest.mark.long
def test_the_way_back_from_a_batch_does_not_ask_again(own: Page) -> None:
    own.goto("/m/certificates")
    own.get_by_role("link", name="开具证明").click()
    own.get_by_role("checkbox", name="户籍证明", exact=True).click()
    own.get_by_role("button", name="一次开具 1 份").click()
    own.wait_for_url("**/batches/**")
    own.go_back()
    expect(own.get_by_role("heading", level=1)).to_have_text("电子证明")


def test_the_back_button_takes_a_question_away_before_the_screen(own: Page) -> None:
    own.goto("/m/")
    own.get_by_role("link", name="预约挂号").click()
    question = own.get_by_role("dialog")
    for _ in range(2):
        own.get_by_role("button", name="科室").click()
        expect(question).to_be_visible()
        own.go_back()
        expect(question).to_be_hidden()
    expect(own.get_by_role("heading", level=1)).to_have_text("预约挂号")
    own.go_back()
    own.get_by_role("link", name="设置").click()
    own.get_by_role("button", name="退出登录").click()
    expect(question).to_be_visible()
    own.go_back()
    expect(question).to_be_hidden()
    expect(own.get_by_role("button", name="退出登录")).to_be_visible()


def test_deleting_face_data_says_first_what_happens_and_happens_after_consent_only(
    own: Page,
) -> None:
    own.goto("/m/settings/consents")
    expect(own.get_by_role("article").first).to_contain_text("核验通过")
    own.get_by_role("button", name=_FACE_DELETED).click()
    expect(own.get_by_role("dialog")).to_contain_text("删除不能撤销")
    own.get_by_role("button", name="取消").click()
    expect(own.get_by_role("dialog")).to_be_hidden()
    own.get_by_role("button", name=_FACE_DELETED).click()
    own.get_by_role("button", name="确认删除").click()
    expect(own.get_by_role("status").filter(has_text="已删除")).to_contain_text("判定数值")
    own.goto("/m/accesses")
    expect(own.get_by_text("删除人脸信息").first).to_be_visible()


def test_signing_out_leaves_nothing_to_look_at(
    contexts: Contexts, system: System, studio: Studio, head: Head
) -> None:
    context, leaving = contexts(), phone_of(system, studio, head)
    adopt(context, leaving.key, leaving.tokens)
    own = context.new_page()
    own.goto("/m/settings")
    own.get_by_role("button", name="退出登录").click()
    own.get_by_role("dialog").get_by_role("button", name="退出登录").click()
    own.wait_for_url(re.compile(r"/m/$"))
    own.goto("/m/certificates")
    expect(own.get_by_role("alert")).to_contain_text("登录后才能看到")


@pytest.mark.parametrize("screen", ["/m/certificates", "/m/accesses", "/m/settings/consents"])
def test_who_is_not_signed_in_is_led_to_the_face(page: Page, screen: str) -> None:
    page.goto(screen)
    link = page.get_by_role("alert").get_by_role("button", name="刷脸登录")
    expect(link).to_be_visible()
    assert serious(page) == []


def test_without_a_server_the_screen_says_so_and_goes_on_once_it_is_back(own: Page) -> None:
    def cut(route: Route) -> None:
        route.abort()

    own.route("**/v1/**", cut)
    own.goto("/m/certificates")
    expect(own.get_by_role("alert")).to_contain_text("网络不通")
    own.unroute("**/v1/**", cut)
    own.get_by_role("button", name="重试").click()
    expect(own.get_by_role("alert")).to_have_count(0)


@pytest.mark.long
def test_a_busy_server_is_asked_again_by_itself_after_the_time_it_named(own: Page) -> None:
    asked: list[str] = []

    def busy_once(route: Route) -> None:
        asked.append(route.request.url)
        if len(asked) > 1:
            route.continue_()
            return
        problem = '{"code": "BUSY", "status": 503}'
        headers = {"Retry-After": "2", "Content-Type": "application/problem+json"}
        route.fulfill(status=503, headers=headers, body=problem)

    own.route("**/v1/me/accesses", busy_once)
    own.goto("/m/accesses")
    expect(own.get_by_role("alert")).to_contain_text("秒后自动重试")
    expect(own.get_by_role("alert")).to_have_count(0)
    expect(own.get_by_role("listitem").first).to_be_visible()


@pytest.mark.parametrize(
    ("language", "large"),
    [
        ("zh-CN", "no"),
        ("en", "yes"),
        pytest.param("en", "no", marks=pytest.mark.long),
        pytest.param("zh-CN", "yes", marks=pytest.mark.long),
    ],
)
def test_nothing_serious_stands_in_anybodys_way_in_either_language_or_large_type(
    own: Page, language: str, large: str
) -> None:
    ask_for(own, ("户籍证明", "出生医学证明"))
    batch = urlsplit(own.url).path
    own.get_by_role("link", name="查看 户籍证明").click()
    expect(own.get_by_role("button", name="下载 PDF")).to_be_visible()
    certificate = urlsplit(own.url).path
    found = {}
    own.evaluate(
        "([language, large]) => { localStorage.setItem('zero-run.language', language);"
        " localStorage.setItem('zero-run.large', large); }",
        [language, large],
    )
    for path in (*SCREENS, batch, certificate, f"{certificate}/check"):
        own.goto(path)
        own.wait_for_load_state("networkidle")
        wrong = serious(own) + ([] if everything_fits(own) else ["wider than the screen"])
        if wrong:
            found[path] = wrong
    assert found == {}


@pytest.mark.long
def test_the_smallest_phone_shows_it_whole(contexts: Contexts, held: Held) -> None:
    context = contexts(width=320, height=568)
    with held.taken(context):
        page = context.new_page()
        for path in SCREENS:
            page.goto(path)
            page.wait_for_load_state("networkidle")
            assert everything_fits(page), path
